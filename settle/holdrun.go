package settle

import (
	"bytes"
	"encoding/base64"

	"github.com/unleak/unleak/internal/lazyregexp"
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

// What stands before a string, or in it, that gives its end away as a value: a telling name and what binds it, or a URL
// with a user.
var (
	telling = lazyregexp.New(`(?i)(?:pass|pwd|secret|token|key|auth|cred|bearer|private|login|signature|salt)[\w.-]{0,40}(?:[\\"'\])\s]{0,8}[=:,(>|?]{1,3}\s{0,8}[\[({]?|\s{1,4})$`)
	inside  = lazyregexp.New(`(?i)(?:(?:pass|pwd|secret|token|key|auth|cred)[\w.-]{0,40}["'\\]{0,2}\s?[=:]|bearer |basic |://)[^\s"'/]*$`)
)
