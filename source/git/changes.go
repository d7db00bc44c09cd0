package git

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// changes scans what the commits of a range add: to every parent, so that a merge counts with what it brings itself.
func (r *run) changes(ctx context.Context) error {
	refs, _ := r.repo.Refs()
	c := &changes{run: r, reader: r.keeping(), infos: map[object.ID]*brief{}, missing: map[object.ID]bool{}}
	if err := c.pick(refs); err != nil {
		return err
	}
	commits := c.order(ctx, c.walk(ctx))
	r.sink.Count("commits", int64(len(commits)))
	var news []addition
	seen := map[changed]bool{}
	byCommit := make([][]addition, len(commits))
	for position, id := range slices.Backward(commits) { // packs build older versions on newer ones
		if err := ctx.Err(); err != nil {
			return err
		}
		byCommit[position] = c.additions(id)
	}
	for position, list := range byCommit {
		for _, n := range list {
			if key := (changed{n.path, n.file}); !seen[key] {
				seen[key] = true
				n.position = int32(position)
				news = append(news, n)
			}
		}
	}
	for id := range c.missing {
		if r.repo.Shallow == 0 {
			r.sink.Skip(finding.Skip{Name: id.String(), Reason: finding.SkipMissing, Detail: "parent of a commit"})
		}
	}
	r.sink.Count("blobs", int64(len(news)))
	err := r.additions(ctx, news, func(n *addition) finding.Origin {
		g := c.origin(commits[n.position])
		g.Blob = n.file.id.String()
		return finding.Origin{Kind: finding.KindGit, Path: n.path, Git: g}
	})
	if err != nil {
		return err
	}
	c.messages(commits)
	return ctx.Err()
}

type changed struct {
	path string
	file file
}

// changes finds the commits of a range and what they add.
type changes struct {
	run     *run
	reader  *repo.Reader
	with    []object.ID // commits that lead to what is asked for
	without []object.ID // commits that lead to what is not
	common  bool        // what both lead to is not asked for
	tags    []object.ID // annotated tags that come with a push
	infos   map[object.ID]*brief
	missing map[object.ID]bool
}

// brief is what is kept of a commit.
type brief struct {
	tree    object.ID
	parents []object.ID
	when    time.Time // committer's
}

// pick turns the options into commits to start from.
func (c *changes) pick(refs []repo.Ref) error {
	r := c.run
	switch {
	case r.opts.Range != "":
		return c.pickRange(refs)
	case len(r.opts.Updates) > 0:
		return c.pickUpdates(refs)
	}
	starts := refs
	if r.opts.Branch != "" {
		id, err := r.resolve(r.opts.Branch, refs)
		if err != nil {
			return err
		}
		starts = []repo.Ref{{ID: id}}
	}
	for _, ref := range starts {
		id := ref.ID
		if _, err := commitAt(c.reader, &id); err == nil {
			c.with = append(c.with, id)
		}
	}
	return nil
}

func (c *changes) pickRange(refs []repo.Ref) error {
	from, to, _ := strings.Cut(c.run.opts.Range, "..")
	to, c.common = strings.CutPrefix(to, ".")
	a, err := c.run.resolve(from, refs)
	if err != nil {
		return fmt.Errorf("start of the range: %w; a shallow clone may have to be deepened", err)
	}
	b, err := c.run.resolve(to, refs)
	if err != nil {
		return fmt.Errorf("end of the range: %w", err)
	}
	c.with, c.without = []object.ID{b}, []object.ID{a}
	if c.common {
		c.with = append(c.with, a)
	}
	return nil
}

func (c *changes) pickUpdates(refs []repo.Ref) error {
	for _, u := range c.run.opts.Updates {
		next, err := object.ParseID(u.New)
		if err != nil {
			return fmt.Errorf("update of %s: %w", u.Ref, err)
		}
		if next.IsZero() {
			continue
		}
		if kind, _, err := c.reader.Read(next); err == nil && kind == object.Tag {
			c.tags = append(c.tags, next)
		}
		if _, err := commitAt(c.reader, &next); err != nil {
			c.run.sink.Skip(finding.Skip{Name: u.Ref, Reason: finding.SkipMissing, Detail: err.Error()})
			continue
		}
		c.with = append(c.with, next)
		if old, err := object.ParseID(u.Old); err == nil && !old.IsZero() {
			if _, err := commitAt(c.reader, &old); err == nil {
				c.without = append(c.without, old)
			}
		}
	}
	pushed := map[string]bool{}
	for _, u := range c.run.opts.Updates {
		pushed[u.Ref] = true
	}
	for _, ref := range refs {
		id := ref.ID
		// The receiving side has all its references already, the sending side knows only what it saw of remotes.
		there := c.run.opts.Hook && !pushed[ref.Name] || strings.HasPrefix(ref.Name, "refs/remotes/")
		if !there {
			continue
		}
		if _, err := commitAt(c.reader, &id); err == nil {
			c.without = append(c.without, id)
		}
	}
	return nil
}

// info reads a commit; nil if it is not there or does not make sense.
func (c *changes) info(id object.ID) *brief {
	if info, ok := c.infos[id]; ok {
		return info
	}
	kind, text, err := c.reader.Read(id)
	if err == nil && kind != object.Commit {
		err = fmt.Errorf("is a %s, not a commit", kind)
	}
	var info *brief
	if err == nil {
		var parsed object.CommitInfo
		if parsed, err = object.ParseCommit(text); err == nil {
			info = &brief{parsed.Tree, parsed.Parents, parsed.Committer.When}
		}
	}
	if err != nil {
		c.missing[id] = true
	}
	c.infos[id] = info
	return info
}

// reach returns the commits that some lead to, themselves included, without those in stop.
func (c *changes) reach(ctx context.Context, from []object.ID, stop map[object.ID]bool) map[object.ID]bool {
	reached := map[object.ID]bool{}
	since := c.run.opts.Since
	todo := slices.Clone(from)
	for len(todo) > 0 && ctx.Err() == nil {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if reached[id] || stop[id] {
			continue
		}
		info := c.info(id)
		if info == nil || stop != nil && !since.IsZero() && info.when.Before(since) {
			continue
		}
		reached[id] = true
		todo = append(todo, info.parents...)
	}
	return reached
}

// walk returns the commits of the range.
func (c *changes) walk(ctx context.Context) map[object.ID]bool {
	if !c.common {
		return c.paint(ctx)
	}
	stop := c.reach(ctx, c.without, nil)
	right := c.reach(ctx, c.with[:1], nil)
	both := map[object.ID]bool{}
	for id := range right {
		if stop[id] {
			both[id] = true
		}
	}
	return c.reach(ctx, c.with, both)
}

// paint returns the commits that with leads to and without does not, as git rev-list finds them: newest first, until
// only commits that without leads to are left, and some more, because dates may lie. Should they lie a lot, a few
// commits too many are scanned, never one too few.
func (c *changes) paint(ctx context.Context) map[object.ID]bool {
	const slop = 256
	since := c.run.opts.Since
	q := &byDate{of: c.infos}
	seen, out := map[object.ID]bool{}, map[object.ID]bool{}
	wanted := 0 // commits in the queue that are not known to be left out
	add := func(id object.ID, left bool) {
		was, known := out[id], seen[id]
		if known && (!left || was) || c.info(id) == nil {
			return
		}
		seen[id], out[id] = true, left
		heap.Push(q, queued{id, left})
		if !left {
			wanted++
		}
	}
	for _, id := range c.without {
		add(id, true)
	}
	for _, id := range c.with {
		add(id, false)
	}
	for more := slop; q.Len() > 0 && more > 0 && ctx.Err() == nil; {
		next := heap.Pop(q).(queued)
		if !next.left {
			wanted--
		}
		if wanted == 0 {
			more--
		} else {
			more = slop
		}
		left := out[next.id]
		if next.left != left { // it was queued again since
			continue
		}
		if !left && !since.IsZero() && c.infos[next.id].when.Before(since) {
			continue
		}
		for _, p := range c.infos[next.id].parents {
			add(p, left)
		}
	}
	set := map[object.ID]bool{}
	for id, left := range out {
		if !left && (since.IsZero() || !c.infos[id].when.Before(since)) {
			set[id] = true
		}
	}
	return set
}

// queued is a commit to look at; left: it is left out of the range.
type queued struct {
	id   object.ID
	left bool
}

// byDate yields the newest commit first.
type byDate struct {
	of    map[object.ID]*brief
	items []queued
}

func (h *byDate) Len() int           { return len(h.items) }
func (h *byDate) Less(i, j int) bool { return h.of[h.items[i].id].when.After(h.of[h.items[j].id].when) }
func (h *byDate) Swap(i, j int)      { h.items[i], h.items[j] = h.items[j], h.items[i] }
func (h *byDate) Push(x any)         { h.items = append(h.items, x.(queued)) }
func (h *byDate) Pop() any {
	last := len(h.items) - 1
	x := h.items[last]
	h.items = h.items[:last]
	return x
}

// order sorts commits: parents first, else by date, then id.
func (c *changes) order(ctx context.Context, set map[object.ID]bool) []object.ID {
	all := make([]object.ID, 0, len(set))
	for id := range set {
		all = append(all, id)
	}
	slices.SortFunc(all, func(a, b object.ID) int {
		return cmp.Or(c.infos[a].when.Compare(c.infos[b].when), a.Compare(b))
	})
	h := &history{commits: make([]revision, len(all))}
	at := make(map[object.ID]int32, len(all))
	for i, id := range all {
		at[id] = int32(i)
	}
	for i, id := range all {
		for _, p := range c.infos[id].parents {
			if k, ok := at[p]; ok {
				h.commits[i].parents = append(h.commits[i].parents, k)
			}
		}
	}
	h.topological(make([]bool, len(all)))
	out := make([]object.ID, len(all))
	for position, i := range h.order {
		out[position] = all[i]
	}
	return out
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

// origin describes a commit of the range.
func (c *changes) origin(id object.ID) *finding.GitOrigin {
	g := &finding.GitOrigin{Repository: c.run.opts.Name, Commit: id.String()}
	if kind, text, err := c.reader.Read(id); err == nil && kind == object.Commit {
		if info, err := object.ParseCommit(text); err == nil {
			g.Author, g.Email, g.Date = info.Author.Name, info.Author.Email, info.Author.When
			g.Subject = object.Subject(info.Message)
		}
	}
	return g
}

// messages scans the texts of commits and pushed tags.
func (c *changes) messages(commits []object.ID) {
	worker := c.run.sink.Worker()
	defer worker.Close()
	a := adder{run: c.run, worker: worker, reader: c.reader}
	all := append(slices.Clone(commits), c.tags...)
	found := make([][]fresh, len(all))
	for i, id := range all {
		_, text, err := c.reader.Read(id)
		if err != nil {
			continue // told already
		}
		found[i] = a.message(text, id.String())
	}
	c.run.sink.Count("tags", int64(len(c.tags)))
	c.run.tell(found, func(i int) finding.Origin {
		return finding.Origin{Kind: finding.KindMessage, Git: c.origin(all[i])}
	})
}

// message returns the matches in what people wrote of a commit or tag.
func (a *adder) message(text []byte, name string) []fresh {
	header, body := headAndBody(text)
	text = prose(header, text)
	found, err := a.worker.Detect(text, nil)
	if err != nil {
		a.worker.Skip(finding.Skip{Name: name, Reason: finding.SkipFailed, Detail: err.Error()})
		return nil
	}
	var out []fresh
	for _, m := range a.worker.Resolve(found) {
		out = append(out, fresh{match: m, place: inMessage(a.worker, text, len(text)-len(body), m)})
	}
	return out
}

// headAndBody returns the free header lines and the message of a commit or tag.
func headAndBody(text []byte) (header, body []byte) {
	if info, err := object.ParseCommit(text); err == nil {
		return info.Header, info.Message
	}
	if info, err := object.ParseTag(text); err == nil {
		return info.Header, info.Message
	}
	return nil, text
}

// inMessage locates a match: lines count from the message's first, or, of the header, from the header's.
func inMessage(w *scanner.Worker, text []byte, head int, m finding.Match) finding.Place {
	if m.Span.Start < head {
		return w.Locate(text, m)
	}
	return w.Locate(text[head:], shifted(m, -head))
}
