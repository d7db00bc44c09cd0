package git

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/repo"
)

// maxNested is how deep submodules may lie within each other.
const maxNested = 32

// findSubmodules notes the submodules that are here and not part of this scan already.
func (r *run) findSubmodules(seen map[string]bool) []repo.Submodule {
	if !r.opts.Submodules {
		return nil
	}
	if r.address != "" {
		r.sink.Note("submodules of a repository that was cloned for the scan are not fetched")
		return nil
	}
	own := realPath(r.repo.CommonDir)
	seen[own] = true
	r.scanned = map[string]bool{}
	var out []repo.Submodule
	for _, sub := range r.repo.Submodules() {
		dir := realPath(sub.Dir)
		if inner, err := repo.Open(sub.Dir); err == nil {
			dir = realPath(inner.CommonDir)
		}
		if seen[dir] {
			continue
		}
		seen[dir] = true
		r.scanned[sub.Path] = true
		out = append(out, sub)
	}
	return out
}

// submodules scans submodules, each as a repository of its own whose name is that of the outer one and its path.
func (s *Source) submodules(ctx context.Context, sink *scanner.Sink, subs []repo.Submodule, seen map[string]bool, depth int) error {
	for _, sub := range subs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		inner := &Source{opts: s.opts, target: sub.Dir}
		inner.opts.Name = s.opts.Name + "/" + sub.Path
		err := fmt.Errorf("more than %d submodules lie within each other", maxNested)
		if depth < maxNested {
			err = inner.scanLocal(ctx, sink, sub.Dir, seen, depth+1)
		}
		if err != nil && ctx.Err() == nil {
			sink.Skip(finding.Skip{Name: inner.opts.Name, Reason: finding.SkipUnreadable, Detail: err.Error()})
			continue
		}
		sink.Count("submodules", 1)
	}
	return ctx.Err()
}

// realPath returns a path without links in it, as far as that can be told.
func realPath(name string) string {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		return real
	}
	return filepath.Clean(name)
}

// reportSubmodules names the submodules that were not scanned.
func (r *run) reportSubmodules(paths map[string]bool) {
	detail := ""
	if r.opts.Submodules {
		detail = "is not here: git submodule update --init fetches it, if it is still one"
	}
	for path := range paths {
		if !r.scanned[path] {
			r.skip(finding.Skip{Name: path, Reason: finding.SkipSubmodule, Detail: detail})
		}
	}
}
