package main

import (
	"cmp"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/unleak/unleak/finding"
)

// targetNames names what a report is of, sorted, so that another scan of it from another folder has the same names: the
// path of what is here, the address of a repository that is not. Another clone of a repository may have less than the
// first, so for those it also returns the branches they stood at, for the scope.
func targetNames(r *finding.Report) (names, branches []string) {
	for _, t := range r.Targets {
		rev := revisionOf(r, t)
		if isHere(t, rev) {
			if abs, err := filepath.Abs(t); err == nil {
				names = append(names, filepath.ToSlash(abs))
				continue
			}
		}
		if rev != nil {
			branches = append(branches, "branch="+cmp.Or(rev.Branch, rev.Commit))
		}
		names = append(names, address(t, rev))
	}
	slices.Sort(names)
	return names, branches
}

// isHere tells whether a report's target is what has that path here: "." is another thing elsewhere.
func isHere(target string, rev *finding.Revision) bool {
	if _, err := os.Stat(target); err != nil {
		return false
	}
	here := revisions([]string{target})
	if len(here) == 0 || rev == nil {
		return len(here) == 0 && rev == nil
	}
	return here[0].URI == rev.URI
}

// givenNames are the names of a report's targets where the user says what they are of.
func givenNames(r *finding.Report) []string {
	var names []string
	for _, t := range r.Targets {
		names = append(names, address(path.Clean(filepath.ToSlash(t)), revisionOf(r, t)))
	}
	slices.Sort(names)
	return names
}

func address(target string, rev *finding.Revision) string {
	if rev == nil {
		return target
	}
	return cmp.Or(rev.URI, target)
}

func revisionOf(r *finding.Report, target string) *finding.Revision {
	for i := range r.Revisions {
		if r.Revisions[i].Repository == target {
			return &r.Revisions[i]
		}
	}
	return nil
}
