package main

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source"
	"github.com/unleak/unleak/source/git/repo"
)

// revisions says at which commits the local repositories among some targets stand.
func revisions(targets []string) []finding.Revision {
	var all []finding.Revision
	for _, t := range targets {
		if source.Detect(t) != source.Repository {
			continue
		}
		r, err := repo.Open(t)
		if err != nil {
			continue // told by the scan
		}
		v := finding.Revision{Repository: t, URI: r.Origin(), Branch: strings.TrimPrefix(r.Current(), "refs/heads/")}
		if id, ok := r.Head(); ok {
			v.Commit = id.String()
		}
		if dir, err := filepath.Abs(t); err == nil && v.URI == "" {
			v.URI = (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(dir), "/")}).String()
		}
		all = append(all, v)
	}
	return all
}
