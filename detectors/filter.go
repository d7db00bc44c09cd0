package detectors

import (
	"encoding/binary"
	"math/bits"
)

// filter finds which of many literals stand in a text, in one pass.
//
// Every literal is known by four of its bytes, its gram, with ASCII case folded by setting bit 5; a literal of three
// bytes by these. Two tables, small enough for the first-level cache, reject nearly every position at the cost of one
// multiply and two loads: in words the first three bytes of a gram choose the word and the fourth the bit, in heads
// the first three bytes alone choose the bit. What is left is looked up in a hash table and compared in full.
type filter struct {
	words [1 << wordBits]uint64
	heads [1 << (headBits - 6)]uint64
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
	key     uint32
	mask    uint32 // the bytes of key that count
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
		all[i] = rarestGram(uint32(i), literals[i].text)
	}
	f.fill(all)
	return f
}

// rarestGram returns the gram that ordinary text holds least.
func rarestGram(literal uint32, text string) gram {
	if len(text) < gramSize {
		return gram{literal, 0, foldGram(text[0], text[1], text[2], 0) & threeMask, threeMask}
	}
	best, most := 0, -1
	for i := 0; i+gramSize <= len(text); i++ {
		if w := gramWeight(text[i : i+gramSize]); w > most {
			best, most = i, w
		}
	}
	key := foldGram(text[best], text[best+1], text[best+2], text[best+3])
	return gram{literal, uint32(best), key, 1<<32 - 1}
}

func foldGram(a, b, c, d byte) uint32 {
	return (uint32(a) | uint32(b)<<8 | uint32(c)<<16 | uint32(d)<<24) | foldBits
}

// may tells whether a gram may be known; bit 0 counts. d holds the fourth byte, folded as fourth does, in its low bits.
func (f *filter) may(key uint32, d uint64) uint64 {
	h := key * wordPrime
	return f.words[h>>(32-wordBits)] >> (d & 63) & (f.heads[h>>(32-headBits+6)] >> (h >> (32 - headBits) & 63))
}

// fourth brings the bytes of v, eight of a text, to the low six bits of each: bit 5, which is always set, gives way to a
// mix that tells letters from the rest.
func fourth(v uint64) uint64 { return v ^ v>>1 }

func (f *filter) fill(all []gram) {
	size := 1 << bits.Len(uint(2*len(all)+15))
	f.slots = make([]slot, size)
	f.shift = uint(32 - bits.Len(uint(size)) + 1)
	for _, g := range all {
		s := f.slot(g.key & threeMask)
		s.count++
		s.key = g.key & threeMask
	}
	next := uint32(0)
	for i := range f.slots {
		f.slots[i].first = next
		next += f.slots[i].count
		f.slots[i].count = 0
	}
	f.grams = make([]gram, len(all))
	for _, g := range all {
		s := f.slot(g.key & threeMask)
		f.grams[s.first+s.count] = g
		s.count++
		h := g.key * wordPrime
		f.heads[h>>(32-headBits+6)] |= 1 << (h >> (32 - headBits) & 63)
		if g.mask == threeMask {
			f.words[h>>(32-wordBits)] = 1<<64 - 1
		} else {
			f.words[h>>(32-wordBits)] |= 1 << (fourth(uint64(g.key)) >> 24 & 63)
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
	for ; i < to && i+8 <= len(text); i += 4 {
		v := binary.LittleEndian.Uint64(text[i:]) | foldBits<<32 | foldBits
		d := fourth(v) >> 24
		m := f.may(uint32(v), d) | f.may(uint32(v>>8), d>>8) | f.may(uint32(v>>16), d>>16) | f.may(uint32(v>>24), d>>24)
		if m&1 != 0 {
			f.look(v, i, min(i+4, to), hit)
		}
	}
	for ; i < to; i++ {
		var tail [8]byte
		copy(tail[:], text[i:])
		v := binary.LittleEndian.Uint64(tail[:]) | foldBits<<32 | foldBits
		f.look(v, i, i+1, hit)
	}
}

// look visits the positions from pos to end, at most four, whose bytes v holds folded.
func (f *filter) look(v uint64, pos, end int, hit func(int, *gram)) {
	for ; pos < end; pos++ {
		key := uint32(v)
		if f.may(key, fourth(v)>>24)&1 != 0 {
			s := f.slot(key & threeMask)
			for i := range f.grams[s.first : s.first+s.count] {
				if g := &f.grams[s.first+uint32(i)]; (key^g.key)&g.mask == 0 {
					hit(pos, g)
				}
			}
		}
		v >>= 8
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
