package git

import (
	"bytes"
	"slices"

	"github.com/unleak/unleak/source/git/object"
)

// recall is a memory laid over the table of the repository as it is now.
type recall struct {
	memory  *memory
	numbers []int32 // by object of the memory: its number in the table, or none
	objects []int32 // by number of the table: the object of the memory, or none
	// trees and commits can be passed over: everything that was there when they were read still is. Else something a
	// tree names may be missing by now.
	whole bool

	lists    map[int32]int32 // of blobs with spots: the memory's list of their secrets
	chosen   []int32         // of these, read again
	recalled []int32         // the others
}

// recall finds the objects of a memory, and notes which need not be read again and which nodes need not be made: no
// object that has to be read is built on them.
func (t *table) recall(m *memory) *recall {
	r := &recall{memory: m, numbers: make([]int32, m.len()), objects: make([]int32, len(t.nodes)), whole: true}
	for i := range r.numbers {
		r.numbers[i] = none
	}
	for i := range r.objects {
		r.objects[i] = none
	}
	for k, p := range t.store.Packs {
		r.match(t, t.first[k], p.Index.Len(), p.Index.Raw)
	}
	r.match(t, t.loose(), len(t.store.Loose), func(i int) []byte { return t.store.Loose[i].ID[:] })
	r.whole = r.whole && !slices.Contains(r.numbers, none)
	t.clean, t.idle = make([]bool, len(t.nodes)), make([]bool, len(t.nodes))
	r.mark(t)
	r.elect(t)
	t.settleIdle()
	return r
}

// match pairs the objects of a memory with count sorted ones of the store.
func (r *recall) match(t *table, first int32, count int, raw func(int) []byte) {
	at := 0
	for i := range count {
		id := raw(i)[:memoryID]
		for at < r.memory.len() && bytes.Compare(r.memory.id(at), id) < 0 {
			at++
		}
		if at == r.memory.len() {
			return
		}
		if !bytes.Equal(r.memory.id(at), id) {
			continue
		}
		number := first + int32(i)
		kind := object.Kind(r.memory.states[at] & stateKind)
		n := &t.nodes[number]
		if n.kind == 0 && number >= t.loose() {
			n.kind = kind // a loose object tells its kind only when it is opened
		}
		if n.kind != kind {
			r.whole = false
			continue
		}
		r.objects[number] = int32(at)
		if r.numbers[at] < 0 {
			r.numbers[at] = number
		}
	}
}

// mark fills clean and idle.
func (r *recall) mark(t *table) {
	for i, at := range r.objects {
		kind := t.nodes[i].kind
		t.clean[i] = at >= 0 && r.memory.states[at]&stateKnown != 0 && (r.whole || kind == object.Blob || kind == object.Tag)
		t.idle[i] = t.clean[i] && kind != object.Tag // tags say what belongs where
	}
}

// agrees tells whether attribution looks for the same objects as it did when trees were read, new ones aside: what is
// remembered of trees leads to those alone. If it does not, the trees are no longer known.
func (r *recall) agrees(t *table, leaves []hit) {
	if r == nil || !r.whole {
		return
	}
	want := 0
	for _, s := range r.memory.states {
		if s&stateLeaf != 0 {
			want++
		}
	}
	for _, l := range leaves {
		if at := r.objects[l.number]; at >= 0 {
			want--
			r.whole = r.whole && r.memory.states[at]&stateLeaf != 0
		}
	}
	r.whole = r.whole && want == 0
	if r.whole {
		return
	}
	for i := range t.clean {
		if t.nodes[i].kind == object.Tree {
			t.clean[i] = false
		}
	}
	for i := range t.idle {
		t.idle[i] = t.clean[i] && t.nodes[i].kind != object.Tag
	}
}

// commits returns what is remembered of the commits that are not read.
func (r *recall) commits(t *table) *contents {
	c := &contents{}
	if r == nil {
		return c
	}
	at := 0
	for i, s := range r.memory.states {
		if s != byte(object.Commit)|stateKnown {
			continue
		}
		known := r.memory.commits[at]
		at++
		if number := r.numbers[i]; number >= 0 && t.clean[number] {
			c.commits = append(c.commits, commit{
				number: number, tree: r.numbers[known.tree], parents: len(c.parents), count: len(known.parents), date: known.date,
			})
			for _, p := range known.parents {
				c.parents = append(c.parents, r.numbers[p])
			}
		}
	}
	return c
}

// plant puts what is remembered of trees into a forest.
func (r *recall) plant(f *forest, h *harvest, leaves []hit) {
	if r == nil || !r.whole {
		return
	}
	names := make([]uint32, len(r.memory.names))
	for i, n := range r.memory.names {
		names[i] = uint32(h.nameNumber(n)) & nameMask
	}
	leaf := make(map[int32]int32, len(leaves))
	for i, l := range leaves {
		leaf[l.number] = int32(i)
	}
	pruned := make([]int32, len(r.memory.forest))
	for i, edges := range r.memory.forest {
		own := make([]edge, len(edges))
		for k, e := range edges {
			own[k] = edge{name: e.name&^nameMask | names[e.name&nameMask], child: none}
			switch {
			case e.name&edgeTree != 0:
				own[k].child = pruned[e.child]
			case e.name&edgeLeaf != 0:
				own[k].child = leaf[r.numbers[e.child]]
			}
		}
		pruned[i] = f.intern(own)
	}
	at := 0
	for i, s := range r.memory.states {
		if s == byte(object.Tree)|stateKnown {
			f.memo[r.numbers[i]] = pruned[r.memory.trees[at]] + 1
			at++
		}
	}
}

// isClean tells whether an object is known to hold nothing, or all that it leads to is known.
func (t *table) isClean(i int32) bool { return t.clean != nil && t.clean[i] }

// isIdle tells whether neither a node nor what is built on it has to be read.
func (t *table) isIdle(i int32) bool { return t.idle != nil && t.idle[i] }

// passKnown counts what is known of some kinds and not read again.
func (r *run) passKnown(t *table, h *harvest, kinds ...object.Kind) {
	if t.clean == nil {
		return
	}
	var passed int64
	counts := map[object.Kind]int64{}
	for i, clean := range t.clean {
		kind := t.nodes[i].kind
		if !clean || !slices.Contains(kinds, kind) {
			continue
		}
		if t.idle[i] {
			passed++
		}
		if h.first(t.canonical(int32(i))) {
			counts[kind]++
		}
	}
	for kind, n := range counts {
		r.sink.Count(kind.String()+"s", n)
		r.sink.Count("known objects", n)
	}
	r.sink.Progress("objects", passed, 0)
}
