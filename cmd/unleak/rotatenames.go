package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/finding"
)

// linesBeside returns what tells the lines before and behind a place's, from the files of the working tree: as the place
// names them, or below one of the folders. Where the file does not hold the place's line any more it tells nothing.
func linesBeside(folders []string) func(*finding.Place) (before, behind string) {
	return func(p *finding.Place) (before, behind string) {
		o := &p.Origin
		now, at, _ := p.Now()
		tree := o.Kind == finding.KindFile || o.Kind == finding.KindGit && o.Git != nil && o.Git.AtHead
		if !tree || len(o.Inside) > 0 || o.Path == "" || at < 1 || p.Mark.Start > len(p.Line) {
			return "", ""
		}
		path := filepath.FromSlash(now)
		names := []string{path}
		for _, f := range folders {
			names = append(names, filepath.Join(f, path))
		}
		for _, name := range names {
			if lines, ok := threeLines(name, at); ok && strings.Contains(lines[1], p.Line[:p.Mark.Start]) {
				return lines[0], lines[2]
			}
		}
		return "", ""
	}
}

// threeLines reads the line of a number, from 1, and the ones before and behind it. Files with lines beyond reason have
// none.
func threeLines(name string, line int) (lines [3]string, ok bool) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return lines, false
	}
	f, err := os.Open(name)
	if err != nil {
		return lines, false
	}
	defer f.Close()
	text := bufio.NewScanner(f)
	for n := 1; n <= line+1 && text.Scan(); n++ {
		if i := n - line + 1; i >= 0 {
			lines[i], ok = text.Text(), ok || i == 1
		}
	}
	return lines, ok
}
