package settle

import (
	"bytes"
)

// openString finds a token that goes on in the next line: behind a backslash, the soft line break of quoted-printable, an
// operator that joins strings, or a closing quote that another string may follow at once.
func openString(text []byte, from int) int {
	at := len(text)
	for range 64 {
		line := trimSpace(text, at) // blank lines part nothing
		if line == 0 || len(text)-line > maxHold {
			break
		}
		if line = line + bytes.IndexByte(text[line:], '\n') + 1; !joins(text[:line], 64) {
			break
		}
		at = lineStart(text, line-1)
		if at == 0 {
			break
		}
	}
	return at
}

// joins tells whether the last line of text may be joined to the next. It looks at so many lines before at most.
func joins(text []byte, lines int) bool {
	start := lineStart(text, max(0, len(text)-1))
	line := bytes.TrimRight(text[start:], "\r\n")
	n := len(line)
	if n < 2 {
		return false
	}
	if (line[n-1] == '\\' || line[n-1] == '=') && token(line[n-2]) {
		return true
	}
	if i := bytes.LastIndex(line, []byte("\x1b]")); i >= 0 && n-i < joinRoom && bytes.IndexByte(line[i:], 7) < 0 && !bytes.Contains(line[i:], []byte("\x1b\\")) {
		return true // an operating system command, which is dropped
	}
	s := bytes.TrimRight(line, " \t")
	bare := bytes.TrimRight(s, "+.&|<>\\_ \t")
	if len(bare) < 2 || !quote(bare[len(bare)-1]) || !token(bare[len(bare)-2]) {
		return false
	}
	if len(bare) < len(s) {
		return true // an operator waits for its right side
	}
	body := bare[:len(bare)-1]
	open := bytes.LastIndexByte(body, bare[len(body)])
	if telling.Match(body[max(0, open-joinRoom):max(0, open)]) || inside.Match(body[max(open+1, len(body)-joinRoom):]) || tokenTail(body) {
		return true
	}
	first := len(bytes.Trim(body[:max(0, open)], " \t+.&|<>")) == 0 // the string goes on from the line before
	return first && start > 0 && lines > 0 && joins(text[:start], lines-1)
}

// token tells whether c may stand inside a token, as in decode.
func token(c byte) bool {
	return base64Byte(c) || bytes.IndexByte([]byte("_-.~:@%!$&*?#|^"), c) >= 0
}

// tokenTail tells whether s ends with what looks like a token's beginning: letters and digits, a dozen at least.
func tokenTail(s []byte) bool {
	letters, digits, n := 0, 0, 0
	for i := len(s); i > 0 && (base64Byte(s[i-1]) && s[i-1] != '/' || s[i-1] == '_' || s[i-1] == '-'); i-- {
		if n++; s[i-1] >= '0' && s[i-1] <= '9' {
			digits++
		} else {
			letters++
		}
	}
	return n >= 12 && letters > 0 && digits > 0
}
