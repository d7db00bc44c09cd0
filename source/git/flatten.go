package git

import (
	"maps"
	"slices"

	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// flattener lists the files below trees, by path. What cannot be read is reported.
type flattener struct {
	run     *run
	reader  *repo.Reader
	into    map[string]file
	walking *walking
	once    bool // a tree that was listed is not listed again at another path
}

func (r *run) flattener(reader *repo.Reader, into map[string]file) *flattener {
	return &flattener{run: r, reader: reader, into: into, walking: r.effort.walking()}
}

// contents is files for who wants to know only what files there are, not all paths they have.
func (f *flattener) contents(tree object.ID, prefix string, depth int) {
	f.once = true
	f.files(tree, prefix, depth)
}

// files adds the files below a tree.
func (f *flattener) files(tree object.ID, prefix string, depth int) {
	if f.once && f.walking.seen[tree] {
		return
	}
	entries, err := readTree(f.reader, tree, f.run.store.Hash)
	if err != nil || depth > maxTreeDepth {
		f.run.skipObject(prefix, tree, err)
		return
	}
	ok, counted := f.walking.tree(tree, len(entries)*typicalEntry, prefix)
	if !ok {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if counted && !f.walking.spend(len(prefix)+len(name)+pathCost) {
			return
		}
		e := entries[name]
		if e.mode.IsTree() {
			f.files(e.id, prefix+name+"/", depth+1)
			continue
		}
		f.into[prefix+name] = e
	}
}
