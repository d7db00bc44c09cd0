package detectors

import (
	"encoding/binary"
	"math/bits"

	"github.com/unleak/unleak/internal/fold"
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
	first []uint32 // by the hash of a gram's first three bytes: its list is grams[first[h]:first[h+1]]
	shift uint     // 32 - log2 of the number of lists
	grams []gram
	lasts []byte // the fourth byte of each gram, folded; noLast of a short one; and wideSize bytes more
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

// noLast is the fourth byte of a gram of three: no folded byte is it.
const noLast = 0

// gram says which literal a key belongs to and how far into it the key stands. Eight bytes of the literal around the key,
// or all of a shorter one, are compared before anybody is called.
type gram struct {
	exact   uint64 // these bytes as they stand in a text, but for
	mask    uint64 // the bits that count: not those of the case of a folded literal's letters
	literal uint32
	offset  uint32
	back    uint32 // how far before the key the eight bytes begin
	whole   bool   // there is no more to the literal
}

// literal is a string to find, with what to do where it stands.
type literal struct {
	text  string // lower case where fold
	fold  bool
	block bool // the mark of a block
	refs  []reference
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
	from := max(0, min(best, len(l.text)-wideSize))
	g := gram{literal: index, offset: uint32(best), back: uint32(best - from), whole: len(l.text) <= wideSize}
	for i, c := range []byte(l.text[from:min(from+wideSize, len(l.text))]) {
		mask := uint64(0xff)
		if l.fold && c >= 'a' && c <= 'z' {
			mask = 0xdf
		}
		g.exact |= uint64(c) & mask << (8 * i)
		g.mask |= mask << (8 * i)
	}
	return g
}

// wideSize is how many bytes of a literal a gram compares.
const wideSize = 8

// key is the gram folded, short that it is one of three bytes.
func (g *gram) key() (key uint32, short bool) {
	exact, mask := uint32(g.exact>>(8*g.back)), uint32(g.mask>>(8*g.back))
	if mask>>24 == 0 {
		return (exact | foldBits) & threeMask, true
	}
	return exact | foldBits, false
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
	f.shift = uint(32 - bits.Len(uint(size)) + 1)
	f.first = make([]uint32, size+1)
	for i := range all {
		key, _ := all[i].key()
		f.first[f.list(key)]++
	}
	next := uint32(0)
	for i := range f.first { // the end of each list, which is its start once it is filled from behind
		next += f.first[i]
		f.first[i] = next
	}
	f.grams = make([]gram, len(all))
	f.lasts = make([]byte, len(all)+wideSize)
	for i := range all {
		key, short := all[i].key()
		list := f.list(key)
		f.first[list]--
		index := f.first[list]
		f.grams[index] = all[i]
		if f.lasts[index] = byte(key >> 24); short {
			f.lasts[index] = noLast
		}
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

// list returns which list a gram is in by its first three bytes, folded.
func (f *filter) list(key uint32) uint32 { return key & threeMask * gramPrime >> (f.shift & 31) }

// scan calls hit for every gram that starts in text[from:to] and is known, with its position. Whether the whole literal
// stands there is for the callee to see, but for what the gram compares.
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
			f.look(text, v, i, min(i+4, to), hit)
		}
	}
	for ; i < to; i++ {
		f.look(text, window8(text, i), i, i+1, hit)
	}
}

// window8 returns the eight bytes from i on; where the text is short of them, zeros stand for the others.
func window8(text []byte, i int) uint64 {
	var b [8]byte
	if i < 0 {
		copy(b[-i:], text)
	} else {
		copy(b[:], text[i:])
	}
	return binary.LittleEndian.Uint64(b[:])
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
				f.meet(text, binary.LittleEndian.Uint32(text[pos:]), pos, hit)
			}
		}
		from += n
	}
	return from
}

// look visits the positions from pos to end, at most four, whose bytes v holds.
func (f *filter) look(text []byte, v uint64, pos, end int, hit func(int, *gram)) {
	for ; pos < end; pos++ {
		key := uint32(v) | foldBits
		if f.may(key, fourth(uint64(key))>>24)&1 != 0 {
			f.meet(text, uint32(v), pos, hit)
		}
		v >>= 8
	}
}

// meet calls hit for the known grams at pos, where the four bytes v stand. Of the grams with the same three bytes eight at a
// time are ruled out by the fourth.
func (f *filter) meet(text []byte, v uint32, pos int, hit func(int, *gram)) {
	const low, ones = 0x7f7f7f7f7f7f7f7f, 0x0101010101010101
	list := f.list(v | foldBits)
	i, end := f.first[list], f.first[list+1]
	last := uint64((v|foldBits)>>24) * ones
	for ; i < end; i += wideSize {
		short := binary.LittleEndian.Uint64(f.lasts[i:])
		other := short ^ last
		match := ^((short&low + low) | short | low) | ^((other&low + low) | other | low)
		for ; match != 0; match &= match - 1 {
			k := i + uint32(bits.TrailingZeros64(match)/8)
			if k >= end {
				break
			}
			if g := &f.grams[k]; g.stands(text, pos) {
				hit(pos, g)
			}
		}
	}
}

// stands tells whether the bytes of the literal that g knows stand around its key at pos.
func (g *gram) stands(text []byte, pos int) bool {
	from := pos - int(g.back)
	var wide uint64
	if from >= 0 && from+wideSize <= len(text) {
		wide = binary.LittleEndian.Uint64(text[from:])
	} else {
		wide = window8(text, from)
	}
	return (wide^g.exact)&g.mask == 0
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
	return fold.Equal(at, l.text)
}
