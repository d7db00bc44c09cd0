package settle

import (
	"bytes"
	"encoding/base64"
	"regexp"
)

// Encoded text that is wrapped over lines, as package decode joins it.

const (
	maxPacked = 1 << 20   // a compressed stream in base64 is one credential, as long as decode.MaxRun
	minLine   = 16        // symbols of a line that a wrapped run goes on after, as in decode
	tailText  = 6         // decoded bytes before a line break that must be text for the run to wait
	tailSyms  = 40        // symbols that are decoded to see them
	joinRoom  = 256       // bytes between two lines of a run, at most
	minTail   = 4         // numbers of a list, likewise
	listLimit = 128 << 10 // bytes of a list of numbers
)

// openRun finds a run of base64, base32 or hex that may go on in the next line. packed tells that it holds a compressed
// stream, which is decoded as a whole.
func openRun(text []byte, from int) (begin int, packed bool) {
	start, end := segment(text, len(text))
	if end-start < minLine {
		return len(text), false
	}
	floor := max(0, from-maxPacked, end-maxPacked)
	last := start
	for start > floor {
		head := bytes.TrimRight(text[lineStart(text, start):start], " \t\"'`+.&_|")
		if len(head) > 0 || lineStart(text, start) == 0 {
			break
		}
		a, b := segment(text, lineStart(text, start))
		if b-a < minLine {
			break
		}
		start = a
	}
	run := text[start:end]
	if bytes.Contains(run, []byte("H4sI")) || bytes.HasPrefix(run, []byte("eJ")) || bytes.HasPrefix(run, []byte("eAE")) ||
		bytes.HasPrefix(run, []byte("eN")) || bytes.HasPrefix(run, []byte("eF")) {
		return lineStart(text, start), true
	}
	if tailIsText(text[max(last, end-tailSyms):end]) {
		return lineStart(text, start), false
	}
	return len(text), false
}

// segment returns the symbols that the line which ends at end ends with, with what may join them to the next line
// taken off.
func segment(text []byte, end int) (from, to int) {
	at := trimSpace(text, end)
	for k := 0; k < 2 && at > 0; k++ {
		switch text[at-1] {
		case '.', '&', ',', '\\':
			at = trimSpace(text, at-1)
		case '+', '_':
			if i := trimSpace(text, at-1); i > 0 && quote(text[i-1]) {
				at = i
			}
		}
	}
	if at > 0 && quote(text[at-1]) {
		at--
	}
	for k := 0; k < 2 && at > 1 && (text[at-1] == 'n' || text[at-1] == 'r') && text[at-2] == '\\'; k++ { // a written line break
		for at--; at > 0 && text[at-1] == '\\'; at-- {
		}
	}
	if at < end-joinRoom {
		return end, end
	}
	from = at
	for from > 0 && symbol(text[from-1]) && at-from < maxPacked {
		from--
	}
	return from, at
}

func trimSpace(text []byte, at int) int {
	for at > 0 && (text[at-1] == ' ' || text[at-1] == '\t' || text[at-1] == '\r' || text[at-1] == '\n') {
		at--
	}
	return at
}

func quote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

func symbol(c byte) bool { return base64Byte(c) && c != '=' || c == '-' || c == '_' }

// tailIsText tells whether the last symbols of a line decode to text in any encoding and alignment they may have.
func tailIsText(syms []byte) bool {
	std := bytes.Map(func(r rune) rune {
		switch r {
		case '-':
			return '+'
		case '_':
			return '/'
		}
		return r
	}, syms)
	var out [tailSyms]byte
	for r := range 4 { // where the groups of four lie, counted from the end
		s := std[:len(std)-r]
		s = s[len(s)%4:]
		n, err := base64.StdEncoding.Decode(out[:], s)
		if err == nil && text(out[:n]) {
			return true
		}
	}
	for r := range 2 {
		if n := unhex(out[:], syms[:len(syms)-r]); text(out[:n]) {
			return true
		}
	}
	for r := range 8 {
		if n := unbase32(out[:], syms, r); text(out[:n]) {
			return true
		}
	}
	return false
}

// text tells whether the last bytes are text, or every other one of them is zero, as in UTF-16.
func text(b []byte) bool {
	if len(b) < tailText {
		return false
	}
	b = b[len(b)-tailText:]
	zeros := 0
	for i, c := range b {
		switch {
		case c == 0 && i > 0 && b[i-1] == 0:
			return false
		case c == 0:
			zeros++
		case (c < ' ' || c > '~') && c != '\n' && c != '\r' && c != '\t':
			return false
		}
	}
	return zeros == 0 || zeros == len(b)/2
}

// unhex decodes the hex digits that syms ends with.
func unhex(out, syms []byte) int {
	from := len(syms)
	for from >= 2 && digit(syms[from-1]) >= 0 && digit(syms[from-2]) >= 0 {
		from -= 2
	}
	n := 0
	for i := from; i < len(syms); i += 2 {
		out[n] = byte(digit(syms[i])<<4 | digit(syms[i+1]))
		n++
	}
	return n
}

// unbase32 decodes the base32 symbols that syms ends with, skip bits into them.
func unbase32(out, syms []byte, skip int) int {
	from := len(syms)
	for from > 0 && (syms[from-1] >= 'A' && syms[from-1] <= 'Z' || syms[from-1] >= '2' && syms[from-1] <= '7') {
		from--
	}
	if len(syms)-from < minLine {
		return 0
	}
	acc, bits, n := 0, -skip, 0
	for _, c := range syms[from:] {
		v := int(c) - 'A'
		if c <= '7' {
			v = int(c) - '2' + 26
		}
		acc = (acc<<5 | v) & 0xffff
		if bits += 5; bits >= 8 {
			bits -= 8
			out[n] = byte(acc >> bits)
			n++
		}
	}
	return n
}

func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// openNumbers finds a list of numbers that are bytes of text and may go on: 67:68, 0x67, 103.
func openNumbers(text []byte, from int) int {
	at := len(text)
	fits := [3]bool{true, true, true} // hex pairs, 0x, decimal
	for range minTail {
		for at > 0 && bytes.IndexByte([]byte(" \t\r\n,:;-"), text[at-1]) >= 0 {
			at--
		}
		end := at
		for at > 0 && (digit(text[at-1]) >= 0 || text[at-1]|0x20 == 'x') && end-at < 5 {
			at--
		}
		for k, v := range spelled(text[at:end]) {
			fits[k] = fits[k] && (v >= ' ' && v <= '~' || v == '\n' || v == '\r' || v == '\t' || v == 0)
		}
		if fits == [3]bool{} {
			return len(text)
		}
	}
	for floor := max(0, from-listLimit, len(text)-listLimit); at > floor && (digit(text[at-1]) >= 0 || bytes.IndexByte([]byte("xX:,;- \t\r\n"), text[at-1]) >= 0); {
		at--
	}
	for at > 0 && at < len(text) && letter(text[at-1]) && (letter(text[at]) || digit(text[at]) >= 0) { // the end of a word
		at++
	}
	for at < len(text) && bytes.IndexByte([]byte(" \t\r\n,:;-"), text[at]) >= 0 {
		at++
	}
	return lineStart(text, at)
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// spelled returns what a number stands for as a hex pair, with 0x and in decimals; -1 where it is none.
func spelled(s []byte) (v [3]int) {
	v = [3]int{-1, -1, -1}
	if len(s) == 2 && digit(s[0]) >= 0 && digit(s[1]) >= 0 {
		v[0] = digit(s[0])<<4 | digit(s[1])
	}
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' && len(s) <= 4 {
		v[1] = 0
		for _, c := range s[2:] {
			v[1] = v[1]<<4 | digit(c)
		}
	}
	if len(s) > 0 && len(s) <= 3 {
		v[2] = 0
		for _, c := range s {
			if c < '0' || c > '9' {
				v[2] = -1
				break
			}
			v[2] = v[2]*10 + int(c-'0')
		}
	}
	return v
}

// openBase85 finds text in Ascii85 ("<~ ... ~>") or a quoted string that is called base85, with no end yet.
func openBase85(text []byte, from int) int {
	floor := max(from, len(text)-maxHold)
	for at := floor; ; {
		i := bytes.Index(text[at:], []byte("<~"))
		if i < 0 {
			break
		}
		at += i + 2
		if only85(text[at:]) && !bytes.Contains(text[at:], []byte("~>")) {
			return lineStart(text, at)
		}
	}
	for at := floor; ; {
		i := bytes.Index(text[at:], []byte("85"))
		if i < 0 {
			return len(text)
		}
		if at += i + 2; at > 2 && called85(text[at-3]) && open85(text[at:]) {
			return lineStart(text, at)
		}
	}
}

// called85 tells whether c ends the word before "85" as in "base85", "b85", "a85", "z85".
func called85(c byte) bool { return bytes.IndexByte([]byte("abeiz"), c|0x20) >= 0 }

// open85 tells whether a string opens soon that may be base85 and has no end.
func open85(text []byte) bool {
	k := bytes.IndexAny(text[:min(len(text), 64)], "\"'`")
	return k >= 0 && bytes.IndexByte(text[k+1:], text[k]) < 0 && only85(text[k+1:])
}

// only85 tells whether text may be base85 in either alphabet, over lines.
func only85(text []byte) bool {
	for _, c := range text {
		if c > '~' || c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	adobe, rfc := true, true
	for _, c := range text {
		if c <= ' ' {
			continue
		}
		adobe = adobe && (c <= 'u' || c == 'z')
		rfc = rfc && bytes.IndexByte([]byte(`",./:[\]'`), c) < 0
	}
	return adobe || rfc
}

// What stands before a string, or in it, that gives its end away as a value: a telling name and what binds it, or a URL
// with a user.
var (
	telling = regexp.MustCompile(`(?i)(?:pass|pwd|secret|token|key|auth|cred|bearer|private|login|signature|salt)[\w.-]{0,40}(?:[\\"'\])\s]{0,8}[=:,(>|?]{1,3}\s{0,8}[\[({]?|\s{1,4})$`)
	inside  = regexp.MustCompile(`(?i)(?:(?:pass|pwd|secret|token|key|auth|cred)[\w.-]{0,40}["'\\]{0,2}\s?[=:]|bearer |basic |://)[^\s"'/]*$`)
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
