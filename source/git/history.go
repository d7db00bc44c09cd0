package git

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/unleak/unleak/source/git/object"
)

// history is every commit of a store in one order that does not depend on how the store is packed: parents before
// children, else by committer date, then by id; first those that a reference leads to, then the others.
type history struct {
	commits   []revision
	order     []int32 // positions to commits
	position  []int32 // commits to positions
	reachable int     // how many positions are
	at        map[int32]int32
	cut       []object.ID // parents of reachable commits that are not in the store, sorted
}

// revision is a commit.
type revision struct {
	number  int32
	date    int64
	tree    object.ID
	parents []int32 // of history.commits; those that are in the store
	missing []object.ID
}

// newHistory orders commits; tips are the objects that references lead to, as numbers of the table.
func newHistory(t *table, found []*contents, tips []int32) *history {
	h := &history{at: map[int32]int32{}}
	type raw struct {
		commit
		parents []object.ID
	}
	var all []raw
	for _, c := range found {
		for _, m := range c.commits {
			all = append(all, raw{m, c.parents[m.parents : m.parents+m.count]})
		}
	}
	slices.SortFunc(all, func(a, b raw) int {
		if a.date != b.date {
			return cmp.Compare(a.date, b.date)
		}
		return t.id(a.number).Compare(t.id(b.number))
	})
	h.commits = make([]revision, len(all))
	for i, m := range all {
		h.at[m.number] = int32(i)
		h.commits[i] = revision{number: m.number, date: m.date, tree: m.tree}
	}
	for i, m := range all {
		r := &h.commits[i]
		for _, p := range m.parents {
			if number, ok := t.find(p[:t.store.Hash]); ok {
				if k, ok := h.at[t.canonical(number)]; ok {
					r.parents = append(r.parents, k)
					continue
				}
			}
			r.missing = append(r.missing, p)
		}
	}
	h.sort(tips)
	return h
}

// reach tells which commits a set of objects leads to.
func (h *history) reach(from []int32) []bool {
	reached := make([]bool, len(h.commits))
	var todo []int32
	for _, number := range from {
		if i, ok := h.at[number]; ok && !reached[i] {
			reached[i] = true
			todo = append(todo, i)
		}
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, p := range h.commits[i].parents {
			if !reached[p] {
				reached[p] = true
				todo = append(todo, p)
			}
		}
	}
	return reached
}

// sort fills order. Commits are numbered by date and id already, so their numbers break ties.
func (h *history) sort(tips []int32) {
	reached := h.reach(tips)
	for i, in := range reached {
		if in {
			h.reachable++
			h.cut = append(h.cut, h.commits[i].missing...)
		}
	}
	slices.SortFunc(h.cut, object.ID.Compare)
	h.cut = slices.Compact(h.cut)
	h.topological(reached)
}

// topological puts commits in order: parents first, reached ones before others.
func (h *history) topological(reached []bool) {
	waiting := make([]int32, len(h.commits))
	children := make([][]int32, len(h.commits))
	ready := &commitHeap{reached: reached}
	for i := range h.commits {
		parents := h.commits[i].parents
		waiting[i] = int32(len(parents))
		for _, p := range parents {
			children[p] = append(children[p], int32(i))
		}
		if len(parents) == 0 {
			ready.items = append(ready.items, int32(i))
		}
	}
	heap.Init(ready)
	h.order = make([]int32, 0, len(h.commits))
	h.position = make([]int32, len(h.commits))
	for ready.Len() > 0 {
		i := heap.Pop(ready).(int32)
		h.position[i] = int32(len(h.order))
		h.order = append(h.order, i)
		for _, c := range children[i] {
			if waiting[c]--; waiting[c] == 0 {
				heap.Push(ready, c)
			}
		}
	}
	for i := range h.commits { // a ring of commits takes a lying index; they come last
		if waiting[i] > 0 {
			h.position[i] = int32(len(h.order))
			h.order = append(h.order, int32(i))
		}
	}
}

// commitHeap yields reached commits first, then the oldest.
type commitHeap struct {
	reached []bool
	items   []int32
}

func (h *commitHeap) Len() int { return len(h.items) }
func (h *commitHeap) Less(i, j int) bool {
	a, b := h.items[i], h.items[j]
	if h.reached[a] != h.reached[b] {
		return h.reached[a]
	}
	return a < b
}
func (h *commitHeap) Swap(i, j int) { h.items[i], h.items[j] = h.items[j], h.items[i] }
func (h *commitHeap) Push(x any)    { h.items = append(h.items, x.(int32)) }
func (h *commitHeap) Pop() any {
	last := len(h.items) - 1
	x := h.items[last]
	h.items = h.items[:last]
	return x
}
