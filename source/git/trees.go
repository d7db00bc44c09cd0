package git

import (
	"errors"
	"math"
	"slices"

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

// marks are what deltas built on a tree inherit: where its entries start, and which of them are edges.
type marks struct {
	starts []int32 // of every entry, with the text's end behind; nil: the text is no tree
	which  []int32 // entries that are edges
	edges  []edge
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
	out, ok := marks{}, false
	if d != nil && base.starts != nil {
		out, ok = t.through(text, d, base)
	}
	if !ok {
		out = marks{starts: make([]int32, 0, len(text)/typicalEntry+2)}
		ok = t.parse(text, 0, len(text), &out)
	}
	if slices.Equal(out.edges, base.edges) {
		out.edges = base.edges
	}
	canonical := t.table.canonical(number)
	if t.harvest.first(canonical) {
		t.count++
		t.edges[canonical] = out.edges
		if !ok {
			t.trouble = append(t.trouble, trouble{canonical, errTree, true})
		}
	}
	if !ok || len(text) > math.MaxInt32 {
		return marks{edges: out.edges}
	}
	out.starts = append(out.starts, int32(len(text)))
	return out
}

// typicalEntry is about the size of a tree's entry: mode, a short name, SHA-1.
const typicalEntry = 36

// through reads the result of a delta: entries that lie whole in a copied run are what the base made of them, those
// between are parsed. It returns false if the two do not meet, which no real tree makes happen.
func (t *trees) through(text []byte, d *pack.Delta, base marks) (marks, bool) {
	out := marks{starts: make([]int32, 0, len(base.starts)+4)}
	p := 0
	for _, r := range d.Runs {
		from, _ := slices.BinarySearch(base.starts, int32(r.Base))
		to, whole := slices.BinarySearch(base.starts, int32(r.Base+r.Len))
		if !whole {
			to-- // the entry that the run ends in is cut
		}
		if from >= to {
			continue
		}
		by := int32(r.Out - r.Base)
		if !t.parse(text, p, int(base.starts[from]+by), &out) {
			return out, false
		}
		first := int32(len(out.starts))
		for _, at := range base.starts[from:to] {
			out.starts = append(out.starts, at+by)
		}
		w, _ := slices.BinarySearch(base.which, int32(from))
		for ; w < len(base.which) && int(base.which[w]) < to; w++ {
			out.which = append(out.which, base.which[w]-int32(from)+first)
			out.edges = append(out.edges, base.edges[w])
		}
		p = int(base.starts[to] + by)
	}
	return out, t.parse(text, p, len(text), &out)
}

// parse reads the entries of text[p:end]. It returns false if they do not end there.
func (t *trees) parse(text []byte, p, end int, out *marks) bool {
	hash := t.table.store.Hash
	for p < end {
		e, ok := object.NextEntry(text[:end], p, hash)
		if !ok {
			return false
		}
		if edge, ok := t.edge(e); ok {
			out.which = append(out.which, int32(len(out.starts)))
			out.edges = append(out.edges, edge)
		}
		out.starts = append(out.starts, int32(p))
		p = e.End
	}
	return p == end
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
