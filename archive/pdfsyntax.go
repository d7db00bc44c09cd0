package archive

import (
	"bytes"
	"strconv"
	"unicode/utf16"
)

// Values of PDF objects (ISO 32000-1:2008, section 7.3): float64, bool, nil, and
type (
	pdfName    string
	pdfString  []byte
	pdfRef     int // number of the object; the generation does not matter
	pdfArray   []any
	pdfDict    map[string]any
	pdfKeyword string // an operator, or a token that is out of place
)

// pdfMaxNesting bounds arrays within dictionaries within arrays.
const pdfMaxNesting = 64

// pdfLexer reads values one after the other.
type pdfLexer struct {
	text  []byte
	at    int
	depth int
}

func pdfSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func pdfDelimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func (l *pdfLexer) skipSpace() {
	for l.at < len(l.text) {
		switch c := l.text[l.at]; {
		case pdfSpace(c):
			l.at++
		case c == '%':
			i := bytes.IndexAny(l.text[l.at:], "\r\n")
			if i < 0 {
				l.at = len(l.text)
				return
			}
			l.at += i
		default:
			return
		}
	}
}

// next returns the next value; false at the end. Damage yields keywords, never an error.
func (l *pdfLexer) next() (any, bool) {
	l.skipSpace()
	if l.at >= len(l.text) {
		return nil, false
	}
	rest := l.text[l.at:]
	switch {
	case rest[0] == '/':
		return l.name(), true
	case rest[0] == '(':
		return l.literal(), true
	case bytes.HasPrefix(rest, []byte("<<")):
		l.at += 2
		return l.dict(), true
	case rest[0] == '<':
		return l.hex(), true
	case rest[0] == '[':
		l.at++
		return l.array(), true
	case bytes.HasPrefix(rest, []byte(">>")):
		l.at += 2
		return pdfKeyword(">>"), true
	case pdfDelimiter(rest[0]):
		l.at++
		return pdfKeyword(rest[:1]), true
	}
	return l.word(), true
}

// word reads a number, a reference or a keyword.
func (l *pdfLexer) word() any {
	start := l.at
	for l.at < len(l.text) && !pdfSpace(l.text[l.at]) && !pdfDelimiter(l.text[l.at]) {
		l.at++
	}
	w := string(l.text[start:l.at])
	switch w {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if n, err := strconv.ParseFloat(w, 64); err == nil {
		if i := int(n); n == float64(i) && i >= 0 {
			if after, ok := l.reference(); ok {
				l.at = after
				return pdfRef(i)
			}
		}
		return n
	}
	return pdfKeyword(w)
}

// reference tells whether "G R" follows, the rest of "N G R", and where it ends.
func (l *pdfLexer) reference() (int, bool) {
	at := l.at
	for at < len(l.text) && pdfSpace(l.text[at]) {
		at++
	}
	digits := at
	for at < len(l.text) && l.text[at] >= '0' && l.text[at] <= '9' {
		at++
	}
	if at == digits || at-digits > 5 {
		return 0, false
	}
	space := at
	for at < len(l.text) && pdfSpace(l.text[at]) {
		at++
	}
	if at == space || at >= len(l.text) || l.text[at] != 'R' {
		return 0, false
	}
	at++
	return at, at >= len(l.text) || pdfSpace(l.text[at]) || pdfDelimiter(l.text[at])
}

func (l *pdfLexer) name() pdfName {
	l.at++
	var name []byte
	for l.at < len(l.text) && !pdfSpace(l.text[l.at]) && !pdfDelimiter(l.text[l.at]) {
		c := l.text[l.at]
		if c == '#' && l.at+2 < len(l.text) {
			if n, err := strconv.ParseUint(string(l.text[l.at+1:l.at+3]), 16, 8); err == nil {
				c = byte(n)
				l.at += 2
			}
		}
		name = append(name, c)
		l.at++
	}
	return pdfName(name)
}

func (l *pdfLexer) literal() pdfString {
	l.at++
	out := pdfString{}
	for open := 1; l.at < len(l.text); l.at++ {
		switch c := l.text[l.at]; c {
		case '(':
			open++
			out = append(out, c)
		case ')':
			if open--; open == 0 {
				l.at++
				return out
			}
			out = append(out, c)
		case '\\':
			out = l.escape(out)
		default:
			out = append(out, c)
		}
	}
	return out
}

// escape appends what the backslash at l.at stands for and leaves l.at on its last byte.
func (l *pdfLexer) escape(out []byte) []byte {
	l.at++
	if l.at >= len(l.text) {
		return out
	}
	c := l.text[l.at]
	if i := bytes.IndexByte([]byte("nrtbf"), c); i >= 0 {
		return append(out, "\n\r\t\b\f"[i])
	}
	switch {
	case c == '\n':
		return out
	case c == '\r':
		if l.at+1 < len(l.text) && l.text[l.at+1] == '\n' {
			l.at++
		}
		return out
	case c >= '0' && c <= '7':
		n := 0
		for i := 0; i < 3 && l.at < len(l.text) && l.text[l.at] >= '0' && l.text[l.at] <= '7'; i++ {
			n = n<<3 | int(l.text[l.at]-'0')
			l.at++
		}
		l.at--
		return append(out, byte(n))
	}
	return append(out, c)
}

func (l *pdfLexer) hex() pdfString {
	l.at++
	out := pdfString{}
	high, half := byte(0), false
	for l.at < len(l.text) {
		c := l.text[l.at]
		l.at++
		if c == '>' {
			break
		}
		n, err := strconv.ParseUint(string(c), 16, 8)
		if err != nil {
			continue
		}
		if half {
			out = append(out, high<<4|byte(n))
		} else {
			high = byte(n)
		}
		half = !half
	}
	if half {
		out = append(out, high<<4)
	}
	return out
}

func (l *pdfLexer) array() any {
	out := pdfArray{}
	if l.depth++; l.depth > pdfMaxNesting {
		return out
	}
	defer func() { l.depth-- }()
	for {
		v, ok := l.next()
		if !ok || v == pdfKeyword("]") || v == pdfKeyword("endobj") {
			return out
		}
		out = append(out, v)
	}
}

func (l *pdfLexer) dict() any {
	out := pdfDict{}
	if l.depth++; l.depth > pdfMaxNesting {
		return out
	}
	defer func() { l.depth-- }()
	for {
		k, ok := l.next()
		if !ok || k == pdfKeyword(">>") || k == pdfKeyword("endobj") {
			return out
		}
		name, ok := k.(pdfName)
		if !ok {
			continue
		}
		v, ok := l.next()
		if !ok || v == pdfKeyword(">>") {
			return out
		}
		out[string(name)] = v
	}
}

// pdfText returns a text string (section 7.9.2.2): UTF-16 or UTF-8 with its mark, else one byte a character.
func pdfText(s pdfString) string {
	switch {
	case bytes.HasPrefix(s, []byte("\xfe\xff")):
		return utf16Text(s[2:])
	case bytes.HasPrefix(s, []byte("\xef\xbb\xbf")):
		return string(s[3:])
	}
	for _, c := range s {
		if c >= 0x80 {
			return latinText(s)
		}
	}
	return string(s)
}

func utf16Text(b []byte) string {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(units))
}

func latinText(b []byte) string {
	out := make([]rune, len(b))
	for i, c := range b {
		out[i] = rune(c)
	}
	return string(out)
}
