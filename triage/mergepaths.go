package triage

import (
	"path"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

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
		folder := path.Clean(strings.ReplaceAll(r.Targets[0], `\`, "/"))
		if folder == "." || folder == "-" || strings.Contains(folder, "://") {
			return ""
		}
		return strings.TrimSuffix(folder, "/") + "/"
	}
}

// below puts a folder before the paths of files that are not written from there.
func below(folder string, places []finding.Place) {
	for i := range places {
		o := &places[i].Origin
		if folder != "" && finding.OnDisk(o) && o.Path != "" && !strings.HasPrefix(o.Path, folder) && o.Path+"/" != folder && !path.IsAbs(o.Path) {
			o.Path = folder + o.Path
		}
	}
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
