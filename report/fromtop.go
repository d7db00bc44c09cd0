package report

import (
	"slices"

	"github.com/unleak/unleak/finding"
)

// wantTop are the formats for platforms that show a repository: they take a path to begin at its top.
var wantTop = []string{"sarif", "github", "gitlab", "codequality"}

// fromTop returns a report with paths of files written from the top of the work tree.
func fromTop(r *finding.Report) *finding.Report {
	if r.Tree == nil {
		return r
	}
	out := *r
	out.Tree = nil
	out.Findings = slices.Clone(r.Findings)
	for i := range out.Findings {
		f := &out.Findings[i]
		f.Places = slices.Clone(f.Places)
		finding.Rewrite(f.Places, func(path string) string { return finding.FromTop(r.Tree, path) })
	}
	return &out
}
