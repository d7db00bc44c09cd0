package detectors

import (
	"encoding/binary"
	"math/bits"
)

// filter finds which of many literals stand in a text, in one pass.
//
// Every literal is known by four of its bytes, its gram, with ASCII case folded by setting bit 5. A bitmap over the
// grams' hashes, small enough for the first-level cache, rejects nearly every position at the cost of one multiply
// and one load; what is left is looked up in a hash table and compared in full.
type filter struct {
	bitmap [1 << (gramBits - 6)]uint64
	slots  []slot // open addressing, linear probing
	shift  uint   // 32 - log2(len(slots))
	grams  []gram // the slots' lists
}

const (
	gramBits  = 16
	gramSize  = 4
	gramPrime = 2654435761 // Knuth's multiplicative hash, 2^32 / golden ratio
	foldBits  = 0x20202020
)

// slot holds the grams with one key: grams[first : first+count].
type slot struct {
	key          uint32
	first, count uint32
}

// gram says which literal a key belongs to and how far into it the key stands.
type gram struct {
	literal uint32
	offset  uint32
	key     uint32
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
	var all []gram
	for i := range literals {
		all = appendGrams(all, uint32(i), literals[i].text)
	}
	f.fill(all)
	return f
}

// appendGrams adds the literal's rarest gram; a literal of three bytes has one for each byte that may follow.
func appendGrams(all []gram, literal uint32, text string) []gram {
	if len(text) < gramSize {
		for c := range 256 {
			if c&0x20 == 0 {
				continue
			}
			all = append(all, gram{literal, 0, foldGram(text[0], text[1], text[2], byte(c))})
		}
		return all
	}
	best, least := 0, -1
	for i := 0; i+gramSize <= len(text); i++ {
		w := 0
		for _, c := range []byte(text[i : i+gramSize]) {
			w += int(commonness[c|0x20])
		}
		if least < 0 || w < least {
			best, least = i, w
		}
	}
	key := foldGram(text[best], text[best+1], text[best+2], text[best+3])
	return append(all, gram{literal, uint32(best), key})
}

func foldGram(a, b, c, d byte) uint32 {
	return (uint32(a) | uint32(b)<<8 | uint32(c)<<16 | uint32(d)<<24) | foldBits
}

// commonness weighs a folded byte by how often source text holds it, in bits: 0 is rare.
var commonness = func() (t [256]uint8) {
	for i, c := range "etaoinsrlcdupmfhgbyvwxkjqz" {
		t[c] = uint8(12 - i*9/26)
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = 5
	}
	t[' '], t['-'], t['_'|0x20], t['.'], t['/'], t['"'], t['='] = 14, 5, 5, 7, 7, 8, 7
	return t
}()

func (f *filter) fill(all []gram) {
	size := 1 << bits.Len(uint(4*len(all)+15))
	f.slots = make([]slot, size)
	f.shift = uint(32 - bits.Len(uint(size)) + 1)
	for _, g := range all {
		f.slot(g.key).count++
		f.slot(g.key).key = g.key
	}
	next := uint32(0)
	for i := range f.slots {
		f.slots[i].first = next
		next += f.slots[i].count
		f.slots[i].count = 0
	}
	f.grams = make([]gram, len(all))
	for _, g := range all {
		s := f.slot(g.key)
		f.grams[s.first+s.count] = g
		s.count++
		h := g.key * gramPrime >> (32 - gramBits)
		f.bitmap[h>>6] |= 1 << (h & 63)
	}
}

// slot returns the slot of a key, or the empty one it would take. While the table is being counted a slot is empty
// until its count rises.
func (f *filter) slot(key uint32) *slot {
	for i := key * gramPrime >> f.shift; ; i++ {
		s := &f.slots[i&uint32(len(f.slots)-1)]
		if s.key == key || s.key == 0 {
			return s
		}
	}
}

// scan calls hit for every gram that starts in text[from:to] and is known, with its position and its grams. Whether
// the whole literal stands there is for the callee to see.
func (f *filter) scan(text []byte, from, to int, hit func(pos int, grams []gram)) {
	i := from
	for ; i < to && i+8 <= len(text); i += 4 {
		v := binary.LittleEndian.Uint64(text[i:]) | foldBits<<32 | foldBits
		a := uint32(v) * gramPrime >> (32 - gramBits)
		b := uint32(v>>8) * gramPrime >> (32 - gramBits)
		c := uint32(v>>16) * gramPrime >> (32 - gramBits)
		d := uint32(v>>24) * gramPrime >> (32 - gramBits)
		m := f.bitmap[a>>6]>>(a&63) | f.bitmap[b>>6]>>(b&63) | f.bitmap[c>>6]>>(c&63) | f.bitmap[d>>6]>>(d&63)
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
func (f *filter) look(v uint64, pos, end int, hit func(int, []gram)) {
	for ; pos < end; pos++ {
		key := uint32(v)
		v >>= 8
		h := key * gramPrime >> (32 - gramBits)
		if f.bitmap[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		if s := f.slot(key); s.count > 0 {
			hit(pos, f.grams[s.first:s.first+s.count])
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
