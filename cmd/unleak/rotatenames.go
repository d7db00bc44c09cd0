package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/finding"
)

// lineBefore returns what tells the line before a place's, from the files of the working tree: as the place names them, or
// below one of the folders. Where the file does not hold the place's line any more it tells nothing.
func lineBefore(folders []string) func(*finding.Place) string {
	return func(p *finding.Place) string {
		o := &p.Origin
		now, at, _ := p.Now()
		tree := o.Kind == finding.KindFile || o.Kind == finding.KindGit && o.Git != nil && o.Git.AtHead
		if !tree || len(o.Inside) > 0 || o.Path == "" || at < 2 || p.Mark.Start > len(p.Line) {
			return ""
		}
		path := filepath.FromSlash(now)
		names := []string{path}
		for _, f := range folders {
			names = append(names, filepath.Join(f, path))
		}
		for _, name := range names {
			if before, own, ok := twoLines(name, at); ok && strings.Contains(own, p.Line[:p.Mark.Start]) {
				return before
			}
		}
		return ""
	}
}

// twoLines reads the line of a number, from 1, and the one before it. Files with lines beyond reason have none.
func twoLines(name string, line int) (before, own string, ok bool) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return "", "", false
	}
	f, err := os.Open(name)
	if err != nil {
		return "", "", false
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if n == line {
			return before, lines.Text(), true
		}
		if n == line-1 {
			before = lines.Text()
		}
	}
	return "", "", false
}
