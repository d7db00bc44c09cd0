package report

import (
	"sort"
	"unicode"
)

// wide are the characters that take two columns of a terminal: those of East Asian Width W and F, and the emoji among
// them, rounded to blocks (Unicode Standard Annex #11, revision 43, 2024).
var wide = [][2]rune{
	{0x1100, 0x115F}, {0x231A, 0x231B}, {0x23E9, 0x23EC}, {0x25FD, 0x25FE}, {0x2614, 0x2615}, {0x26A1, 0x26A1}, {0x2705, 0x2705},
	{0x274C, 0x274C}, {0x2E80, 0x303E}, {0x3041, 0x4DBF}, {0x4E00, 0xA4CF}, {0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
	{0xFE10, 0xFE19}, {0xFE30, 0xFE6F}, {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6}, {0x16FE0, 0x18DFF}, {0x1B000, 0x1B2FF},
	{0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB}, {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
}

// columnsOf returns how many columns a character takes.
func columnsOf(r rune) int {
	if r < 0x300 {
		return 1
	}
	if i := sort.Search(len(wide), func(i int) bool { return wide[i][1] >= r }); i < len(wide) && wide[i][0] <= r {
		return 2
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	return 1
}

// columns returns how many columns a text takes.
func columns(s string) (n int) {
	for _, r := range s {
		n += columnsOf(r)
	}
	return n
}

// prefix returns as much of the beginning of s as fits into n columns, but one character at least where there is room.
func prefix(s string, n int) string {
	at := 0
	for i, r := range s {
		w := columnsOf(r)
		if at+w > n && !(i == 0 && n > 0) {
			return s[:i]
		}
		at += w
	}
	return s
}

// suffix returns as much of the end of s as fits into n columns.
func suffix(s string, n int) string {
	over := columns(s) - n
	for i, r := range s {
		if over <= 0 {
			return s[i:]
		}
		over -= columnsOf(r)
	}
	return ""
}
