package git

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/source/git/object"
)

// brief is what is kept of a commit.
type brief struct {
	tree    object.ID
	parents []object.ID
	when    time.Time // committer's
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

func (h *byDate) Len() int { return len(h.items) }

func (h *byDate) Less(i, j int) bool { return h.of[h.items[i].id].when.After(h.of[h.items[j].id].when) }

func (h *byDate) Swap(i, j int) { h.items[i], h.items[j] = h.items[j], h.items[i] }

func (h *byDate) Push(x any) { h.items = append(h.items, x.(queued)) }

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
	arrange.By(all, func(a, b object.ID) int {
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
