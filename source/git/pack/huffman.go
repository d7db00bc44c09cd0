package pack

import (
	"encoding/binary"
	"math/bits"
)

// A table is indexed by the next bits of the stream. Its entries, in bits:
//
//	0-5    how many bits it takes: the code's, and the extra bits of a length or distance
//	6      special: not a literal, length or distance
//	7      one literal or two
//	8-12   how many of the bits are the code's; of a long code the bits its own table is indexed by
//	13     end of the block (special)
//	14     long code (special): its own table starts at 16-31 and is indexed by what follows this table's bits
//	15     two literals, not one; or a literal before the length
//	16-23  literal, or length less 3
//	24-31  second literal, or the literal before the length
//
// A distance has its base in 16-31. A special entry with neither 13 nor 14 is no code.
const (
	litBits     = 11
	distBits    = 8
	litSize     = 1 << 12 // 288 codes of up to 15 bits take 2342 entries at most, as zlib's enough.c counts
	distSize    = 1 << 9  // 32 take 402
	specialFlag = 1 << 6
	literalFlag = 1 << 7
	endFlag     = 1 << 13
	subFlag     = 1 << 14
	moreFlag    = 1 << 15
	codeBit     = 1<<8 | 1 // times the length of the code
)

// The lengths and distances of RFC 1951, 3.2.5, as table entries without the length of their code.
var (
	litEntries   = makeLitEntries()
	distEntries  = makeDistEntries()
	plainEntries = makePlainEntries()
	// order in which the lengths of the code for code lengths come (3.2.7)
	lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

func makeLitEntries() (e [288]uint32) {
	for i := range uint32(256) {
		e[i] = literalFlag | i<<16
	}
	e[256] = specialFlag | endFlag
	base := uint32(0)
	for i := uint32(257); i < 285; i++ {
		extra := uint32(0)
		if i >= 265 {
			extra = (i - 261) / 4
		}
		e[i] = base<<16 | extra
		base += 1 << extra
	}
	e[285] = (258 - 3) << 16
	e[286], e[287] = specialFlag, specialFlag
	return e
}

func makeDistEntries() (e [32]uint32) {
	base := uint32(1)
	for i := range uint32(30) {
		extra := uint32(0)
		if i >= 4 {
			extra = i/2 - 1
		}
		e[i] = base<<16 | extra
		base += 1 << extra
	}
	e[30], e[31] = specialFlag, specialFlag
	return e
}

func makePlainEntries() (e [19]uint32) {
	for i := range e {
		e[i] = uint32(i)<<16 | literalFlag
	}
	return e
}

// fixedTables sets the tables to the fixed codes (3.2.6).
func (f *Inflater) fixedTables() {
	if f.fixed {
		return
	}
	lens := f.lens[:288+32]
	for i := range lens {
		switch {
		case i >= 288:
			lens[i] = 5
		case i < 144 || i >= 280:
			lens[i] = 8
		case i < 256:
			lens[i] = 9
		default:
			lens[i] = 7
		}
	}
	f.litWidth, _ = build(f.lit[:], litBits, lens[:288], litEntries[:])
	f.distTable(lens[288:])
	f.fixed = true
}

// distTable makes the table of distances, which always has distBits.
func (f *Inflater) distTable(lens []uint8) bool {
	width, ok := build(f.dist[:], distBits, lens, distEntries[:])
	if !ok {
		return false
	}
	for ; width < distBits; width++ {
		copy(f.dist[1<<width:2<<width], f.dist[:1<<width])
	}
	return true
}

// dynamicTables reads the codes of a block (3.2.7).
func (f *Inflater) dynamicTables() error {
	if !f.need(14) {
		return errInflate
	}
	f.fixed = false
	nlit, ndist, nlen := int(f.take(5))+257, int(f.take(5))+1, int(f.take(4))+4
	if nlit > 286 || ndist > 30 {
		return errInflate
	}
	var own [24]uint8
	for _, i := range lengthOrder[:nlen] {
		if !f.need(3) {
			return errInflate
		}
		own[i] = uint8(f.take(3))
	}
	width, ok := build(f.lit[:], 7, own[:19], plainEntries[:])
	if !ok {
		return errInflate
	}
	if !f.readLengths(width, nlit+ndist) || f.lens[256] == 0 {
		return errInflate
	}
	if !f.distTable(f.lens[nlit : nlit+ndist]) {
		return errInflate
	}
	if f.litWidth, ok = build(f.lit[:], litBits, f.lens[:nlit], litEntries[:]); !ok {
		return errInflate
	}
	return nil
}

// readLengths reads n code lengths, whose own code is in the table of literals.
func (f *Inflater) readLengths(width uint, n int) bool {
	table := (*[128]uint32)(f.lit[:])
	mask := uint64(1)<<(width&7) - 1
	lens := &f.lens
	for i := 0; i < n; {
		if f.have < 14 {
			f.need(14)
		}
		e := table[f.bits&mask&127]
		if e&specialFlag != 0 || uint(e&7) > f.have {
			return false
		}
		f.bits >>= e & 7
		f.have -= uint(e & 7)
		s := uint8(e >> 16)
		if s < 16 {
			lens[i] = s
			i++
			continue
		}
		extra, least, value := uint(7), 11, uint8(0)
		switch s {
		case 16:
			if i == 0 {
				return false
			}
			extra, least, value = 2, 3, lens[i-1]
		case 17:
			extra, least = 3, 3
		}
		if extra > f.have {
			return false
		}
		repeat := least + int(f.take(extra))
		if i+repeat > n {
			return false
		}
		if value == 0 {
			clear(lens[i : i+repeat])
		} else {
			binary.LittleEndian.PutUint64(lens[i:], uint64(value)*0x0101010101010101) // no more than 6; there is room for 8
		}
		i += repeat
	}
	return true
}

// build makes the table of a canonical code from the lengths of its words. It returns how many bits the table is
// indexed by, most at most, and false for a code that is no code: words that clash, or unused ones unless there is one
// word only.
func build(table []uint32, most int, lens []uint8, entries []uint32) (width uint, ok bool) {
	var sorted [288]uint16
	counts, left := sortWords(lens, &sorted)
	longest := 15
	for longest > 0 && counts[longest] == 0 {
		longest--
	}
	if longest <= 1 && left > 0 {
		table[0], table[1] = specialFlag, specialFlag
		if longest == 1 {
			table[0] = entries[sorted[0]] + codeBit
		}
		return 1, true
	}
	if left != 0 {
		return 0, false
	}
	w := min(most, longest)
	at, word, end := 0, uint32(0), uint32(1)
	for l := 1; l <= w; l++ {
		// What is there so far is right for both values of the next bit.
		copy(table[end:2*end], table[:end])
		end *= 2
		for range counts[l] {
			table[word] = entries[sorted[at]] + uint32(l)*codeBit
			at++
			word = following(word, end)
		}
	}
	if longest > w {
		longWords(table, w, counts, word, sorted[at:], entries)
	}
	return uint(w), true
}

// following returns the word after one, both with their first bit lowest, among those below end, a power of two.
// After the last comes 0.
func following(word, end uint32) uint32 {
	free := word ^ (end - 1)
	if free == 0 {
		return 0
	}
	top := uint32(1) << (bits.Len32(free) - 1&31)
	return word&(top-1) | top
}

// longWords makes the tables of the words of more than width bits, beginning with word.
func longWords(table []uint32, width int, counts [16]int, word uint32, sorted []uint16, entries []uint32) {
	l := width + 1
	for counts[l] == 0 {
		l++
	}
	end := uint32(1) << width
	word, head, start := word, ^uint32(0), uint32(0)
	for _, s := range sorted {
		if word&(1<<width-1) != head {
			// A table as large as the longest of the words that are to come under this head.
			head = word & (1<<width - 1)
			sub := l - width
			for used := counts[l]; used < 1<<sub; {
				sub++
				used = used<<1 + counts[width+sub]
			}
			start = end
			end += 1 << sub
			table[head] = specialFlag | subFlag | start<<16 | uint32(sub)<<8 | uint32(width)
		}
		e := entries[s] + uint32(l-width)*codeBit
		for i := start + word>>width; i < end; i += 1 << (l - width) {
			table[i] = e
		}
		word = following(word, 1<<l)
		counts[l]--
		for l < 15 && counts[l] == 0 {
			l++
		}
		if word == 0 {
			return
		}
	}
}

// sortWords counts the words of each length and sorts them by length. left is how many words of 15 bits are left over; a
// negative number if there are too many words.
func sortWords(lens []uint8, sorted *[288]uint16) (counts [16]int, left int) {
	for _, l := range lens {
		counts[l&15]++
	}
	counts[0] = 0
	var starts [16]int
	at := 0
	for l := 1; l <= 15; l++ {
		left += counts[l] << (15 - l)
		starts[l] = at
		at += counts[l]
	}
	left = 1<<15 - left
	if left < 0 {
		return counts, left
	}
	for s, l := range lens {
		if l != 0 {
			sorted[starts[l&15]] = uint16(s)
			starts[l&15]++
		}
	}
	return counts, left
}
