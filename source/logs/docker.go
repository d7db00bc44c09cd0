package logs

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// docker takes {"log":"message\n","stream":"stdout","time":"2026-11-23T01:02:03.456789Z"} apart. The driver writes log
// first; attributes may stand before stream.
func (e *envelope) docker(line []byte) bool {
	const opening = `{"log":"`
	if !bytes.HasPrefix(line, []byte(opening)) {
		return false
	}
	end := e.unescape(line, len(opening))
	if end < 0 {
		return false
	}
	e.format = docker
	if tail := line[end:]; !e.plainTail(tail) && !e.anyTail(tail) {
		return false
	}
	if last := len(e.pieces) - 1; last >= 0 && string(e.pieces[last].text) == "\n" {
		e.pieces, e.lineBreak = e.pieces[:last], true
	} else {
		e.part = true
	}
	return true
}

// plainTail reads the rest of a line that has no more than it must have.
func (e *envelope) plainTail(tail []byte) bool {
	tail, ok := bytes.CutPrefix(tail, []byte(`,"stream":"`))
	if !ok {
		return false
	}
	i := bytes.IndexByte(tail, '"')
	if i < 0 {
		return false
	}
	stream := tail[:i]
	if tail, ok = bytes.CutPrefix(tail[i:], []byte(`","time":"`)); !ok {
		return false
	}
	i = bytes.IndexByte(tail, '"')
	if i < 0 || !bytes.HasPrefix(tail[i:], []byte(`"}`)) || len(bytes.TrimRight(tail[i+2:], "\r\n")) > 0 {
		return false
	}
	e.stream = stream
	e.nanos, ok = nanos(tail[:i])
	return ok && bytes.IndexByte(stream, '\\') < 0
}

// anyTail reads any other rest of a line.
func (e *envelope) anyTail(tail []byte) bool {
	tail = bytes.TrimSpace(tail)
	var fields map[string]json.RawMessage
	if !bytes.HasPrefix(tail, []byte(",")) || json.Unmarshal(append([]byte{'{'}, tail[1:]...), &fields) != nil {
		return false
	}
	var stream, stamp string
	if json.Unmarshal(fields["time"], &stamp) != nil || json.Unmarshal(fields["stream"], &stream) != nil {
		return false
	}
	if len(fields) > 2 {
		e.rest = tail[1:]
	}
	e.stream = []byte(stream)
	var ok bool
	e.nanos, ok = nanos([]byte(stamp))
	return ok
}

// unescape takes the JSON string that starts at from into pieces and returns where the line goes on behind its quote, -1
// where it does not end.
func (e *envelope) unescape(line []byte, from int) int {
	for run := from; ; {
		i := indexQuote(line, run)
		if i < 0 {
			return -1
		}
		if i > run {
			e.pieces = append(e.pieces, piece{at: run, text: line[run:i]})
		}
		if line[i] == '"' {
			return i + 1
		}
		n := e.escape(line, i)
		if n == 0 {
			return -1
		}
		run = i + n
	}
}

// indexQuote returns where the next quote or backslash stands.
func indexQuote(line []byte, from int) int {
	quote := bytes.IndexByte(line[from:], '"')
	if quote < 0 {
		return -1
	}
	if back := bytes.IndexByte(line[from:from+quote], '\\'); back >= 0 {
		return from + back
	}
	return from + quote
}

// escape adds what the escape at line[at] stands for and returns its length, 0 where it is none.
func (e *envelope) escape(line []byte, at int) int {
	b := line[at:]
	if len(b) < 2 {
		return 0
	}
	n, from := 2, len(e.runes)
	switch b[1] {
	case '"', '\\', '/':
		e.runes = append(e.runes, b[1])
	case 'n':
		e.runes = append(e.runes, '\n')
	case 't':
		e.runes = append(e.runes, '\t')
	case 'r':
		e.runes = append(e.runes, '\r')
	case 'b':
		e.runes = append(e.runes, '\b')
	case 'f':
		e.runes = append(e.runes, '\f')
	case 'u':
		r, ok := hexRune(b)
		if !ok {
			return 0
		}
		n = 6
		if utf16.IsSurrogate(r) {
			if low, ok := hexRune(b[6:]); ok {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					r, n = both, 12
				}
			}
		}
		e.runes = utf8.AppendRune(e.runes, r)
	default:
		return 0
	}
	e.pieces = append(e.pieces, piece{at: at, text: e.runes[from:], escape: true})
	return n
}

// hexRune reads \uXXXX.
func hexRune(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}
