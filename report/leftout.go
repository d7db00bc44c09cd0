package report

import (
	"cmp"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
)

// repositories is the unit in which source/files counts the repositories whose .git folder it leaves to source/git.
const repositories = "repositories not read as files"

// row is one line for people on what was not read.
type row struct {
	text string
	gap  bool // it was asked for
}

// leftOut says what was not read, what was asked for first. A report as a file keeps the names of the reasons and units.
func leftOut(v *view) []row {
	c := &v.Coverage
	reasons := sortedKeys(c.Skipped)
	arrange.By(reasons, func(a, b finding.SkipReason) int {
		return cmp.Compare(boolInt(a.ByChoice()), boolInt(b.ByChoice()))
	})
	var rows []row
	for _, r := range reasons {
		if c.Skipped[r] == 0 {
			continue
		}
		text := skipText(c.Skipped[r], r)
		if !r.ByChoice() {
			text += examples(c, r)
		}
		rows = append(rows, row{text, !r.ByChoice()})
	}
	for _, u := range sortedKeys(c.Counts) {
		n := c.Counts[u]
		switch {
		case n == 0 || !unread(u):
		case u != repositories:
			rows = append(rows, row{text: thousands(n) + " " + singular(u, n)})
		case n > 1 || v.Command != "scan" && v.Command != "match" || c.Counts["commits"] == 0: // else it is the target's own, read as history
			rows = append(rows, row{text: plural(n, ".git folder") + " (`unleak git` reads the history)"})
		}
	}
	return rows
}

// unread tells of a unit whether it counts what was not read: "symbolic links not followed".
func unread(unit string) bool { return strings.Contains(unit, " not ") }

// skipText says in plain words how many things were not read.
func skipText(n int64, r finding.SkipReason) string {
	switch r {
	case finding.SkipSubmodule:
		return plural(n, "submodule")
	case finding.SkipBinary:
		return plural(n, "binary file")
	case finding.SkipLFS:
		if n == 1 {
			return "1 pointer to a Git LFS file"
		}
		return thousands(n) + " pointers to Git LFS files"
	case finding.SkipSpecial:
		if n == 1 {
			return "1 device, socket or pipe"
		}
		return thousands(n) + " devices, sockets or pipes"
	}
	return thousands(n) + " " + string(r)
}
