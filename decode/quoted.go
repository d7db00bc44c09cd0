package decode

import "bytes"

// undoQuoted undoes quoted-printable (RFC 2045 section 6.7): soft line breaks inside a token, and =XX where an encoder
// has reason to write it or where two stand together. A lone "=30" or "=AB" is more often an assignment.
func undoQuoted(text []byte, i int) (int, repl, string) {
	if i+1 >= len(text) {
		return 0, repl{}, ""
	}
	switch c := text[i+1]; {
	case c == '\n' && isAt(inToken, text, i-1) && isAt(inToken, text, i+2) && shortLines(text, i, i+2):
		return 2, repl{}, nameQuoted
	case c == '\r' && i+2 < len(text) && text[i+2] == '\n' && isAt(inToken, text, i-1) && isAt(inToken, text, i+3) && shortLines(text, i, i+3):
		return 3, repl{}, nameQuoted
	}
	v := quotedAt(text, i)
	if v < 0 || !readable(v) {
		return 0, repl{}, ""
	}
	switch {
	case v == '=' || v == '_' || v == ' ' || v == '.' || v == '?' || v == '\t' || v == '\n' || v == '\r':
	case quotedAt(text, i+3) >= 0 || i >= 3 && quotedAt(text, i-3) >= 0:
	default:
		return 0, repl{}, ""
	}
	return 3, one(v), nameQuoted
}

// quotedLine is the most bytes an encoder may put on a line (RFC 2045 section 6.7, rule 5).
const quotedLine = 76

// shortLines tells whether both the line whose soft break is text[end] and the one that starts at next are as short as an
// encoder leaves them, and the first holds no bare equals sign, which an encoder would have written as =3D. Files of
// checksums in base64 have many a line that ends in = and is longer; NAME=base64= is an assignment.
func shortLines(text []byte, end, next int) bool {
	back := text[max(0, end-quotedLine):end]
	ahead := text[next:min(len(text), next+quotedLine+2)]
	line := back[bytes.LastIndexByte(back, '\n')+1:]
	if len(line) < quotedLine-16 && padded(line) {
		return false
	}
	if len(line) == quotedLine || len(ahead) == quotedLine+2 && bytes.IndexByte(ahead, '\n') < 0 {
		return false
	}
	for j := bytes.IndexByte(line, '='); j >= 0; {
		if quotedAt(line, j) < 0 {
			return false
		}
		n := bytes.IndexByte(line[j+1:], '=')
		if n < 0 {
			break
		}
		j += 1 + n
	}
	return true
}

// padded tells whether a line that an equals sign ends is short of nothing but that sign to end in base64 of 16 bytes and
// more: the sign is padding.
func padded(line []byte) bool {
	n := len(line)
	for n > 0 && isAt(inBase64, line, n-1) {
		n--
	}
	run := len(line) - n
	return run >= 20 && run%4 == 3
}

// quotedAt reads =XX with upper case digits, which RFC 2045 demands; -1 if there is none.
func quotedAt(text []byte, i int) int {
	if i+2 >= len(text) || text[i] != '=' || text[i+1] > 'F' || text[i+2] > 'F' {
		return -1
	}
	hi, lo := nibble(text[i+1]), nibble(text[i+2])
	if hi < 0 || lo < 0 {
		return -1
	}
	return hi<<4 | lo
}
