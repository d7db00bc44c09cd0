package main

import (
	"path"
	"path/filepath"
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source"
)

// shown is how the paths of files are written in reports. A scan has them from the folder it is of, as do ignore files and
// excludes; whoever reads a report finds them from where the command was given: `unleak dir src` tells of src/a.go.
type shown struct {
	prefix string // of every path, with a slash behind it; "": none
	tree   *finding.Tree
}

// shownOf returns how the paths of targets are written. The paths of a repository begin at its top, those of several
// targets and of files as they were given.
func shownOf(targets []string, o own) shown {
	var s shown
	if folder := onlyFolder(targets); folder != "" && source.Detect(folder) == source.Directory {
		if clean := filepath.Clean(folder); clean != "." && filepath.IsLocal(clean) {
			s.prefix = filepath.ToSlash(clean) + "/"
		}
	}
	if o.top == "" && (o.folder == "" || source.Detect(o.folder) != source.Repository) {
		return s
	}
	if t := (finding.Tree{Strip: s.prefix + o.beside, Add: o.below}); t.Strip != t.Add {
		s.tree = &t
	}
	return s
}

// globs returns globs and those of them that are written as reports write paths.
func (s shown) globs(all []string) []string {
	if s.prefix == "" || len(all) == 0 {
		return all
	}
	return append(source.Below(all, s.prefix[:len(s.prefix)-1]), all...)
}

// findings writes the places of findings so.
func (s shown) findings(all []finding.Finding) {
	if s.prefix == "" {
		return
	}
	for i := range all {
		f := &all[i]
		f.Places = slices.Clone(f.Places)
		finding.Rewrite(f.Places, func(path string) string { return s.prefix + path })
	}
}

// report writes the places in a report so, and the names of what was not read.
func (s shown) report(r *finding.Report) {
	s.findings(r.Findings)
	if s.prefix == "" {
		return
	}
	for i := range r.Coverage.Examples {
		if e := &r.Coverage.Examples[i]; !isTheRest(e) {
			e.Name = path.Join(s.prefix, e.Name)
		}
	}
	for _, names := range r.Coverage.Further {
		for i := range names {
			names[i] = path.Join(s.prefix, names[i])
		}
	}
}

// What is left out of a scan that ends early.
const (
	theRest         = "the rest"
	theVerification = "verification"
)

// isTheRest tells what a scan that ended early left out from a file of that name.
func isTheRest(s *finding.Skip) bool {
	return s.Name == theRest && (s.Reason == finding.SkipBudget || s.Reason == finding.SkipInterrupted)
}
