package decode

import (
	"encoding/binary"
	"math/bits"
)

// runs looks for runs of symbols and lists of numbers in the block [from, to) and decodes them.
//
// Sixteen bytes are looked at together. A base64 run of 24 covers the first half of one such group, wherever it begins;
// a list of 16 numbers covers a whole group that holds at least two digits.
func (l *level) runs(from, to, words int) {
	base, lists := l.masks.base[:words], l.masks.list[:words]
	before := uint32(1) // whether a run of 24 may begin in the word before: of a block's first and last word nothing is known
	for w, m := range base {
		here := uint32(1)
		if w+1 < len(base) {
			here = longRuns(uint64(base[w+1])<<32 | uint64(m))
		}
		if here|before != 0 {
			if m&0xff == 0xff {
				l.sampled(from+32*w, base, w, 0)
			}
			if m>>16&0xff == 0xff {
				l.sampled(from+32*w+16, base, w, 16)
			}
		}
		before = here
		m = lists[w]
		if m&0xffff == 0xffff {
			l.group(from+32*w, w, 0)
		}
		if m>>16 == 0xffff {
			l.group(from+32*w+16, w, 16)
		}
	}
	if to == len(l.text) { // the last group is cut short
		for j := max(from, to-16); j < to; j++ {
			if is(inBase64, l.text[j]) && j >= l.runsTo {
				l.run(j, j, j+1)
			}
		}
	}
}

// longRuns returns at which of the lower 32 bits minBase64 ones in a row begin.
func longRuns(m uint64) uint32 {
	m &= m >> 1
	m &= m >> 2
	m &= m >> 4 // eight in a row
	return uint32(m & (m >> 8) & (m >> 16))
}

// sampled looks at offset i, bit p of word w, where eight symbols stand in a row.
func (l *level) sampled(i int, base []uint32, w, p int) {
	if i < l.runsTo {
		return
	}
	before, after, whole := around(base, w, p)
	if whole && before+after < minBase64 {
		return
	}
	if whole {
		l.run(i, i-before, i+after)
		return
	}
	l.run(i, i, i+1)
}

// around counts the ones before and from bit p of word w on; whole says that a zero ends them on both sides.
func around(m []uint32, w, p int) (before, after int, whole bool) {
	if w == 0 || w+1 >= len(m) {
		return 0, 0, false
	}
	here := uint64(m[w])
	before = bits.LeadingZeros64(^((here<<32 | uint64(m[w-1])) << (32 - p)))
	after = bits.TrailingZeros64(^((uint64(m[w+1])<<32 | here) >> p))
	return before, after, before < 32+p && after < 64-p
}

// group looks at sixteen bytes, those at bit p of word w, that may stand in a list of numbers.
func (l *level) group(i, w, p int) {
	if i < l.listsTo || i+16 > len(l.text) {
		return
	}
	if before, after, whole := around(l.masks.list[:], w, p); whole && before+after < 3*minNumbers-1 {
		return
	}
	g := l.text[i : i+16 : i+16]
	if digits(binary.LittleEndian.Uint64(g))+digits(binary.LittleEndian.Uint64(g[8:])) >= 2 {
		l.list(i)
	}
}

// digits counts the bytes 0x30 to 0x3f in a word.
func digits(w uint64) int {
	h := (w ^ 0x3030303030303030) >> 4 & 0x0f0f0f0f0f0f0f0f
	return bits.OnesCount64(^(h + 0x0f0f0f0f0f0f0f0f) & 0x1010101010101010)
}
