package main

import "github.com/unleak/unleak/source"

// included returns what tells the files to scan by their paths: those in names, unless that is nil, that the
// configuration does not exclude. It is nil if all are.
func (s *settings) included(names map[string]bool) func(string) bool {
	if names == nil && len(s.config.Exclude) == 0 {
		return nil
	}
	return func(file string) bool {
		return (names == nil || names[file]) && !s.excluded(file)
	}
}

// excluded tells whether the configuration excludes a file.
func (s *settings) excluded(file string) bool { return source.Excluded(s.config.Exclude, file) }
