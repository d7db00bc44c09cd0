package generic

import "bytes"

// A quote mark is told by its kind; the kinds that open and close differently share a row.
const (
	quoteNone = iota
	quoteDouble
	quoteSingle
	quoteBack
	quoteEscaped // \" inside a string
	quoteEscapedSingle
	quoteTwice // \\\" inside a string inside a string
	quoteEntity
	quoteEntitySingle
	quoteCurly
	quoteCurlySingle
	quoteTag     // the value of an XML element: ends at '<'
	quoteTicks   // Markdown's double back-ticks
	quoteDoubled // '' inside a SQL string
)

var quotes = [...]struct{ open, shut string }{
	quoteDouble: {`"`, `"`}, quoteSingle: {`'`, `'`}, quoteBack: {"`", "`"},
	quoteEscaped: {`\"`, `\"`}, quoteEscapedSingle: {`\'`, `\'`}, quoteTwice: {`\\\"`, `\\\"`},
	quoteEntity: {"&quot;", "&quot;"}, quoteEntitySingle: {"&#39;", "&#39;"},
	quoteCurly: {"“", "”"}, quoteCurlySingle: {"‘", "’"}, quoteTag: {">", "<"}, quoteTicks: {"``", "``"}, quoteDoubled: {"''", "''"},
}

// quoteAt returns the kind of quote mark that stands at t[i] and its width, or quoteNone and 0.
func quoteAt(t []byte, i int) (kind, width int) {
	if i >= len(t) {
		return quoteNone, 0
	}
	switch t[i] {
	case '"':
		return quoteDouble, 1
	case '\'':
		if i+2 < len(t) && t[i+1] == '\'' && isValueByte(t[i+2]) {
			return quoteDoubled, 2
		}
		return quoteSingle, 1
	case '`':
		if i+1 < len(t) && t[i+1] == '`' {
			return quoteTicks, 2
		}
		return quoteBack, 1
	case '\\':
		return escapedQuote(t, i)
	case '&':
		if has(t, i, "&quot;") {
			return quoteEntity, 6
		}
		if has(t, i, "&#39;") {
			return quoteEntitySingle, 5
		}
	case 0xe2:
		if has(t, i, "“") || has(t, i, "”") {
			return quoteCurly, 3
		}
		if has(t, i, "‘") || has(t, i, "’") {
			return quoteCurlySingle, 3
		}
	}
	return quoteNone, 0
}

func escapedQuote(t []byte, i int) (kind, width int) {
	switch {
	case has(t, i, `\"`):
		return quoteEscaped, 2
	case has(t, i, `\'`):
		return quoteEscapedSingle, 2
	case has(t, i, `\\\"`):
		return quoteTwice, 4
	}
	return quoteNone, 0
}

// closing returns where the text opened by a quote mark of the given kind ends, or -1.
func closing(t []byte, i, kind int) int {
	shut := quotes[kind].shut
	for {
		k := bytes.IndexByte(t[i:], shut[0])
		if k < 0 {
			return -1
		}
		i += k
		escaped := kind <= quoteBack && i > 0 && t[i-1] == '\\' && !(i > 1 && t[i-2] == '\\')
		if !escaped && has(t, i, shut) {
			return i
		}
		i++
	}
}

// has tells whether s stands at t[i].
func has(t []byte, i int, s string) bool {
	return i >= 0 && i+len(s) <= len(t) && string(t[i:i+len(s)]) == s
}

// hasFold is has for a lower-case ASCII s and text in either case.
func hasFold(t []byte, i int, s string) bool {
	if i < 0 || i+len(s) > len(t) {
		return false
	}
	for k := 0; k < len(s); k++ {
		if lower(t[i+k]) != s[k] {
			return false
		}
	}
	return true
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b | 0x20
	}
	return b
}

const (
	charLower = 1 << iota
	charUpper
	charDigit
	charName  // part of a name besides letters and digits
	charSpace // space or tab
	charBreak // ends a value without quotes
	charHex
	charB64
)

var chars = charTable()

func charTable() (t [256]uint8) {
	for b := range t {
		switch {
		case b >= 'a' && b <= 'z':
			t[b] = charLower | charName | charB64
		case b >= 'A' && b <= 'Z':
			t[b] = charUpper | charName | charB64
		case b >= '0' && b <= '9':
			t[b] = charDigit | charName | charHex | charB64
		case b >= 0x80:
			t[b] = charName
		}
		if b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F' {
			t[b] |= charHex
		}
	}
	for _, b := range []byte("_-.$") {
		t[b] |= charName
	}
	for _, b := range []byte("+/=-_") {
		t[b] |= charB64
	}
	t[' '], t['\t'] = charSpace, charSpace
	for _, b := range []byte(" \t\r\n\"'`<>,;\x00") {
		t[b] |= charBreak
	}
	return t
}

func isLetter(b byte) bool    { return chars[b]&(charLower|charUpper) != 0 }
func isAlnum(b byte) bool     { return chars[b]&(charLower|charUpper|charDigit) != 0 }
func isName(b byte) bool      { return chars[b]&charName != 0 }
func isSpace(b byte) bool     { return chars[b]&charSpace != 0 }
func isValueByte(b byte) bool { return chars[b]&charBreak == 0 }

func skipSpace(t []byte, i int) int {
	for i < len(t) && isSpace(t[i]) {
		i++
	}
	return i
}
