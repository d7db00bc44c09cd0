package main

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// included returns what tells the files to scan by their paths: those in names, unless that is nil, that the
// configuration does not exclude. It is nil if all are.
func (s *settings) included(names map[string]bool) func(string) bool {
	if names == nil && len(s.config.Exclude) == 0 {
		return nil
	}
	return func(file string) bool { return (names == nil || names[file]) && !excluded(s.config.Exclude, file) }
}

// excluded tells whether a glob names a file or a folder it is in, by path or by name alone.
func excluded(globs []string, file string) bool {
	for _, g := range globs {
		folder := strings.TrimSuffix(g, "/")
		for part := file; part != "."; part = path.Dir(part) {
			if part == file && folder != g {
				continue // it names folders only
			}
			if doublestar.MatchUnvalidated(folder, part) || doublestar.MatchUnvalidated(folder, path.Base(part)) {
				return true
			}
		}
	}
	return false
}
