package detectors

import (
	"bytes"
	"math/bits"

	"github.com/unleak/unleak/internal/newline"
)

// contextLines is how many lines before and after a literal's own a match of a regex or an assignment may take part
// in. It keeps what an edit can change near the edit: a few hundred bytes of ordinary text.
const contextLines = 12

// linesBack returns the start of the line contextLines before the one that pos is on, at most reach bytes back.
func linesBack(text []byte, pos, reach int) int { return linesBackBy(text, pos, reach, contextLines) }

// linesBackBy is linesBack for another number of lines.
func linesBackBy(text []byte, pos, reach, lines int) int {
	floor := max(0, pos-reach-1)
	at := pos
	for range lines + 1 {
		i := newline.Last(text[floor:at])
		if i < 0 {
			return floor
		}
		at = floor + i
	}
	return at + 1
}

// linesForward returns the end of the line contextLines after the one that pos is on, at most reach bytes on.
func linesForward(text []byte, pos, reach int) int {
	return linesForwardBy(text, pos, reach, contextLines)
}

// linesForwardBy is linesForward for another number of lines.
func linesForwardBy(text []byte, pos, reach, lines int) int {
	ceiling := min(len(text), pos+reach+1)
	if n := nthNewline(text[pos:ceiling], lines+1); n >= 0 {
		return pos + n
	}
	return ceiling
}

// nthNewline returns where the n-th line break of text is, n above zero, or -1.
func nthNewline(text []byte, n int) int {
	from := 0
	if whole := len(text) &^ 31; simd && whole > 0 {
		at, left, mask := linesAVX2(&text[0], whole, n)
		for ; mask != 0; left-- {
			if left == 1 {
				return at + bits.TrailingZeros32(mask)
			}
			mask &= mask - 1
		}
		from, n = whole, left
	}
	for ; ; n-- {
		i := bytes.IndexByte(text[from:], '\n')
		switch {
		case i < 0:
			return -1
		case n == 1:
			return from + i
		}
		from += i + 1
	}
}
