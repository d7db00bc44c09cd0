package git

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/git/object"
)

// removed is what the files held that a commit or the index takes away. A secret that a new file shares with one of them
// was moved, whatever else was edited on the way.
type removed struct {
	files map[object.ID][]string // with the paths they had
	once  sync.Once
	has   map[secret]bool
}

// maxRemoved is how many files are looked into for what was moved; where more are taken away, what new files hold is new.
const maxRemoved = 1 << 10

func newRemoved() *removed { return &removed{files: map[object.ID][]string{}} }

// take notes a file that goes.
func (r *removed) take(id object.ID, path string) { r.files[id] = append(r.files[id], path) }

// had tells which secrets the files held that were to be seen there; they are searched when that is first asked. What
// an exclusion, a rule's paths or an allow comment kept from being reported is known to nobody: elsewhere it is new.
func (r *removed) had(a *adder) map[secret]bool {
	if r == nil {
		return nil
	}
	r.once.Do(func() {
		r.has = map[secret]bool{}
		if len(r.files) > maxRemoved {
			return
		}
		for _, id := range slices.SortedFunc(maps.Keys(r.files), object.ID.Compare) {
			r.read(a, id)
		}
	})
	return r.has
}

// read adds what one of the files held.
func (r *removed) read(a *adder, id object.ID) {
	paths := r.files[id]
	if !slices.ContainsFunc(paths, a.run.opts.wasAsked) {
		return
	}
	_, text, err := a.reader.Read(id)
	if err != nil || isArchive(text, a.run.opts.Archives) {
		return // what is new then is more, not less
	}
	found, err := a.detect(text, nil)
	if err != nil {
		return
	}
	for _, m := range a.worker.Resolve(found) {
		if a.wasReported(paths, m, a.worker.Locate(text, m)) {
			r.has[secret{m.Rule, m.Secret}] = true
		}
	}
}

// wasAsked tells whether what a path held before was to be reported.
func (o Options) wasAsked(path string) bool {
	switch {
	case o.Excluded != nil:
		return !o.Excluded(path)
	case o.Only != nil:
		return o.Only(path)
	}
	return true
}

// wasSilenced tells whether a match was silenced at a place.
func (o Options) wasSilenced(m finding.Match, p finding.Place) bool {
	return p.Allow != "" || o.Silenced != nil && o.Silenced(m, p)
}

// wasReported tells whether a match, which stands at a place in its text, was to be reported at one of the paths that the
// text had before.
func (a *adder) wasReported(paths []string, m finding.Match, place finding.Place) bool {
	opts := &a.run.opts
	return slices.ContainsFunc(paths, func(path string) bool {
		place.Origin = finding.Origin{
			Kind: finding.KindGit, Path: path, Inside: place.Origin.Inside, Git: &finding.GitOrigin{Repository: opts.Name},
		}
		return opts.wasAsked(path) && a.worker.Accepts(place.Origin, m) && !opts.wasSilenced(m, place)
	})
}

// unmovedOf leaves out what stood in files that were taken away, and what the file itself showed at the paths it comes
// from.
func (a *adder) unmovedOf(n *addition, found []fresh) []fresh {
	found = slices.DeleteFunc(found, func(f fresh) bool {
		if f.inName && len(f.inside) == 0 {
			return slices.ContainsFunc(n.from, func(path string) bool { return strings.Contains(path, f.match.Secret) })
		}
		f.place.Allow, f.place.Origin.Inside = "", f.inside // a comment came along
		return a.wasReported(n.from, f.match, f.place)
	})
	if !n.named || n.removed == nil || !slices.ContainsFunc(found, fresh.inText) {
		return found
	}
	had := n.removed.had(a)
	return slices.DeleteFunc(found, func(f fresh) bool { return f.inText() && had[secret{f.match.Rule, f.match.Secret}] })
}

// inText tells whether a match stands in the file itself, not in its name nor in a member of it.
func (f fresh) inText() bool { return !f.inName && len(f.inside) == 0 }
