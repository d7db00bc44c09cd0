package git

import (
	"encoding/binary"
)

// forest is the trees of the repository cut down to what attribution looks for. Equal trees are one, so that most
// commits share theirs with their parents.
type forest struct {
	table   *table
	harvest *harvest
	edges   [][]edge // of every tree, by object
	memo    []int32  // by object: 0 not known yet, inWork, else pruned tree + 1
	pruned  [][]edge // tree edges lead to pruned trees here
	known   map[string]int32
	tooDeep int
	scratch []byte
}

const (
	inWork = -1
	// maxTreeDepth is how deep folders may be nested, as git's core.maxTreeDepth (2.44, 2024)
	maxTreeDepth = 2048
)

func newForest(t *table, h *harvest, edges [][]edge) *forest {
	f := &forest{table: t, harvest: h, edges: edges, memo: make([]int32, len(t.nodes)), known: map[string]int32{}}
	f.intern(nil) // pruned tree 0 is the empty one
	return f
}

// prune returns the pruned tree of an object; 0 if it holds nothing that is looked for.
func (f *forest) prune(number int32, depth int) int32 {
	switch m := f.memo[number]; {
	case m > 0:
		return m - 1
	case m == inWork: // a ring takes a lying index
		return 0
	}
	if depth > maxTreeDepth {
		f.tooDeep++
		return 0
	}
	f.memo[number] = inWork
	var keep []edge
	for _, e := range f.edges[number] {
		if e.name&edgeTree != 0 {
			e.child = f.prune(e.child, depth+1)
			if e.child == 0 && e.name&edgeNamed == 0 {
				continue
			}
		}
		keep = append(keep, e)
	}
	p := f.intern(keep)
	f.memo[number] = p + 1
	return p
}

// intern returns the number of a pruned tree.
func (f *forest) intern(edges []edge) int32 {
	f.scratch = f.scratch[:0]
	for _, e := range edges {
		f.scratch = binary.LittleEndian.AppendUint32(f.scratch, e.name)
		f.scratch = binary.LittleEndian.AppendUint32(f.scratch, uint32(e.child))
	}
	if n, ok := f.known[string(f.scratch)]; ok {
		return n
	}
	n := int32(len(f.pruned))
	f.known[string(f.scratch)] = n
	f.pruned = append(f.pruned, edges)
	return n
}
