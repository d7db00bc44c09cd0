package repo

import (
	"bytes"
	"strconv"

	"github.com/unleak/unleak/source/git/object"
)

// CachedTrees is what an index says of folders that are as in some tree: git keeps it up to date as it stages files
// and makes it whole when it commits (gitformat-index(5), "Cache tree"). The zero value knows none.
type CachedTrees struct{ nodes []cachedTree }

// cachedTree is one folder, followed by those below it.
type cachedTree struct {
	name    []byte // within the folder above; "" for the root
	entries int    // of the index below it; -1: not as in any tree
	raw     []byte // id of the tree
	subs    int
	end     int // number of the node behind all that are below it
}

// NoCachedTree is the number of no folder.
const NoCachedTree = -1

// Root returns the number of the topmost folder.
func (t CachedTrees) Root() int {
	if len(t.nodes) == 0 {
		return NoCachedTree
	}
	return 0
}

// Sub returns the number of a folder in folder n.
func (t CachedTrees) Sub(n int, name []byte) int {
	if n == NoCachedTree {
		return NoCachedTree
	}
	sub := n + 1
	for range t.nodes[n].subs {
		if bytes.Equal(t.nodes[sub].name, name) {
			return sub
		}
		sub = t.nodes[sub].end
	}
	return NoCachedTree
}

// Same returns how many entries the index has below folder n, if they are as the tree says.
func (t CachedTrees) Same(n int, tree object.ID) (entries int, ok bool) {
	if n == NoCachedTree || t.nodes[n].entries < 0 || object.FromBytes(t.nodes[n].raw) != tree {
		return 0, false
	}
	return t.nodes[n].entries, true
}

// parseCachedTrees reads the extension. One that makes no sense counts as none: it only saves work.
//
//	name, 0, entries in decimal, ' ', folders in it in decimal, '\n', id unless entries is -1; then those folders
func parseCachedTrees(data []byte, hash int) CachedTrees {
	var t CachedTrees
	var open []int // nodes whose folders are being read
	for len(t.nodes) == 0 || len(open) > 0 {
		n, rest, ok := parseCachedTree(data, hash)
		if !ok {
			return CachedTrees{}
		}
		data = rest
		t.nodes = append(t.nodes, n)
		open = append(open, len(t.nodes)-1)
		for len(open) > 0 {
			top := &t.nodes[open[len(open)-1]]
			if top.end < top.subs { // until it is closed, end counts the folders that are complete
				top.end++
				break
			}
			top.end = len(t.nodes)
			open = open[:len(open)-1]
		}
	}
	if len(data) > 0 {
		return CachedTrees{}
	}
	return t
}

func parseCachedTree(data []byte, hash int) (n cachedTree, rest []byte, ok bool) {
	var entries, subs []byte
	if n.name, data, ok = bytes.Cut(data, []byte{0}); !ok {
		return n, nil, false
	}
	if entries, data, ok = bytes.Cut(data, []byte{' '}); !ok {
		return n, nil, false
	}
	if subs, data, ok = bytes.Cut(data, []byte{'\n'}); !ok {
		return n, nil, false
	}
	var err error
	if n.entries, err = strconv.Atoi(string(entries)); err != nil || n.entries < -1 {
		return n, nil, false
	}
	if n.subs, err = strconv.Atoi(string(subs)); err != nil || n.subs < 0 {
		return n, nil, false
	}
	if n.entries < 0 {
		return n, data, true
	}
	if len(data) < hash {
		return n, nil, false
	}
	n.raw = data[:hash]
	return n, data[hash:], true
}
