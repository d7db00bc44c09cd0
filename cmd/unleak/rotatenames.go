package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
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

// maskMentions returns places by the name they mention. What the names of their files hold of credentials is masked, as it
// is in reports: those of r, and those that a rule knows.
func (s *settings) maskMentions(found []finding.Finding, r *finding.Report) map[string][]finding.Place {
	known := finding.Report{Beside: append(s.newNames().secrets(found), r.Beside...)}
	for i := range r.Findings {
		f := &r.Findings[i]
		known.Findings = append(known.Findings, finding.Finding{Secret: f.Secret, Parts: f.Parts, Elsewhere: f.Elsewhere, Beyond: f.Beyond})
	}
	for _, m := range found {
		known.Findings = append(known.Findings, finding.Finding{Places: m.Places}) // a name is no secret
	}
	masked := report.Masked(&known).Findings[len(r.Findings):]
	out := make(map[string][]finding.Place, len(found))
	for i, m := range found {
		out[m.Secret.Reveal()] = masked[i].Places
	}
	return out
}
