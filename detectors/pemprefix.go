package detectors

import (
	"bytes"

	"github.com/unleak/unleak/internal/newline"
)

// linePrefix returns what stands before pos on its line, as a log puts it before each line; nil where that is longer than
// what belongs to a key, or holds no letter and no digit.
func linePrefix(text []byte, pos int) []byte {
	floor := max(0, pos-pemBefore)
	start := floor + newline.Last(text[floor:pos]) + 1
	if start == floor && floor > 0 || bytes.IndexFunc(text[start:pos], func(r rune) bool { return r < 0x80 && base64Byte(byte(r)) }) < 0 {
		return nil
	}
	return text[start:pos]
}

// alike returns how long the beginning of a line is that is like a prefix: the same marks, with letters and digits between
// them. Where the prefix ends with a mark these may be more or fewer, as the blanks that make up for them; else they stand
// at the same places. It is 0 where the line begins otherwise or ends there.
func alike(line, prefix []byte) int {
	if n := alikeHere(line, prefix); n > 0 {
		return n
	}
	if len(prefix) == 0 || wordByte(prefix[len(prefix)-1]) {
		return 0
	}
	at, i := 0, 0
	for i < len(prefix) {
		c := prefix[i]
		var same func(byte) bool
		switch {
		case c == ' ':
			same = func(d byte) bool { return d == ' ' }
		case wordByte(c):
			same = wordByte
		default:
			if at >= len(line) || line[at] != c {
				return 0
			}
			at++
			i++
			continue
		}
		n := run(line[at:], same)
		i += run(prefix[i:], same)
		if n == 0 && (c != ' ' || i == len(prefix)) {
			return 0
		}
		at += n
	}
	if at >= len(line) || line[at] == '\r' {
		return 0
	}
	return at
}

// alikeHere is alike for lines with every mark at its place.
func alikeHere(line, prefix []byte) int {
	if len(line) <= len(prefix) {
		return 0
	}
	marks := 0
	for i, c := range prefix {
		switch {
		case wordByte(c):
			if !base64Byte(line[i]) {
				return 0
			}
		case line[i] != c:
			return 0
		default:
			marks++
		}
	}
	if marks == 0 {
		return 0
	}
	return len(prefix)
}

func wordByte(c byte) bool { return base64Byte(c) && c != '=' && c != '/' && c != '+' }

// run returns how many bytes at the head of text are of a kind.
func run(text []byte, of func(byte) bool) int {
	n := 0
	for n < len(text) && of(text[n]) {
		n++
	}
	return n
}
