package detectors

import (
	"hash/maphash"
	"sync/atomic"
	"unsafe"

	"github.com/unleak/unleak/finding"
)

// The versions of a file that are built on one base differ from it by the same edits, and so do files that are copies of
// each other. A match depends on its context alone: a region that was searched without finding a match need not be
// searched again where it stands in another text, with as much around it as the context of a match may take up and with
// the same spans dirty. Whoever scans versions says so (Scanner.Versions), and all scanners of an engine remember such
// regions together, and decoded texts without a match. What is found is always found anew.

// barren is a set of hashes of regions that hold no match. It holds as many as fit, two to a bucket; what is forgotten
// is searched again. Hashes are keyed anew with every run, so that nobody can write two regions that pass for one
// another. Any number of goroutines may use it.
type barren struct {
	seed maphash.Seed
	keys [barrenSize][2]atomic.Uint64
}

const barrenSize = 1 << 18 // 4 MB

// newBarren writes to every page of a set. Memory that is read before it is written to is mapped twice, and the second time
// all processors are told.
func newBarren() *barren {
	b := &barren{seed: maphash.MakeSeed()}
	for i := 0; i < len(b.keys); i += 4096 / int(unsafe.Sizeof(b.keys[0])) {
		b.keys[i][0].Store(0)
	}
	return b
}

func (b *barren) has(key uint64) bool {
	k := &b.keys[key%barrenSize]
	return k[0].Load() == key || k[1].Load() == key
}

func (b *barren) add(key uint64) {
	k := &b.keys[key%barrenSize]
	i := key >> 63
	if k[0].Load() == 0 {
		i = 0
	}
	k[i].Store(key)
}

// around is how many bytes on either side of a region count at least: rules without a literal do not go by lines.
const around = 512

// Versions tells that the texts to come are versions of one another, so that it pays to remember what was searched. What
// is found does not depend on it.
func (s *Scanner) Versions() {
	if s.extras || s.nearLines > contextLines || s.reach+2 > around { // contexts that reach further than is looked at
		return
	}
	s.once.Do(func() { s.barren = newBarren() })
	s.versions = true
}

// regionOnce is region for one that may be known to hold no match but in what is encoded. dirty are the spans in it.
func (s *Scanner) regionOnce(r *reached, dirty []finding.Span) {
	if !s.versions || s.trace != nil {
		s.region(r)
		return
	}
	if r.End-r.Start >= chunkLeast {
		s.chunksIn(finding.Span{Start: r.Start, End: min(len(s.text), r.End)})
		s.starts(r.Span)
		s.encodedIn(r)
		return
	}
	key := s.keyOf(r, dirty)
	if s.barren.has(key) {
		s.spared++
		s.encodedIn(r)
		return
	}
	n := len(s.out)
	s.metMark = false
	s.plainIn(r)
	if len(s.out) == n && !s.metMark {
		s.barren.add(key)
	}
	s.encodedIn(r)
}

// wholly is region for a whole text.
func (s *Scanner) wholly(r *reached) {
	if !s.versions || s.trace != nil || r.Len() < chunkLeast {
		s.region(r)
		return
	}
	s.chunksIn(r.Span)
	s.starts(r.Span)
	s.encodedIn(r)
}

// keyOf returns what a region is known by: its bytes and those around it, how much of the text it is, and what is dirty in it. A
// literal in the region stands contextLines from what is dirty at most, and what its match rests on ends as far from it;
// blocks may reach further, but none does whose mark is not in the region.
func (s *Scanner) keyOf(r *reached, dirty []finding.Span) uint64 {
	end := min(len(s.text), r.End)
	from := max(0, min(r.Start-around, linesBack(s.text, r.Start, max(s.before, s.after))))
	to := min(len(s.text), max(end+around, linesForward(s.text, end, max(s.before, s.after))+1))
	h := maphash.Bytes(s.barren.seed, s.text[from:to])
	if from == 0 {
		h++
	}
	if to == len(s.text) {
		h += 2
	}
	h = mixed(h, finding.Span{Start: r.Start - from, End: end - from})
	return keyWith(h, dirty, from)
}

// knownBarren tells whether a decoded text is known to hold no match, and what it is known by: zero where none is remembered.
// What is decoded within it counts for the budget of the stretch around, and is searched always.
func (s *Scanner) knownBarren(text []byte, dirty []finding.Span) (key uint64, known bool) {
	if !s.versions || s.trace != nil || s.isNested() {
		return 0, false
	}
	h := mixed(maphash.Bytes(s.barren.seed, text), finding.Span{Start: len(text), End: len(dirty)})
	key = keyWith(h, dirty, 0)
	return key, s.barren.has(key)
}

// keyWith returns the key of a hash and of what is dirty, counted from an offset. It is never zero, which is none.
func keyWith(h uint64, dirty []finding.Span, from int) uint64 {
	for _, d := range dirty {
		h = mixed(h, d.Shift(-from))
	}
	return max(h, 1)
}

// mixed adds a span to a hash.
func mixed(h uint64, s finding.Span) uint64 {
	h = (h ^ uint64(s.Start)<<32 ^ uint64(s.End)) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}
