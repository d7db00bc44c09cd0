package decode

import (
	"unicode/utf16"
	"unicode/utf8"
)

// maxSlashes is how many backslashes before an escape are taken for layers of quoting ("\\\\u0067" in JSON in JSON).
const maxSlashes = 8

// undoBackslash undoes \xNN, \x{N...}, \uXXXX (surrogate pairs too), \u{N...}, \UXXXXXXXX, octal \NNN and \0NNN, a
// backslash before a slash or an underscore (JSON, Markdown), and a backslash before a line break inside a token.
func undoBackslash(text []byte, i int) (int, repl, string) {
	j := i + 1
	for j < len(text) && text[j] == '\\' && j-i < maxSlashes {
		j++
	}
	if j >= len(text) {
		return 0, repl{}, ""
	}
	switch c := text[j]; c {
	case 'x':
		if v, end := braced(text, j+1, 2, 2); end > 0 && readable(v) {
			return end - i, latin(v, text[j+1] == '{'), nameHexEscape
		}
	case 'u':
		if v, end := unicodeAt(text, j); end > 0 && readable(v) {
			return end - i, runes(v), nameUnicode
		}
	case 'U':
		if v, ok := hexValue(text, j+1, j+9); ok && readable(v) && v <= utf8.MaxRune {
			return j + 9 - i, runes(v), nameUnicode
		}
	case '0', '1', '2', '3':
		if v, end := octal(text, j); end > 0 {
			return end - i, one(v), nameOctal
		}
	case '/', '_':
		if j == i+1 && isAt(inToken, text, i-1) && isAt(inToken, text, j+1) || j == i+1 && c == '/' && isAt(inToken, text, i-1) {
			return 2, one(int(c)), nameBackslash
		}
	case '\n', '\r':
		if end := continued(text, i, j); end > 0 {
			return end - i, repl{}, nameContinued
		}
	}
	return 0, repl{}, ""
}

// latin is one byte for \xNN and a code point for \x{NNNN}.
func latin(v int, point bool) repl {
	if point {
		return runes(v)
	}
	return one(v)
}

// braced reads width hex digits at i, or up to six in braces; end is 0 if there are none.
func braced(text []byte, i, width, least int) (v, end int) {
	if isAt(inHex, text, i) {
		if v, ok := hexValue(text, i, i+width); ok {
			return v, i + width
		}
		return 0, 0
	}
	if i >= len(text) || text[i] != '{' {
		return 0, 0
	}
	end = i + 1
	for end < len(text) && end < i+8 && is(inHex, text[end]) {
		end++
	}
	if end >= len(text) || text[end] != '}' || end-i-1 < least {
		return 0, 0
	}
	v, ok := hexValue(text, i+1, end)
	if !ok || v > utf8.MaxRune {
		return 0, 0
	}
	return v, end + 1
}

// unicodeAt reads \uXXXX whose u is at j; Java allows several u (JLS 3.3).
func unicodeAt(text []byte, j int) (v, end int) {
	for k := 0; k < 4 && j+1 < len(text) && text[j+1] == 'u'; k++ {
		j++
	}
	v, end = braced(text, j+1, 4, 1)
	if end == 0 || !utf16.IsSurrogate(rune(v)) {
		return v, end
	}
	if end+6 <= len(text) && text[end] == '\\' && text[end+1] == 'u' {
		if low, ok := hexValue(text, end+2, end+6); ok {
			if r := utf16.DecodeRune(rune(v), rune(low)); r != utf8.RuneError {
				return int(r), end + 6
			}
		}
	}
	return v, end
}

// octal reads \NNN whose first digit is at j, or the \0NNN of printf and echo.
func octal(text []byte, j int) (v, end int) {
	digits := 0
	for digits < 4 && j+digits < len(text) && text[j+digits]-'0' < 8 {
		digits++
	}
	if digits < 3 {
		return 0, 0
	}
	v = int(text[j]-'0')<<6 | int(text[j+1]-'0')<<3 | int(text[j+2]-'0')
	if digits == 4 && text[j] == '0' && text[j+1] < '4' {
		if long := v<<3&0xff | int(text[j+3]-'0'); v < 0x20 && long >= 0x20 && readable(long) {
			return long, j + 4
		}
	}
	if !readable(v) {
		return 0, 0
	}
	return v, j + 3
}

// continued reads a backslash (at i) before a line break (at j) inside a token, with the indentation of the next line.
func continued(text []byte, i, j int) int {
	if j != i+1 || !isAt(inToken, text, i-1) {
		return 0
	}
	if text[j] == '\r' {
		j++
	}
	if j >= len(text) || text[j] != '\n' {
		return 0
	}
	for j++; j < len(text) && j-i < ContextBytes/2 && (text[j] == ' ' || text[j] == '\t'); j++ {
	}
	if !isAt(inToken, text, j) {
		return 0
	}
	return j
}
