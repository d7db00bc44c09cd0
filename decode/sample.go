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
	const half = 0x00ff00ff
	for w, m := range l.masks.base[:words] {
		// Adding one carries out of a half that is all ones.
		if ((m&half)+0x00010001)&0x01000100 != 0 {
			i := from + 32*w
			if m&0xff == 0xff && i >= l.runsTo {
				l.run(i)
			}
			if m>>16&0xff == 0xff && i+16 >= l.runsTo {
				l.run(i + 16)
			}
		}
		m = l.masks.list[w]
		if m&0xffff == 0xffff {
			l.group(from + 32*w)
		}
		if m>>16 == 0xffff {
			l.group(from + 32*w + 16)
		}
	}
	if to == len(l.text) { // the last group is cut short
		for j := max(from, to-16); j < to; j++ {
			if is(inBase64, l.text[j]) && j >= l.runsTo {
				l.run(j)
			}
		}
	}
}

// group looks at sixteen bytes that may stand in a list of numbers.
func (l *level) group(i int) {
	if i < l.listsTo {
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
