package git

import (
	"errors"
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/pack"
)

// edge is an entry of a tree that attribution needs: one that leads to a folder, to something that was found, or
// whose name was.
type edge struct {
	name  uint32 // number of the name, and what the entry is in the bits from edgeShift on
	child int32  // tree: its number; blob: the leaf's; absent: the absence's
}

const (
	edgeShift = 27
	nameMask  = 1<<edgeShift - 1

	edgeTree    = 1 << edgeShift
	edgeLeaf    = 2 << edgeShift
	edgeGitlink = 4 << edgeShift
	edgeAbsent  = 8 << edgeShift
	edgeNamed   = 16 << edgeShift // the name holds a secret
)

// marks are a tree's edges with where their entries stand in its text: what deltas built on the tree inherit.
type marks struct {
	edges []edge
	at    []finding.Span
}

// trees reads trees for one goroutine.
type trees struct {
	table    *table
	harvest  *harvest
	worker   *scanner.Worker
	sink     *scanner.Sink
	leaves   map[int32]int32 // blobs that attribution looks for, to the number of their leaf
	promised bool            // blobs may be absent by agreement
	edges    [][]edge        // by object; shared by all goroutines, each writes its own objects'
	names    map[string]uint32
	count    int64
	trouble  []trouble
}

var (
	_ visitor[marks] = (*trees)(nil)

	errTree = errors.New("tree: an entry makes no sense")
)

func (t *trees) visit(number int32, text []byte, d *pack.Delta, base marks) marks {
	if t.table.nodes[number].kind != object.Tree {
		return marks{}
	}
	inherited := marks{}
	dirty := []finding.Span{{Start: 0, End: len(text)}}
	if d != nil {
		inherited, dirty = base.through(d), d.Dirty
	}
	out, err := t.read(text, dirty, inherited)
	if slices.Equal(out.edges, base.edges) {
		out.edges = base.edges
	}
	canonical := t.table.canonical(number)
	if t.harvest.first(canonical) {
		t.count++
		t.edges[canonical] = out.edges
		if err != nil {
			t.trouble = append(t.trouble, trouble{canonical, err, true})
		}
	}
	return out
}

// through returns the marks that hold in the result of d, in its order.
func (m marks) through(d *pack.Delta) (out marks) {
	for _, r := range d.Runs {
		i, _ := slices.BinarySearchFunc(m.at, r.Base, func(s finding.Span, at int) int { return s.Start - at })
		for ; i < len(m.at) && m.at[i].End <= r.Base+r.Len; i++ {
			out.at = append(out.at, m.at[i].Shift(r.Out-r.Base))
			out.edges = append(out.edges, m.edges[i])
		}
	}
	return out
}

// read walks the entries of a tree. Those that overlap nothing dirty are what the base made of them.
func (t *trees) read(text []byte, dirty []finding.Span, inherited marks) (marks, error) {
	var out marks
	if n := len(inherited.at); n > 0 {
		out.at, out.edges = make([]finding.Span, 0, n+1), make([]edge, 0, n+1)
	}
	hash := t.table.store.Hash
	p := 0
	for p < len(text) {
		e, ok := object.NextEntry(text, p, hash)
		if !ok {
			return out, errTree
		}
		p = e.End
		for len(dirty) > 0 && dirty[0].End <= e.Start {
			dirty = dirty[1:]
		}
		for len(inherited.at) > 0 && inherited.at[0].Start < e.Start {
			inherited.at, inherited.edges = inherited.at[1:], inherited.edges[1:]
		}
		at := finding.Span{Start: e.Start, End: e.End}
		if len(dirty) > 0 && dirty[0].Start < e.End && dirty[0].End > e.Start {
			if edge, ok := t.edge(e); ok {
				out.at, out.edges = append(out.at, at), append(out.edges, edge)
			}
			continue
		}
		if len(inherited.at) > 0 && inherited.at[0] == at {
			out.at, out.edges = append(out.at, at), append(out.edges, inherited.edges[0])
		}
	}
	return out, nil
}

// edge returns what attribution needs of an entry; false if nothing.
func (t *trees) edge(e object.Entry) (edge, bool) {
	out := edge{name: t.name(e.Name), child: none}
	flagged := out.name&edgeNamed != 0
	if e.Mode.IsGitlink() {
		out.name |= edgeGitlink
		return out, true
	}
	number, ok := t.table.find(e.Raw)
	switch {
	case !ok:
		n := t.harvest.absence(e.Raw)
		if !t.promised {
			out.name |= edgeAbsent
			out.child = n
			return out, true
		}
	case e.Mode.IsTree():
		out.name |= edgeTree
		out.child = number
		return out, true
	default:
		if leaf, ok := t.leaves[number]; ok {
			out.name |= edgeLeaf
			out.child = leaf
			return out, true
		}
	}
	return out, flagged
}

// name returns the number of a name. A new one is searched for secrets.
func (t *trees) name(name []byte) uint32 {
	if n, ok := t.names[string(name)]; ok {
		return n
	}
	text := string(name)
	h := t.harvest
	h.mu.Lock()
	number, ok := h.names[text]
	if !ok {
		number = int32(len(h.nameOf))
		h.names[text] = number
		h.nameOf = append(h.nameOf, text)
		h.nameHas = append(h.nameHas, nil)
		if found, err := t.worker.Detect(name, nil); err == nil {
			var has []int32
			for _, m := range t.worker.Resolve(found) {
				has = append(has, h.numberLocked(secret{m.Rule, m.Secret}))
			}
			h.nameHas[number] = sortedSet(has)
		}
	}
	has := len(h.nameHas[number]) > 0
	h.mu.Unlock()
	n := uint32(number) & nameMask
	if has {
		n |= edgeNamed
	}
	t.names[text] = n
	return n
}

func (t *trees) whole(int32, int64) bool { return false }

func (t *trees) fail(number int32, err error) {
	if t.table.nodes[number].kind == object.Tree {
		t.trouble = append(t.trouble, trouble{t.table.canonical(number), err, false})
	}
}

func (t *trees) done(objects int) { t.sink.Progress("objects", int64(objects), 0) }

// sortedSet sorts numbers and takes doubles out.
func sortedSet(n []int32) []int32 {
	slices.Sort(n)
	return slices.Clip(slices.Compact(n))
}
