package report

import (
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

// TestLeftOut holds that people read in plain words, one or many, what was not read, and never among what was.
func TestLeftOut(t *testing.T) {
	for _, c := range []struct {
		command  string
		coverage finding.Coverage
		want     string
	}{
		{"dir", finding.Coverage{Counts: map[string]int64{"files": 3, repositories: 1}}, "1 .git folder (`unleak git` reads the history)"},
		{"dir", finding.Coverage{Counts: map[string]int64{repositories: 2, "symbolic links not followed": 1}}, "2 .git folders (`unleak git` reads the history)|1 symbolic link not followed"},
		{"scan", finding.Coverage{Counts: map[string]int64{repositories: 1, "commits": 4}}, ""},
		{"match", finding.Coverage{Counts: map[string]int64{repositories: 1, "commits": 4}}, ""},
		{"scan", finding.Coverage{Counts: map[string]int64{repositories: 1}}, "1 .git folder (`unleak git` reads the history)"},
		{"git", finding.Coverage{Skipped: map[finding.SkipReason]int64{finding.SkipSubmodule: 27, finding.SkipSpecial: 1, finding.SkipEncrypted: 2}},
			"! 2 encrypted|1 device, socket or pipe|27 submodules"},
		{"git", finding.Coverage{Skipped: map[finding.SkipReason]int64{finding.SkipLFS: 1, finding.SkipBinary: 1200, finding.SkipSubmodule: 1, finding.SkipExcluded: 0}},
			"1,200 binary files|1 pointer to a Git LFS file|1 submodule"},
		{"git", finding.Coverage{Skipped: map[finding.SkipReason]int64{finding.SkipLFS: 2, finding.SkipSpecial: 3}}, "2 pointers to Git LFS files|3 devices, sockets or pipes"},
	} {
		v := newView(&finding.Report{Command: c.command, Coverage: c.coverage}, Options{})
		var rows []string
		for _, r := range leftOut(v) {
			if r.gap {
				r.text = "! " + r.text
			}
			rows = append(rows, r.text)
		}
		if got := strings.Join(rows, "|"); got != c.want {
			t.Errorf("%s, %v: %q, want %q", c.command, c.coverage, got, c.want)
		}
		if read := readText(&v.Coverage, nil); strings.Contains(read, " not ") {
			t.Errorf("read %q", read)
		}
	}
}
