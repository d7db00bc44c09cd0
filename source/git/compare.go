package git

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// comparer compares the trees of commits with those of their parents, for one goroutine.
type comparer struct {
	run    *run
	reader *repo.Reader
	infos  map[object.ID]*brief // not changed any more

	out      []addition
	gone     map[object.ID][]string // files of the first parent where the commit has something else or nothing
	vanished []vanished             // folders of the first parent that the commit has not
	removed  *removed               // files of the first parent that the commit has not
	walking  *walking
}

// vanished is a folder that a commit takes away.
type vanished struct {
	tree object.ID
	path string
}

// additions returns the files of a commit that none of its parents has as they are, sorted by path.
func (c *comparer) additions(id object.ID) []addition {
	info := c.infos[id]
	var parents []object.ID
	for _, p := range info.parents {
		if up := c.infos[p]; up != nil {
			parents = append(parents, up.tree)
		}
	}
	c.out, c.gone, c.vanished, c.removed = nil, map[object.ID][]string{}, nil, newRemoved()
	c.walking = c.run.effort.walking()
	c.compare(info.tree, parents, "", 0)
	isNew := func(n addition) bool { return n.named }
	if slices.ContainsFunc(c.out, isNew) {
		files := map[string]file{}
		for _, v := range c.vanished {
			c.run.flattener(c.reader, files).contents(v.tree, v.path+"/", 1)
		}
		for path, f := range files {
			c.gone[f.id] = append(c.gone[f.id], path)
			if !f.mode.IsGitlink() {
				c.removed.take(f.id, path)
			}
		}
		c.trace()
	}
	arrange.By(c.out, func(a, b addition) int { return strings.Compare(a.path, b.path) })
	return c.out
}

// trace notes where new files come from; submodules that were only moved are left out.
func (c *comparer) trace() {
	c.out = slices.DeleteFunc(c.out, func(n addition) bool { return n.named && n.file.mode.IsGitlink() && len(c.gone[n.file.id]) > 0 })
	for i := range c.out {
		n := &c.out[i]
		if n.named {
			n.from = c.gone[n.file.id]
		}
		if len(c.removed.files) > 0 {
			n.removed = c.removed
		}
	}
}

// compare lists what a tree has that none of the parents' trees has.
func (c *comparer) compare(tree object.ID, parents []object.ID, prefix string, depth int) {
	if slices.Contains(parents, tree) {
		return
	}
	text, ok := c.treeText(tree, prefix, depth)
	if !ok {
		return
	}
	ok, counted := c.walking.tree(tree, len(text), prefix)
	if !ok {
		return
	}
	hash := c.run.store.Hash
	news, olds, whole := difference(text, c.parentText(parents, 0, prefix, depth), hash)
	if !whole {
		c.run.skipObject(strings.TrimSuffix(prefix, "/"), tree, errTree)
	}
	was := []byName{newByName(olds)}
	c.collectGone(news, olds, prefix)
	for i := 1; i < len(parents) && len(news) > 0; i++ {
		changed, olds, _ := difference(text, c.parentText(parents, i, prefix, depth), hash)
		news = both(news, changed)
		was = append(was, newByName(olds))
	}
	if len(parents) == 0 {
		was = nil
	}
	for _, e := range news {
		if counted && !c.walking.spend(len(prefix)+len(e.name)+pathCost) {
			return
		}
		c.entry(e, was, prefix, depth)
	}
}

// parentText returns the text of a parent's tree; nothing if there is none.
func (c *comparer) parentText(parents []object.ID, i int, prefix string, depth int) []byte {
	if i >= len(parents) || parents[i].IsZero() {
		return nil
	}
	text, _ := c.treeText(parents[i], prefix, depth)
	return text
}

// collectGone notes what the first parent has where the tree has something else.
func (c *comparer) collectGone(news, olds []listed, prefix string) {
	if len(olds) == 0 {
		return
	}
	now := newByName(news)
	for _, e := range olds {
		f, ok := now.find(e.name)
		path := prefix + string(e.name)
		switch {
		case ok && f == e.file:
		case !e.file.mode.IsTree():
			c.gone[e.file.id] = append(c.gone[e.file.id], path)
			if (!ok || f.mode.IsTree()) && !e.file.mode.IsGitlink() {
				c.removed.take(e.file.id, path)
			}
		case !f.mode.IsTree():
			c.vanished = append(c.vanished, vanished{e.file.id, path})
		}
	}
}

// entry compares an entry of a tree with what the parents have in its place.
func (c *comparer) entry(e listed, was []byName, prefix string, depth int) {
	below := make([]object.ID, len(was))
	n := addition{file: e.file, named: true}
	for i := range was {
		old, ok := was[i].find(e.name)
		if ok && old == e.file {
			return
		}
		before := object.ID{}
		switch {
		case !ok:
		case old.mode.IsTree():
			below[i] = old.id
		default:
			n.named = false
			if !old.mode.IsGitlink() && old.mode.IsSymlink() == e.file.mode.IsSymlink() {
				before = old.id
			}
		}
		n.olds = append(n.olds, before)
	}
	n.path = prefix + string(e.name)
	if e.file.mode.IsTree() {
		c.compare(e.file.id, below, n.path+"/", depth+1)
		return
	}
	c.out = append(c.out, n)
}

// treeText reads a tree; one that cannot be read is told.
func (c *comparer) treeText(id object.ID, prefix string, depth int) ([]byte, bool) {
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
