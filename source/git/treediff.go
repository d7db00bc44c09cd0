package git

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unleak/unleak/source/git/object"
)

// changedEntries returns the entries of a tree's text, without those at its start and end that old has as well. It
// returns false if the text is not a tree to its end.
func changedEntries(text, old []byte, hash int) (map[string]file, bool) {
	same := 0 // bytes at the end
	for most := min(len(text), len(old)); same < most && text[len(text)-1-same] == old[len(old)-1-same]; {
		same++
	}
	out := map[string]file{}
	p, start := 0, true
	for p < len(text) {
		e, ok := object.NextEntry(text, p, hash)
		if !ok {
			return out, false
		}
		start = start && e.End <= len(old) && string(text[p:e.End]) == string(old[p:e.End])
		if !start {
			if len(text)-p <= same && entryStarts(old, len(old)-(len(text)-p), hash) {
				return out, true
			}
			out[string(e.Name)] = file{object.FromBytes(e.Raw), e.Mode}
		}
		p = e.End
	}
	return out, true
}

// entryStarts tells whether an entry of a tree starts at p.
func entryStarts(text []byte, p, hash int) bool {
	at := 0
	for at < p {
		e, ok := object.NextEntry(text, at, hash)
		if !ok {
			return false
		}
		at = e.End
	}
	return at == p
}

// entriesNamed returns the entries of a tree's text that have one of the names.
func entriesNamed(text []byte, names map[string]file, hash int) map[string]file {
	out := map[string]file{}
	for p := 0; p < len(text) && len(out) < len(names); {
		e, ok := object.NextEntry(text, p, hash)
		if !ok {
			break
		}
		if _, ok := names[string(e.Name)]; ok {
			out[string(e.Name)] = file{object.FromBytes(e.Raw), e.Mode}
		}
		p = e.End
	}
	return out
}

// first returns the first element, or the zero value.
func first[T any](all []T) (t T) {
	if len(all) > 0 {
		return all[0]
	}
	return t
}

// additions returns the files of a commit that none of its parents has as they are, sorted by path.
func (c *changes) additions(id object.ID) []addition {
	info := c.infos[id]
	var parents []object.ID
	for _, p := range info.parents {
		if up := c.info(p); up != nil {
			parents = append(parents, up.tree)
		}
	}
	var out []addition
	gone := map[object.ID]bool{}
	c.compare(info.tree, parents, "", &out, gone, 0)
	out = slices.DeleteFunc(out, func(n addition) bool { // moved as it is
		return n.named && gone[n.file.id]
	})
	slices.SortFunc(out, func(a, b addition) int { return strings.Compare(a.path, b.path) })
	return out
}

// compare lists what a tree has that none of the parents' trees has. gone gets the ids that the first parent has where
// the tree has something else or nothing.
func (c *changes) compare(tree object.ID, parents []object.ID, prefix string, out *[]addition, gone map[object.ID]bool, depth int) {
	if slices.Contains(parents, tree) {
		return
	}
	text, ok := c.treeText(tree, prefix, depth)
	if !ok {
		return
	}
	olds := make([][]byte, len(parents))
	for i, p := range parents {
		if !p.IsZero() {
			olds[i], _ = c.treeText(p, prefix, depth)
		}
	}
	hash := c.run.store.Hash
	entries, whole := changedEntries(text, first(olds), hash)
	if !whole {
		c.run.skipObject(strings.TrimSuffix(prefix, "/"), tree, errTree)
	}
	was := make([]map[string]file, len(parents))
	for i := range olds {
		if i == 0 {
			was[i], _ = changedEntries(olds[i], text, hash)
		} else {
			was[i] = entriesNamed(olds[i], entries, hash)
		}
	}
	for name, f := range first(was) {
		switch now := entries[name]; {
		case !f.mode.IsTree():
			gone[f.id] = true
		case !now.mode.IsTree():
			c.vanished(f.id, gone, depth+1)
		}
	}
	for name, f := range entries {
		c.entry(name, f, was, prefix, out, gone, depth)
	}
}

// entry compares an entry of a tree with what the parents have in its place.
func (c *changes) entry(name string, f file, was []map[string]file, prefix string, out *[]addition, gone map[object.ID]bool, depth int) {
	below := make([]object.ID, len(was))
	n := addition{path: prefix + name, file: f, named: true}
	for i := range was {
		old, ok := was[i][name]
		if ok && old == f {
			return
		}
		before := object.ID{}
		switch {
		case !ok:
		case old.mode.IsTree():
			below[i] = old.id
		default:
			n.named = false
			if !old.mode.IsGitlink() && old.mode.IsSymlink() == f.mode.IsSymlink() {
				before = old.id
			}
		}
		n.olds = append(n.olds, before)
	}
	if f.mode.IsTree() {
		c.compare(f.id, below, n.path+"/", out, gone, depth+1)
		return
	}
	*out = append(*out, n)
}

// treeText reads a tree; one that cannot be read is told.
func (c *changes) treeText(id object.ID, prefix string, depth int) ([]byte, bool) {
	kind, text, err := c.reader.Read(id)
	if err == nil && kind != object.Tree {
		err = fmt.Errorf("is a %s, not a tree", kind)
	}
	if err != nil || depth > maxTreeDepth {
		c.run.skipObject(strings.TrimSuffix(prefix, "/"), id, err)
		return nil, false
	}
	return text, true
}

// vanished adds the files of a folder that is no more.
func (c *changes) vanished(tree object.ID, gone map[object.ID]bool, depth int) {
	files := map[string]file{}
	c.run.flatten(c.reader, tree, "", files, depth)
	for _, f := range files {
		gone[f.id] = true
	}
}
