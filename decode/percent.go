package decode

import "unicode/utf8"

// undoPercent undoes %XX (RFC 3986 section 2.1) and the %uXXXX of JavaScript's escape(). A malformed escape stays as it
// is, and so does one that stands for a control character: "%02d" is a format, not an escape.
func undoPercent(text []byte, i int) (int, repl, string) {
	if i+2 >= len(text) {
		return 0, repl{}, ""
	}
	if text[i+1] == 'u' {
		if v, ok := hexValue(text, i+2, i+6); ok && readable(v) {
			return 6, runes(v), namePercent
		}
		return 0, repl{}, ""
	}
	hi, lo := nibble(text[i+1]), nibble(text[i+2])
	if hi < 0 || lo < 0 || !readable(hi<<4|lo) {
		return 0, repl{}, ""
	}
	return 3, one(hi<<4 | lo), namePercent
}

// runes is a code point as UTF-8.
func runes(v int) (r repl) {
	r.n = uint8(utf8.EncodeRune(r.b[:], rune(v)))
	return r
}

// undoCodePoint undoes U+XXXX, and drops one space between two of them.
func undoCodePoint(text []byte, i int) (int, repl, string) {
	if i+6 > len(text) || text[i+1] != '+' {
		return 0, repl{}, ""
	}
	end := i + 2
	for end < len(text) && end < i+8 && is(inHex, text[end]) {
		end++
	}
	if end < i+6 {
		return 0, repl{}, ""
	}
	v, _ := hexValue(text, i+2, end)
	if v > 0xffff && end == i+7 || v > utf8.MaxRune {
		v, end = v>>4, end-1
		if v > utf8.MaxRune {
			return 0, repl{}, ""
		}
	}
	if !readable(v) {
		return 0, repl{}, ""
	}
	if end+1 < len(text) && text[end] == ' ' && text[end+1] == 'U' && end+2 < len(text) && text[end+2] == '+' {
		end++
	}
	return end - i, runes(v), nameUnicode
}
