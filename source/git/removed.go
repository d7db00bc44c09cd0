package git

import (
	"maps"
	"slices"
	"sync"

	"github.com/unleak/unleak/source/git/object"
)

// removed is what the files held that a commit or the index takes away. A secret that a new file shares with one of them
// was moved, whatever else was edited on the way.
type removed struct {
	files map[object.ID]bool
	once  sync.Once
	has   map[secret]bool
}

// maxRemoved is how many files are looked into for what was moved; where more are taken away, what new files hold is new.
const maxRemoved = 1 << 10

func newRemoved() *removed { return &removed{files: map[object.ID]bool{}} }

// had tells which secrets the files held; they are searched when that is first asked.
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
			_, text, err := a.reader.Read(id)
			if err != nil || isArchive(text, a.run.opts.Archives) {
				continue // what is new then is more, not less
			}
			found, err := a.detect(text, nil)
			if err != nil {
				continue
			}
			for _, m := range a.worker.Resolve(found) {
				r.has[secret{m.Rule, m.Secret}] = true
			}
		}
	})
	return r.has
}

// unmovedOf leaves out what stood in files that were taken away.
func (a *adder) unmovedOf(n *addition, found []fresh) []fresh {
	if !n.named || n.removed == nil || len(found) == 0 {
		return found
	}
	had := n.removed.had(a)
	return slices.DeleteFunc(found, func(f fresh) bool { return had[secret{f.match.Rule, f.match.Secret}] })
}
