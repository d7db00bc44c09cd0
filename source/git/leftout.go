package git

import (
	"fmt"
	"maps"
	"slices"

	"github.com/unleak/unleak/finding"
)

// leftOut is what stands at paths that were not asked for.
type leftOut struct {
	only    func(path string) bool // nil: every path is asked for
	secrets map[int32]string       // with the first of these paths in order
	leaves  map[int32]bool
}

func newLeftOut(only func(path string) bool) leftOut {
	return leftOut{only: only, secrets: map[int32]string{}, leaves: map[int32]bool{}}
}

// asked tells whether what stands at a path is to be reported; so is what has none.
func (l *leftOut) asked(path string) bool { return l.only == nil || path == "" || l.only(path) }

// take notes that secrets occur at a path that was not asked for.
func (l *leftOut) take(o occurrence, secrets []int32) {
	for _, s := range secrets {
		if first, ok := l.secrets[s]; !ok || o.path < first {
			l.secrets[s] = o.path
		}
	}
	if o.leaf >= 0 {
		l.leaves[o.leaf] = true
	}
}

// reportLeftOut tells of the secrets all of whose paths were not asked for: how many there are, and the paths.
func (r *run) reportLeftOut(a *attribution) {
	paths, gone := map[string]bool{}, 0
	for s, path := range a.left.secrets {
		if len(a.trails[s].places) == 0 {
			paths[path] = true
			gone++
		}
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		r.skip(finding.Skip{Name: path, Reason: finding.SkipExcluded})
	}
	if gone > 0 {
		r.note(fmt.Sprintf("%s: %d found at excluded paths alone, not reported", r.opts.Name, gone))
	}
}

// gap tells of a file that was not read, or not wholly: as an excluded one where its path was not asked for.
func (r *run) gap(path string, s finding.Skip) {
	if r.opts.Only != nil && path != "" && !r.opts.Only(path) {
		s.Reason, s.Detail = finding.SkipExcluded, ""
	}
	r.skip(s)
}
