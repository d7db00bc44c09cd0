package pack

import "math/bits"

// The lengths and distances of RFC 1951, 3.2.5, as table entries without the length of their code.
var (
	litEntries  = makeLitEntries()
	distEntries = makeDistEntries()
	// order in which the lengths of the code for code lengths come (3.2.7)
	lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

func makeLitEntries() (e [288]uint32) {
	for i := range uint32(256) {
		e[i] = literalFlag | i<<16
	}
	e[256] = endFlag
	base := uint32(3)
	for i := uint32(257); i < 285; i++ {
		extra := uint32(0)
		if i >= 265 {
			extra = (i - 261) / 4
		}
		e[i] = base<<16 | extra<<8
		base += 1 << extra
	}
	e[285] = 258 << 16
	return e
}

func makeDistEntries() (e [32]uint32) {
	base := uint32(1)
	for i := range uint32(30) {
		extra := uint32(0)
		if i >= 4 {
			extra = i/2 - 1
		}
		e[i] = base<<16 | extra<<8
		base += 1 << extra
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
	f.litMask, _ = build(&f.lit, litBits, lens[:288], litEntries[:])
	f.distMask, _ = build(&f.dist, distBits, lens[288:], distEntries[:])
	f.fixed = true
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
	var own [19]uint8
	for _, i := range lengthOrder[:nlen] {
		if !f.need(3) {
			return errInflate
		}
		own[i] = uint8(f.take(3))
	}
	var plain [19]uint32
	for i := range plain {
		plain[i] = uint32(i)<<16 | literalFlag // so that symbol 0 is told from no code
	}
	mask, ok := build(&f.lit, 7, own[:], plain[:])
	if !ok {
		return errInflate
	}
	if !f.readLengths(mask, nlit+ndist) || f.lens[256] == 0 {
		return errInflate
	}
	if f.litMask, ok = build(&f.lit, litBits, f.lens[:nlit], litEntries[:]); !ok {
		return errInflate
	}
	if f.distMask, ok = build(&f.dist, distBits, f.lens[nlit:nlit+ndist], distEntries[:]); !ok {
		return errInflate
	}
	return nil
}

// readLengths reads n code lengths, whose own code is in the table of literals.
func (f *Inflater) readLengths(mask uint64, n int) bool {
	for i := 0; i < n; {
		e, ok := f.symbol(&f.lit, mask)
		if !ok {
			return false
		}
		s := uint8(e >> 16)
		if s < 16 {
			f.lens[i] = s
			i++
			continue
		}
		width, least, value := uint(7), 11, uint8(0)
		switch s {
		case 16:
			if i == 0 {
				return false
			}
			width, least, value = 2, 3, f.lens[i-1]
		case 17:
			width, least = 3, 3
		}
		if !f.need(width) {
			return false
		}
		repeat := least + int(f.take(width))
		if i+repeat > n {
			return false
		}
		for range repeat {
			f.lens[i] = value
			i++
		}
	}
	return true
}

// build makes the table of a canonical code from the lengths of its words. It returns the mask of the bits the table is
// indexed by, and false for a code that is no code: words that clash, or unused ones unless there is one word only.
func build(table *[tableSize]uint32, most int, lens []uint8, entries []uint32) (mask uint64, ok bool) {
	next, longest, left := words(lens)
	if longest == 0 {
		table[0], table[1] = 0, 0
		return 1, true
	}
	if left < 0 || left > 0 && longest != 1 {
		return 0, false
	}
	width := min(most, longest)
	size := 1 << width
	if left > 0 || longest > width {
		clear(table[:size])
	}
	sub := longest - width // bits of every further table
	free := uint32(size)
	for s, l := range lens {
		if l == 0 {
			continue
		}
		word := uint32(bits.Reverse16(uint16(next[l])) >> (16 - l))
		next[l]++
		e := entries[s]
		if int(l) <= width {
			if e != 0 {
				e |= uint32(l)
			}
			for i := word; i < uint32(size); i += 1 << l {
				table[i] = e
			}
			continue
		}
		head := word & uint32(size-1)
		if table[head] == 0 {
			table[head] = subFlag | free<<16 | uint32(sub)<<8 | uint32(width)
			free += 1 << sub
		}
		if e != 0 {
			e |= uint32(int(l) - width)
		}
		start := table[head] >> 16
		for i := word >> width; i < 1<<sub; i += 1 << (int(l) - width) {
			table[start+i] = e
		}
	}
	return uint64(size - 1), true
}

// words returns the first word of each length, the longest length, and how many words of that length are left over; a
// negative number if there are too many words.
func words(lens []uint8) (first [16]uint32, longest, left int) {
	var count [16]int
	for _, l := range lens {
		count[l]++
	}
	longest = 15
	for longest > 0 && count[longest] == 0 {
		longest--
	}
	left = 1
	code := uint32(0)
	for l := 1; l <= longest; l++ {
		left = left<<1 - count[l]
		if left < 0 {
			return first, longest, left
		}
		first[l] = code
		code = (code + uint32(count[l])) << 1
	}
	return first, longest, left
}
