package logs

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// parseDocker takes {"log":"message\n","stream":"stdout","time":"2026-11-23T01:02:03.456789Z"} apart. The driver writes
// log first; attributes may stand before stream.
func parseDocker(line []byte) (envelope, bool) {
	const opening = `{"log":"`
	e := envelope{format: "docker json-file"}
	if !bytes.HasPrefix(line, []byte(opening)) {
		return e, false
	}
	end := e.unescape(line, len(opening))
	if end < 0 {
		return e, false
	}
	tail := bytes.TrimSpace(line[end:])
	var fields map[string]json.RawMessage
	if !bytes.HasPrefix(tail, []byte(",")) || json.Unmarshal(append([]byte{'{'}, tail[1:]...), &fields) != nil {
		return e, false
	}
	var stamp string
	if json.Unmarshal(fields["time"], &stamp) != nil || json.Unmarshal(fields["stream"], &e.stream) != nil {
		return e, false
	}
	var err error
	if e.time, err = time.Parse(time.RFC3339Nano, stamp); err != nil {
		return e, false
	}
	if len(fields) > 2 {
		e.rest = bytes.Clone(tail[1:])
	}
	last := len(e.pieces) - 1
	e.part = last < 0 || !bytes.HasSuffix(e.pieces[last].text, []byte{'\n'})
	return e, true
}

// unescape takes the JSON string that starts at from into pieces and returns where the line goes on behind its quote, -1
// where it does not end.
func (e *envelope) unescape(line []byte, from int) int {
	run := from
	for i := from; i < len(line); {
		switch line[i] {
		case '"':
			e.piece(run, line[run:i], false)
			return i + 1
		case '\\':
			e.piece(run, line[run:i], false)
			text, n := escape(line[i:])
			if n == 0 {
				return -1
			}
			e.piece(i, text, true)
			i += n
			run = i
		default:
			i++
		}
	}
	return -1
}

func (e *envelope) piece(at int, text []byte, escaped bool) {
	if len(text) > 0 {
		e.pieces = append(e.pieces, piece{at, text, escaped})
	}
}

// escape returns what the escape at the start of b stands for and its length, 0 where it is none.
func escape(b []byte) ([]byte, int) {
	if len(b) < 2 {
		return nil, 0
	}
	switch b[1] {
	case '"', '\\', '/':
		return b[1:2], 2
	case 'n':
		return []byte{'\n'}, 2
	case 't':
		return []byte{'\t'}, 2
	case 'r':
		return []byte{'\r'}, 2
	case 'b':
		return []byte{'\b'}, 2
	case 'f':
		return []byte{'\f'}, 2
	case 'u':
		r, ok := hexRune(b)
		if !ok {
			return nil, 0
		}
		if utf16.IsSurrogate(r) {
			if low, ok := hexRune(b[6:]); ok && b[6] == '\\' && b[7] == 'u' {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					return runeBytes(both), 12
				}
			}
		}
		return runeBytes(r), 6
	}
	return nil, 0
}

func hexRune(b []byte) (rune, bool) {
	if len(b) < 6 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}
