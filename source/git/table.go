package git

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/pack"
	"github.com/unleak/unleak/source/git/repo"
)

// node is one stored object: an entry of a pack or a loose file. Numbers refer to other nodes; -1 is none.
type node struct {
	offset  int64 // in its pack
	base    int32 // what this delta is built on
	child   int32 // first delta built on this, in the order of the pack
	sibling int32 // next delta built on the same base
	weight  int32 // nodes in the tree of deltas below, itself included
	kind    object.Kind
}

// table numbers every object of a store, pack by pack in the order of their indexes, loose objects last, and links
// deltas to their bases:
//
//	0 ... pack 0 by id ... | ... pack 1 by id ... | ... loose by id ...
//
// An object stored twice has two numbers; find returns the first.
type table struct {
	store  *repo.Store
	nodes  []node
	first  []int32 // number of each pack's first object, then that of the first loose object
	fans   [][]int32
	order  []int32 // every node that hangs together with an object, bases before their deltas
	mu     sync.Mutex
	skips  []finding.Skip
	sorted []int32         // every number in the order of ids; nil: as they are
	same   map[int32]int32 // an object's further copies, to the first
	clean  []bool          // known from an earlier scan, see memory.go; nil: none is
	idle   []bool          // neither a node nor what is built on it has to be read; nil: all have
	large  int64           // size from which a visitor is asked whether it reads an object by itself

	// Of the blobs in which an earlier scan found something, by canonical number; see recallhits.go.
	spots    map[int32][]finding.Span // where its matches lie
	homes    map[int32]bool           // the report is likely to show it
	recalled map[int32]bool           // its secrets are known without reading it
	seals    map[int32][]byte         // what the report showed of it, see sealed.go
	sealKey  [sha256.Size]byte
}

const largeObject = 64 << 20

const none = -1

// newTable reads every index and entry header, on jobs goroutines.
func newTable(store *repo.Store, jobs int) *table {
	t := &table{store: store, large: largeObject}
	total := 0
	for _, p := range store.Packs {
		t.first = append(t.first, int32(total))
		if total+p.Index.Len() > math.MaxInt32-len(store.Loose)-1 {
			t.skips = append(t.skips, finding.Skip{Name: p.Name, Reason: finding.SkipTooLarge, Detail: "more than 2^31 objects"})
			store.Packs = store.Packs[:len(t.first)-1]
			t.first = t.first[:len(t.first)-1]
			break
		}
		total += p.Index.Len()
	}
	t.first = append(t.first, int32(total))
	t.nodes = make([]node, total+len(store.Loose))
	for i := range t.nodes {
		t.nodes[i] = node{base: none, child: none, sibling: none}
	}
	t.fans = make([][]int32, len(store.Packs))
	var group sync.WaitGroup
	for k, p := range store.Packs {
		group.Go(func() { protect(func() { t.fans[k] = fanOut(p.Index) }, func(why any) { t.broken(p.Name, why) }) })
	}
	for k := range store.Packs {
		t.linkPack(k, jobs)
	}
	group.Wait()
	t.linkRefs()
	t.findCopies()
	t.weigh()
	return t
}

// inOrder tells whether numbers are in the order of ids, as they are in the index of one pack.
func (t *table) inOrder() bool { return len(t.first) <= 2 && len(t.store.Loose) == 0 }

// broken notes a pack whose reading broke down.
func (t *table) broken(name string, why any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.skips = append(t.skips, finding.Skip{Name: name, Reason: finding.SkipFailed, Detail: fmt.Sprintf("reading broke down: %v", why)})
}

// smallPack is the number of objects under which an index is searched without a finer table.
const smallPack = 4096

// fanOut returns, for every value of an id's first two bytes, where ids of at least that value start.
func fanOut(x *pack.Index) []int32 {
	if x.Len() < smallPack {
		return nil
	}
	fan := make([]int32, 1<<16+1)
	at := 0
	for i := range x.Len() {
		v := int(binary.BigEndian.Uint16(x.Raw(i)))
		for at <= v {
			fan[at] = int32(i)
			at++
		}
	}
	for ; at < len(fan); at++ {
		fan[at] = int32(x.Len())
	}
	return fan
}

// find returns the number of an object, given as the raw bytes of its id.
func (t *table) find(raw []byte) (int32, bool) {
	for k := range t.store.Packs {
		if i, ok := t.findIn(k, raw); ok {
			return i, true
		}
	}
	loose := t.store.Loose
	i, ok := slices.BinarySearchFunc(loose, raw, func(l repo.Loose, raw []byte) int {
		return bytes.Compare(l.ID[:len(raw)], raw)
	})
	return t.loose() + int32(i), ok
}

func (t *table) findIn(k int, raw []byte) (int32, bool) {
	x, fan := t.store.Packs[k].Index, t.fans[k]
	if fan == nil {
		i, ok := x.Find(raw)
		return t.first[k] + int32(i), ok
	}
	v := int(binary.BigEndian.Uint16(raw))
	lo, hi := int(fan[v]), int(fan[v+1])
	key := binary.BigEndian.Uint64(raw)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		id := x.Raw(mid)
		switch at := binary.BigEndian.Uint64(id); {
		case at < key:
			lo = mid + 1
		case at > key:
			hi = mid
		default: // the first eight bytes decide almost always
			switch bytes.Compare(id, raw) {
			case 0:
				return t.first[k] + int32(mid), true
			case -1:
				lo = mid + 1
			default:
				hi = mid
			}
		}
	}
	return 0, false
}

// loose returns the number of the first loose object.
func (t *table) loose() int32 { return t.first[len(t.first)-1] }

// pack returns the pack an object is in, and its position in the index; nil for a loose one.
func (t *table) pack(i int32) (*repo.Pack, int) {
	if i >= t.loose() {
		return nil, int(i - t.loose())
	}
	k := t.packOf(i)
	return t.store.Packs[k], int(i - t.first[k])
}

// packOf returns which pack an object is in, that is no loose one.
func (t *table) packOf(i int32) int {
	k, ok := slices.BinarySearch(t.first, i)
	if !ok {
		k--
	}
	for t.first[k+1] == t.first[k] { // an empty pack starts where the next one does
		k++
	}
	return k
}

// id returns an object's id.
func (t *table) id(i int32) object.ID {
	p, at := t.pack(i)
	if p == nil {
		return t.store.Loose[at].ID
	}
	return p.Index.ID(at)
}

// raw returns the bytes of an object's id.
func (t *table) raw(i int32) []byte {
	p, at := t.pack(i)
	if p == nil {
		return t.store.Loose[at].ID[:t.store.Hash]
	}
	return p.Index.Raw(at)
}

// canonical returns the number that find returns for the object.
func (t *table) canonical(i int32) int32 {
	if c, ok := t.same[i]; ok {
		return c
	}
	return i
}

// read returns an object's kind and text in memory of its own, from the first of its copies that can be read.
func (t *table) read(r *repo.Reader, i int32) (object.Kind, []byte, error) {
	kind, text, err := t.readOne(r, i)
	if err == nil {
		return kind, text, nil
	}
	for copied, first := range t.same {
		if first != i {
			continue
		}
		if kind, text, err := t.readOne(r, copied); err == nil {
			return kind, text, nil
		}
	}
	return kind, nil, err
}

func (t *table) readOne(r *repo.Reader, i int32) (object.Kind, []byte, error) {
	p, at := t.pack(i)
	if p == nil {
		return r.ReadLoose(t.store.Loose[at].File)
	}
	return r.ReadAt(p, t.nodes[i].offset)
}
