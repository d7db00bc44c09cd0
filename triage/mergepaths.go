package triage

import (
	"path"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

// joined returns how the paths of reports are written in one report of all, and the work tree of that. Paths of parts of a
// work tree are written from its top, where they are not all written alike, so that a file of several is one.
func joined(reports []*finding.Report) (write func(*finding.Report, []finding.Place), tree *finding.Tree) {
	folder, several := toldApart(reports), severalTops(reports)
	if !several {
		tree = commonTree(reports)
	}
	return func(r *finding.Report, places []finding.Place) {
		switch {
		case tree != nil:
		case r.Tree != nil && (!several || topOf(r) == ""):
			fromTop(r.Tree, places)
		default:
			below(folder(r), places)
		}
	}, tree
}

// severalTops tells whether reports are of parts of different work trees, as far as their targets say.
func severalTops(reports []*finding.Report) bool {
	first := ""
	for _, r := range reports {
		top := topOf(r)
		if top != "" && first != "" && top != first {
			return true
		}
		if first == "" {
			first = top
		}
	}
	return false
}

// topOf returns the folder that is the top of a report's work tree, with a slash behind it; "" where what is named in it does
// not say.
func topOf(r *finding.Report) string {
	if r.Tree == nil || r.Tree.Add == "" {
		return ""
	}
	begin := r.Tree.Strip
	if begin == "" && len(r.Targets) == 1 {
		begin = slashed(r.Targets[0]) + "/"
	}
	top, ok := strings.CutSuffix(begin, r.Tree.Add)
	if !ok || !strings.HasSuffix(top, "/") {
		return ""
	}
	return top
}

func slashed(name string) string { return path.Clean(strings.ReplaceAll(name, `\`, "/")) }

// fromTop writes the places of files from the top of a work tree.
func fromTop(t *finding.Tree, places []finding.Place) {
	finding.Rewrite(places, func(path string) string { return finding.FromTop(t, path) })
}

// toldApart returns how reports of different folders are merged: the paths of each begin with the folder it is of, where
// they do not already, so that a.py of one is not taken for that of another.
func toldApart(reports []*finding.Report) func(*finding.Report) string {
	same := func(r *finding.Report) bool { return slices.Equal(r.Targets, reports[0].Targets) }
	if !slices.ContainsFunc(reports, func(r *finding.Report) bool { return !same(r) }) {
		return func(*finding.Report) string { return "" }
	}
	return func(r *finding.Report) string {
		if len(r.Targets) != 1 || !slices.Contains([]string{"dir", "scan", "match"}, r.Command) {
			return ""
		}
		folder := slashed(r.Targets[0])
		if folder == "." || folder == "-" || strings.Contains(folder, "://") {
			return ""
		}
		return strings.TrimSuffix(folder, "/") + "/"
	}
}

// below puts a folder before the paths of files that are not written from there.
func below(folder string, places []finding.Place) {
	finding.Rewrite(places, func(name string) string {
		if folder == "" || name == "" || strings.HasPrefix(name, folder) || name+"/" == folder || path.IsAbs(name) {
			return name
		}
		return folder + name
	})
}

// commonTree returns the work tree of reports that all lie in it.
func commonTree(reports []*finding.Report) *finding.Tree {
	var tree *finding.Tree
	for i, r := range reports {
		switch {
		case i == 0:
			tree = r.Tree
		case tree == nil && r.Tree == nil:
		case tree == nil || r.Tree == nil || *tree != *r.Tree:
			return nil
		}
	}
	return tree
}
