package git

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// staging compares the index with HEAD. Both are in the same order, so that one walk over the trees of HEAD does; a
// folder that the index knows to be as in a tree is passed over without reading it.
type staging struct {
	run       *run
	reader    *repo.Reader
	index     *repo.Index
	entry     *repo.Cursor // the first entry not yet dealt with
	more      bool         // entry stands at one
	news      []addition
	gone      map[object.ID][]string // contents of HEAD that the index has no more where they were, with these paths
	removed   *removed               // likewise, of paths that the index has not
	conflicts int
}

func (r *run) newStaging(index *repo.Index) *staging {
	return &staging{
		run: r, reader: r.store.NewReader(), index: index, entry: index.Cursor(), gone: map[object.ID][]string{}, removed: newRemoved(),
	}
}

func (d *staging) compare() error {
	d.advance()
	id, ok := d.run.repo.Head()
	if ok {
		c, err := commitAt(d.reader, &id)
		if err != nil {
			return fmt.Errorf("HEAD of %s: %w", d.run.opts.Name, err)
		}
		d.folder(c.Tree, "", d.index.Trees.Root(), 0)
	}
	for d.more { // before the first commit all is new
		d.add(nil)
	}
	return nil
}

// advance goes to the next entry that a commit would take.
func (d *staging) advance() {
	d.more = d.entry.Next()
	d.settle()
}

// settle passes over what a commit would not take.
func (d *staging) settle() {
	for d.more && (d.entry.Stage > 0 || d.entry.Later) {
		if d.entry.Stage > 0 {
			d.conflicts++
		}
		d.more = d.entry.Next()
	}
}

// folder compares what the index has below prefix with a tree of HEAD. node is the folder in the index's cache.
func (d *staging) folder(tree object.ID, prefix string, node, depth int) {
	if n, ok := d.index.Trees.Same(node, tree); ok && d.pass(n, prefix) {
		return
	}
	kind, text, err := d.reader.Read(tree)
	if err == nil && kind != object.Tree {
		err = fmt.Errorf("is a %s, not a tree", kind)
	}
	if err != nil || depth > maxTreeDepth {
		d.run.skipObject(strings.TrimSuffix(prefix, "/"), tree, err)
		text = nil
	}
	p := 0
	for {
		e, ok := object.NextEntry(text, p, d.run.store.Hash)
		if !ok {
			break
		}
		p = e.End
		f := file{object.FromBytes(e.Raw), e.Mode}
		if e.Mode.IsTree() {
			d.tree(f, prefix+string(e.Name)+"/", d.index.Trees.Sub(node, e.Name), depth)
			continue
		}
		d.file(f, prefix+string(e.Name), prefix)
	}
	if p < len(text) {
		d.run.skipObject(strings.TrimSuffix(prefix, "/"), tree, errTree)
	}
	for d.more && bytes.HasPrefix(d.entry.Path, []byte(prefix)) {
		d.add(nil)
	}
}

// before adds the entries of a folder that stand before a path.
func (d *staging) before(path, prefix string) {
	for d.more && string(d.entry.Path) < path && bytes.HasPrefix(d.entry.Path, []byte(prefix)) {
		d.add(nil)
	}
}

// file compares what the index has at a path with what HEAD has there.
func (d *staging) file(f file, path, prefix string) {
	d.before(path, prefix)
	if !d.more || string(d.entry.Path) != path {
		d.take(f, path)
		return
	}
	if d.entry.ID() == f.id && d.entry.Mode == f.mode {
		d.advance()
		return
	}
	d.gone[f.id] = append(d.gone[f.id], path)
	d.add(&f)
}

// tree compares what the index has in a folder, whose path ends in "/", with a tree of HEAD. A sparse index has one
// entry for a folder that is not checked out.
func (d *staging) tree(f file, path string, node, depth int) {
	d.before(path, path[:strings.LastIndexByte(path[:len(path)-1], '/')+1])
	switch {
	case !d.more || !bytes.HasPrefix(d.entry.Path, []byte(path)): // the index has nothing of it
		was := map[string]file{}
		d.run.flattener(d.reader, was).contents(f.id, path, depth+1)
		for path, f := range was {
			d.take(f, path)
		}
		return
	case !d.entry.Mode.IsTree() || string(d.entry.Path) != path:
		d.folder(f.id, path, node, depth+1)
		return
	}
	if d.entry.ID() == f.id {
		d.advance()
		return
	}
	was := map[string]file{}
	d.run.flattener(d.reader, was).files(f.id, path, depth+1)
	d.sparse(was)
}

// take notes a file of HEAD whose path the index has not.
func (d *staging) take(f file, path string) {
	d.gone[f.id] = append(d.gone[f.id], path)
	if !f.mode.IsGitlink() {
		d.removed.take(f.id, path)
	}
}

// sparse adds what a folder that is one entry brings over the files there were.
func (d *staging) sparse(was map[string]file) {
	path, is := string(d.entry.Path), map[string]file{}
	d.run.flattener(d.reader, is).files(d.entry.ID(), path, 0)
	for name, f := range was {
		if _, ok := is[name]; !ok {
			d.take(f, name)
			continue
		}
		d.gone[f.id] = append(d.gone[f.id], name)
	}
	var names []string
	for name := range is {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		old, ok := was[name]
		switch {
		case !ok:
			d.bring(name, is[name], nil)
		case old != is[name]:
			d.bring(name, is[name], &old)
		}
	}
	d.advance()
}

// add takes the entry for new; old is what HEAD has at its path.
func (d *staging) add(old *file) {
	if d.entry.Mode.IsTree() {
		d.sparse(nil)
		return
	}
	d.bring(string(d.entry.Path), file{d.entry.ID(), d.entry.Mode}, old)
	d.advance()
}

func (d *staging) bring(path string, f file, old *file) {
	n := addition{path: path, file: f, position: none, named: old == nil, olds: []object.ID{{}}, removed: d.removed}
	if old != nil && old.mode.IsSymlink() == f.mode.IsSymlink() && !old.mode.IsGitlink() {
		n.olds[0] = old.id
	}
	d.news = append(d.news, n)
}

// pass passes over n entries below prefix. It returns false, and passes over none, if there are not so many.
func (d *staging) pass(n int, prefix string) bool {
	at, more := d.entry.Copy(), d.more
	for range n {
		if !d.more || d.entry.Stage > 0 || !bytes.HasPrefix(d.entry.Path, []byte(prefix)) {
			d.entry, d.more = at, more
			return false
		}
		d.more = d.entry.Next()
	}
	d.settle()
	return true
}

// traced returns what is new, with the paths at which HEAD has the same contents: from there they were moved or copied.
// Submodules are always new.
func (d *staging) traced() []addition {
	if len(d.news) == 0 {
		return nil
	}
	from, isNew := map[object.ID][]string{}, map[string]bool{}
	first := map[[4]byte]bool{} // looked at before the whole id: most entries are of no interest
	for _, n := range d.news {
		isNew[n.path] = true
		if !n.file.mode.IsGitlink() {
			from[n.file.id] = d.gone[n.file.id]
			first[[4]byte(n.file.id[:4])] = true
		}
	}
	c := d.index.Cursor()
	for c.Next() {
		if c.Stage != 0 || c.Later || !first[[4]byte(c.Raw)] {
			continue
		}
		if paths, ok := from[c.ID()]; ok && !isNew[string(c.Path)] {
			from[c.ID()] = append(paths, string(c.Path))
		}
	}
	news := slices.Clone(d.news)
	for i := range news {
		if !news[i].file.mode.IsGitlink() {
			news[i].from = from[news[i].file.id]
		}
	}
	return news
}
