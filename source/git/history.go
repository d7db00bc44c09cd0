package git

import (
	"cmp"
	"slices"

	"github.com/unleak/unleak/source/git/object"
)

// history is every commit of a store in one order that does not depend on how the store is packed: parents before
// children, else by committer date, then by id; first those that a reference leads to, then the others.
type history struct {
	commits   []revision
	order     []int32             // positions to commits
	position  []int32             // commits to positions
	reachable int                 // how many positions are
	at        []int32             // by number: commit + 1, or 0
	treeless  map[int32]object.ID // by commit: its tree, if that is not in the store
	cut       []object.ID         // parents of reachable commits that are not in the store, sorted
}

// revision is a commit.
type revision struct {
	number  int32
	tree    int32 // below 0: not in the store
	date    int64
	parents []int32 // of history.commits; those that are in the store
	missing []object.ID
}

// find returns which commit an object is.
func (h *history) find(number int32) (int32, bool) { return h.at[number] - 1, h.at[number] > 0 }

// newHistory orders commits; tips are the objects that references lead to, as numbers of the table.
func newHistory(t *table, found []*contents, tips []int32) *history {
	h := &history{at: make([]int32, len(t.nodes)), treeless: map[int32]object.ID{}}
	type dated struct {
		date   int64
		in, at int32 // of found, and its commits
		number int32
	}
	var all []dated
	links := 0
	for in, c := range found {
		links += len(c.parents)
		for at, m := range c.commits {
			all = append(all, dated{m.date, int32(in), int32(at), m.number})
		}
	}
	slices.SortFunc(all, func(a, b dated) int {
		if a.date != b.date {
			return cmp.Compare(a.date, b.date)
		}
		return t.id(a.number).Compare(t.id(b.number))
	})
	h.commits = make([]revision, len(all))
	for i, m := range all {
		h.at[m.number] = int32(i) + 1
	}
	parents := make([]int32, 0, links) // of all
	for i, m := range all {
		c := found[m.in]
		own := c.commits[m.at]
		h.commits[i] = revision{number: m.number, date: m.date, tree: own.tree}
		r := &h.commits[i]
		if own.tree < 0 {
			h.treeless[int32(i)] = c.absent[^own.tree]
		}
		first := len(parents)
		for _, p := range c.parents[own.parents : own.parents+own.count] {
			if p < 0 {
				r.missing = append(r.missing, c.absent[^p])
			} else if k, ok := h.find(p); ok {
				parents = append(parents, k)
			} else {
				r.missing = append(r.missing, t.id(p))
			}
		}
		r.parents = parents[first:len(parents):len(parents)]
	}
	h.sort(tips)
	return h
}

// reach tells which commits a set of objects leads to.
func (h *history) reach(from []int32) []bool {
	reached := make([]bool, len(h.commits))
	var todo []int32
	for _, number := range from {
		if i, ok := h.find(number); ok && !reached[i] {
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

// topological puts commits in order: parents first, reached ones before others, those of smaller numbers first.
func (h *history) topological(reached []bool) {
	n := len(h.commits)
	waiting := make([]int32, n)
	ends := make([]int32, n+1) // of each commit's children, first where they start
	for i := range h.commits {
		waiting[i] = int32(len(h.commits[i].parents))
		for _, p := range h.commits[i].parents {
			ends[p+1]++
		}
	}
	for i := range n {
		ends[i+1] += ends[i]
	}
	children := make([]int32, ends[n])
	for i := range h.commits {
		for _, p := range h.commits[i].parents {
			children[ends[p]] = int32(i)
			ends[p]++
		}
	}
	ready := newLowest(2 * n)
	add := func(i int) {
		if !reached[i] {
			i += n
		}
		ready.add(i)
	}
	for i, w := range waiting {
		if w == 0 {
			add(i)
		}
	}
	h.order = make([]int32, 0, n)
	h.position = make([]int32, n)
	place := func(i int32) {
		h.position[i] = int32(len(h.order))
		h.order = append(h.order, i)
	}
	for i, ok := ready.take(); ok; i, ok = ready.take() {
		i %= n
		place(int32(i))
		first := int32(0)
		if i > 0 {
			first = ends[i-1]
		}
		for _, c := range children[first:ends[i]] {
			if waiting[c]--; waiting[c] == 0 {
				add(int(c))
			}
		}
	}
	for i, w := range waiting { // a ring of commits takes a lying index; they come last
		if w > 0 {
			place(int32(i))
		}
	}
}
