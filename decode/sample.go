package decode

import (
	"encoding/binary"
	"math/bits"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// odd reports whether block may hold bytes above 0x7f, and whether it may hold zero bytes (or others below 8).
func odd(block []byte) (high, low bool) {
	var h, z uint64
	for len(block) >= 32 {
		a, b := binary.LittleEndian.Uint64(block), binary.LittleEndian.Uint64(block[8:])
		c, d := binary.LittleEndian.Uint64(block[16:]), binary.LittleEndian.Uint64(block[24:])
		h |= a | b | c | d
		z |= (a-8*ones)&^a | (b-8*ones)&^b | (c-8*ones)&^c | (d-8*ones)&^d
		block = block[32:]
	}
	for _, c := range block {
		h |= uint64(c)
		z |= (uint64(c) - 8) &^ uint64(c) & 0x80
	}
	return h&highs != 0, z&highs != 0
}

// runs looks for runs of symbols and lists of numbers in text[from:to) and decodes them.
//
// Sixteen bytes are looked at together. A base64 run of 24 covers the first half of one such group, wherever it begins;
// a list of 16 numbers covers a whole group that holds at least two digits.
func (l *level) runs(from, to int) {
	text := l.text
	i := max(from, min(l.runsTo, l.listsTo))
	for ; i+16 <= to; i += 16 {
		g := text[i : i+16 : i+16]
		a, b := binary.LittleEndian.Uint64(g), binary.LittleEndian.Uint64(g[8:])
		if (a-0x2b*ones)&^a&highs|a&highs == 0 && i >= l.runsTo && allBase64(g[:8]) {
			l.run(i)
			if i = max(i, l.runsTo-16); i >= to {
				return
			}
		} else if digits(a)+digits(b) >= 2 && i >= l.listsTo && allList(g) {
			l.list(i)
		}
	}
	if to == len(text) {
		for j := i; j < to; j++ {
			if is(inBase64, text[j]) && j >= l.runsTo {
				l.run(j)
			}
		}
	}
}

// digits counts the bytes 0x30 to 0x3f in a word.
func digits(w uint64) int {
	h := (w ^ 0x3030303030303030) >> 4 & 0x0f0f0f0f0f0f0f0f
	return bits.OnesCount64(^(h + 0x0f0f0f0f0f0f0f0f) & 0x1010101010101010)
}

func allBase64(g []byte) bool {
	for _, c := range g {
		if class[c]&inBase64 == 0 {
			return false
		}
	}
	return true
}

func allList(g []byte) bool {
	for _, c := range g {
		if class[c]&inList == 0 {
			return false
		}
	}
	return true
}
