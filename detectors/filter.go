package detectors

import (
	"encoding/binary"
	"math/bits"
)

// filter finds which of many literals stand in a text, in one pass.
//
// Every literal is known by four of its bytes, its gram, with ASCII case folded by setting bit 5; a literal of three
// bytes by these. Two tables, small enough for the first-level cache, reject nearly every position at the cost of one
// multiply and two loads: in words the first three bytes of a gram choose a pair of words and the fourth the bit, in heads
// the first three bytes alone choose the bit. What is left is looked up in a hash table and compared in full. Where the
// processor can, eight positions are tested at a time (filter_amd64.s).
type filter struct {
	words [2 << wordBits]uint32
	heads [1 << (headBits - 5)]uint32
	slots []slot // open addressing, linear probing
	shift uint   // 32 - log2(len(slots))
	grams []gram // the slots' lists
}

const (
	wordBits  = 11
	headBits  = 16
	gramSize  = 4
	gramPrime = 2654435761                     // Knuth's multiplicative hash, 2^32 / golden ratio
	wordPrime = (gramPrime << 8) & (1<<32 - 1) // the fourth byte falls out of the product
	foldBits  = 0x20202020
	threeMask = 0x00ffffff
)

// slot holds the grams that begin with three bytes: grams[first : first+count].
type slot struct {
	key          uint32
	first, count uint32
}

// gram says which literal a key belongs to and how far into it the key stands.
type gram struct {
	literal uint32
	offset  uint32
	exact   uint32 // the gram as it stands in a text, but for
	mask    uint32 // the bits that count: not those of the case of a folded literal's letters
}

// literal is a string to find, with what to do where it stands.
type literal struct {
	text string // lower case where fold
	fold bool
	refs []reference
}

// newFilter builds the filter of a set of literals of at least three bytes.
func newFilter(literals []literal) *filter {
	f := &filter{}
	all := make([]gram, len(literals))
	for i := range literals {
		all[i] = rarestGram(uint32(i), &literals[i])
	}
	f.fill(all)
	return f
}

// rarestGram returns the gram that ordinary text holds least.
func rarestGram(index uint32, l *literal) gram {
	best, most := 0, -1
	for i := 0; i+gramSize <= len(l.text); i++ {
		if w := gramWeight(l.text[i : i+gramSize]); w > most {
			best, most = i, w
		}
	}
	g := gram{literal: index, offset: uint32(best)}
	for i, c := range []byte(l.text[best:min(best+gramSize, len(l.text))]) {
		mask := uint32(0xff)
		if l.fold && c >= 'a' && c <= 'z' {
			mask = 0xdf
		}
		g.exact |= uint32(c) & mask << (8 * i)
		g.mask |= mask << (8 * i)
	}
	return g
}

// key is the gram folded, short that it is one of three bytes.
func (g *gram) key() (key uint32, short bool) {
	if g.mask>>24 == 0 {
		return (g.exact | foldBits) & threeMask, true
	}
	return g.exact | foldBits, false
}

// may tells whether a gram may be known; bit 0 counts. d holds the fourth byte, folded as fourth does, in its low bits.
func (f *filter) may(key uint32, d uint64) uint32 {
	h := key * wordPrime
	return f.words[h>>(32-wordBits)<<1|uint32(d)>>5&1] >> (d & 31) & (f.heads[h>>(32-headBits+5)] >> (h >> (32 - headBits) & 31))
}

// fourth brings the bytes of v, eight of a text, to the low six bits of each: bit 5, which is always set, gives way to a
// mix that tells letters from the rest.
func fourth(v uint64) uint64 { return v ^ v>>1 }

func (f *filter) fill(all []gram) {
	size := 1 << bits.Len(uint(2*len(all)+15))
	f.slots = make([]slot, size)
	f.shift = uint(32 - bits.Len(uint(size)) + 1)
	for i := range all {
		key, _ := all[i].key()
		s := f.slot(key & threeMask)
		s.count++
		s.key = key & threeMask
	}
	next := uint32(0)
	for i := range f.slots {
		f.slots[i].first = next
		next += f.slots[i].count
		f.slots[i].count = 0
	}
	f.grams = make([]gram, len(all))
	for i := range all {
		key, short := all[i].key()
		s := f.slot(key & threeMask)
		f.grams[s.first+s.count] = all[i]
		s.count++
		h := key * wordPrime
		f.heads[h>>(32-headBits+5)] |= 1 << (h >> (32 - headBits) & 31)
		word := h >> (32 - wordBits) << 1
		if short {
			f.words[word], f.words[word+1] = 1<<32-1, 1<<32-1
		} else {
			d := uint32(fourth(uint64(key))) >> 24 & 63
			f.words[word|d>>5] |= 1 << (d & 31)
		}
	}
}

// slot returns the slot of three folded bytes, which are never all zero, or the empty one it would take.
func (f *filter) slot(key uint32) *slot {
	for i := key * gramPrime >> f.shift; ; i++ {
		s := &f.slots[i&uint32(len(f.slots)-1)]
		if s.key == key || s.key == 0 {
			return s
		}
	}
}

// scan calls hit for every gram that starts in text[from:to] and is known, with its position. Whether the whole literal
// stands there is for the callee to see.
func (f *filter) scan(text []byte, from, to int, hit func(pos int, g *gram)) {
	i := from
	if simd {
		i = f.scanBlocks(text, from, to, hit)
	}
	for ; i < to && i+8 <= len(text); i += 4 {
		v := binary.LittleEndian.Uint64(text[i:])
		k := v | foldBits<<32 | foldBits
		d := fourth(k) >> 24
		m := f.may(uint32(k), d) | f.may(uint32(k>>8), d>>8) | f.may(uint32(k>>16), d>>16) | f.may(uint32(k>>24), d>>24)
		if m&1 != 0 {
			f.look(v, i, min(i+4, to), hit)
		}
	}
	for ; i < to; i++ {
		var tail [8]byte
		copy(tail[:], text[i:])
		f.look(binary.LittleEndian.Uint64(tail[:]), i, i+1, hit)
	}
}

// blockBytes is what is tested at a time, spare how many bytes more are read.
const (
	blockBytes = 512
	spare      = 8
)

// scanBlocks scans as far as it can read and returns how far.
func (f *filter) scanBlocks(text []byte, from, to int, hit func(pos int, g *gram)) int {
	var masks [blockBytes / 32]uint32
	for from < to {
		n := min(to-from, len(text)-spare-from, blockBytes) / 32 * 32
		if n <= 0 {
			break
		}
		gramsAVX2(&text[from], n, f, &masks[0])
		for w := range n / 32 {
			for m := masks[w]; m != 0; m &= m - 1 {
				pos := from + 32*w + bits.TrailingZeros32(m)
				f.meet(binary.LittleEndian.Uint32(text[pos:]), pos, hit)
			}
		}
		from += n
	}
	return from
}

// look visits the positions from pos to end, at most four, whose bytes v holds.
func (f *filter) look(v uint64, pos, end int, hit func(int, *gram)) {
	for ; pos < end; pos++ {
		key := uint32(v) | foldBits
		if f.may(key, fourth(uint64(key))>>24)&1 != 0 {
			f.meet(uint32(v), pos, hit)
		}
		v >>= 8
	}
}

// meet calls hit for the known grams among the four bytes v at pos.
func (f *filter) meet(v uint32, pos int, hit func(int, *gram)) {
	s := f.slot((v | foldBits) & threeMask)
	for i := range f.grams[s.first : s.first+s.count] {
		if g := &f.grams[s.first+uint32(i)]; (v^g.exact)&g.mask == 0 {
			hit(pos, g)
		}
	}
}

// stands tells whether l stands in text at pos.
func (l *literal) stands(text []byte, pos int) bool {
	if pos < 0 || pos+len(l.text) > len(text) {
		return false
	}
	at := text[pos : pos+len(l.text)]
	if !l.fold {
		return string(at) == l.text
	}
	for i, c := range at {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != l.text[i] {
			return false
		}
	}
	return true
}
