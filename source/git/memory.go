package git

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/git/object"
)

// memory is what a cache file says of the objects of a repository: which of them hold nothing that any rule matches,
// and, so that attribution need not read them again, what commits and trees lead to. It knows no secret: objects that
// hold one are only marked, with where to look, and read again every time, as are folders that hold a file whose name is
// one. Of the blobs it knows which hold the same secrets, and by which rules; what they are only in a form that takes the
// blob itself to read (sealed.go); and what was told of all in a form that takes those blobs (outcome.go).
//
// The file, numbers in front of lists and within them being uvarints unless told:
//
//	"unleak git objects 5\n"   key, 32 bytes
//	state, 32 bytes (outcomestate.go)
//	length and bytes of the outcome (outcomeseal.go); 0: none
//	objects: count   halves of ids, 16 bytes each, sorted   states, a byte each
//	names: count     length and bytes of each
//	forest: count    of each pruned tree: edges; of each edge: flags, name, child
//	commits          of each commit that is not to be read, by id: tree, parents, date (varint)
//	trees            of each tree that is not to be read, by id: pruned tree
//	rules: count     length and bytes of each
//	secrets: count   the rule of each
//	lists: count     of each list: secrets
//	spots            of each blob that has some, by id: list, count, then start behind the one before and length of each;
//	                 length and bytes of what is sealed
//	SHA-256 of all before
//
// Half an id is enough: to make an object that passes for another takes 2^64 tries at least.
type memory struct {
	state   [sha256.Size]byte // of what outcome is the outcome of
	outcome []byte            // sealed

	hash    int // bytes of an object id; it is a part of the key
	ids     []byte
	states  []byte // by object
	names   []string
	forest  [][]edge // name: of names, and what the edge is; child: of forest, or an object
	commits []recalled
	trees   []int32   // of forest
	secrets []string  // rule of each
	lists   [][]int32 // of secrets, as numbersOf orders them
	spots   []spotsOfBlob
}

// spotsOfBlob tells where the matches of a blob lie, see spots.go, and which of lists its secrets are.
type spotsOfBlob struct {
	list   int32
	spots  []finding.Span
	sealed []byte // see sealed.go; nil: none
}

// recalled is a commit; tree and parents are objects.
type recalled struct {
	tree    int32
	parents []int32
	date    int64
}

// a state is an object's kind and these
const (
	stateKind = 7
	// stateKnown: the object is not to be read again. Of a blob: nothing is found in it. Of a commit: likewise, and
	// commits has it. Of a tree: trees has it.
	stateKnown = 8
	stateLeaf  = 16 // attribution looked for it
	stateSpots = 32 // spots has it
	stateHome  = 64 // the report shows a secret there
)

const (
	memoryMagic = "unleak git objects 5\n"
	memoryID    = 16
	memoryHead  = len(memoryMagic) + sha256.Size
)

func (m *memory) len() int { return len(m.states) }

func (m *memory) id(i int) []byte { return m.ids[i*memoryID : (i+1)*memoryID] }

// encode returns the file's content.
func (m *memory) encode(key [sha256.Size]byte) []byte {
	out := make([]byte, 0, memoryHead+len(m.outcome)+len(m.ids)+len(m.states)*3)
	out = append(append(append(out, memoryMagic...), key[:]...), m.state[:]...)
	put := func(n int) { out = binary.AppendUvarint(out, uint64(n)) }
	put(len(m.outcome))
	out = append(out, m.outcome...)
	put(m.len())
	out = append(append(out, m.ids...), m.states...)
	put(len(m.names))
	for _, n := range m.names {
		put(len(n))
		out = append(out, n...)
	}
	put(len(m.forest))
	for _, edges := range m.forest {
		put(len(edges))
		for _, e := range edges {
			put(int(e.name >> edgeShift))
			put(int(e.name & nameMask))
			put(int(max(e.child, 0)))
		}
	}
	for _, c := range m.commits {
		put(int(c.tree))
		put(len(c.parents))
		for _, p := range c.parents {
			put(int(p))
		}
		out = binary.AppendVarint(out, c.date)
	}
	for _, t := range m.trees {
		put(int(t))
	}
	m.encodeSecrets(put, func(s string) { out = append(out, s...) })
	for _, b := range m.spots {
		put(int(b.list))
		put(len(b.spots))
		last := 0
		for _, s := range b.spots {
			put(s.Start - last)
			put(s.Len())
			last = s.End
		}
		put(len(b.sealed))
		out = append(out, b.sealed...)
	}
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

// openMemory reads of a cache file what comes before the objects, which rest is left for parse.
func openMemory(data []byte, key [sha256.Size]byte, hash int) (m *memory, rest []byte, err error) {
	if len(data) < memoryHead+2*sha256.Size || !bytes.HasPrefix(data, []byte(memoryMagic)) {
		return nil, nil, errCache
	}
	body := data[:len(data)-sha256.Size]
	if !bytes.Equal(body[len(memoryMagic):memoryHead], key[:]) {
		return nil, nil, errCache
	}
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], data[len(body):]) {
		return nil, nil, errCache
	}
	in := memoryReader{rest: body[memoryHead:]}
	m = &memory{hash: hash}
	copy(m.state[:], in.take(len(m.state)))
	m.outcome = in.take(in.count(1))
	if in.bad {
		return nil, nil, errCache
	}
	return m, in.rest, nil
}

// parse reads the objects. What it accepts can be used without a panic.
func (m *memory) parse(rest []byte) error {
	in := memoryReader{rest: rest}
	in.objects(m)
	in.forest(m)
	for range bytes.Count(m.states, []byte{byte(object.Commit) | stateKnown}) {
		in.commit(m)
	}
	for range bytes.Count(m.states, []byte{byte(object.Tree) | stateKnown}) {
		m.trees = append(m.trees, in.number(len(m.forest)))
	}
	in.secrets(m)
	for _, s := range m.states {
		if s&stateSpots != 0 && !in.bad {
			m.spots = append(m.spots, spotsOfBlob{in.number(len(m.lists)), in.spans(), in.take(in.count(1))})
		}
	}
	if in.bad || len(in.rest) > 0 {
		return errCache
	}
	return nil
}

// memoryReader reads a file's parts from its start; bad once something makes no sense.
type memoryReader struct {
	rest []byte
	bad  bool
}

// number reads a number below limit.
func (r *memoryReader) number(limit int) int32 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v >= uint64(limit) {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return int32(v)
}

// count reads the number of things that take at least size bytes each.
func (r *memoryReader) count(size int) int {
	return int(r.number(min(len(r.rest)/size, math.MaxInt32-1) + 1))
}

func (r *memoryReader) take(n int) []byte {
	if r.bad || n > len(r.rest) {
		r.bad, r.rest = true, nil
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *memoryReader) objects(m *memory) {
	n := r.count(memoryID + 1)
	m.ids, m.states = r.take(n*memoryID), r.take(n)
	for i := 1; i < len(m.states); i++ {
		if bytes.Compare(m.id(i-1), m.id(i)) >= 0 {
			r.bad = true
			return
		}
	}
}

// forest reads names and pruned trees. Each leads only to those before it.
func (r *memoryReader) forest(m *memory) {
	for range r.count(1) {
		m.names = append(m.names, string(r.take(r.count(1))))
	}
	for range r.count(1) {
		edges := make([]edge, r.count(3))
		for i := range edges {
			flags := r.number(edgeNamed >> edgeShift)
			name := r.number(len(m.names))
			limit := 1
			switch flags {
			case edgeTree >> edgeShift:
				limit = len(m.forest)
			case edgeLeaf >> edgeShift:
				limit = m.len()
			case edgeGitlink >> edgeShift:
			default:
				r.bad = true
			}
			edges[i] = edge{name: uint32(flags)<<edgeShift | uint32(name), child: r.number(limit)}
			if flags == edgeGitlink>>edgeShift {
				edges[i].child = none
			}
		}
		if r.bad {
			return
		}
		m.forest = append(m.forest, edges)
	}
}

func (r *memoryReader) spans() []finding.Span {
	out := make([]finding.Span, r.count(2))
	at := 0
	for i := range out {
		out[i].Start = at + int(r.number(math.MaxInt32))
		out[i].End = out[i].Start + int(r.number(math.MaxInt32))
		if out[i].End < at || out[i].End > math.MaxInt32 {
			r.bad, r.rest = true, nil
			return nil
		}
		at = out[i].End
	}
	return out
}

func (r *memoryReader) commit(m *memory) {
	c := recalled{tree: r.number(m.len())}
	c.parents = make([]int32, r.count(1))
	for i := range c.parents {
		c.parents[i] = r.number(m.len())
	}
	date, n := binary.Varint(r.rest)
	if n <= 0 {
		r.bad, r.rest = true, nil
		return
	}
	c.date, r.rest = date, r.rest[n:]
	m.commits = append(m.commits, c)
}
