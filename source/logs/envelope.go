package logs

import (
	"bytes"
	"time"
)

// format is a kind of envelope: Docker's json-file driver writes {"log":"...","stream":"stdout","time":"..."} with a
// message's line break kept in log, so that a part of a longer line has none; CRI writes TIME STREAM TAG MESSAGE, where
// the tag P marks a part (kubernetes/community, "CRI: Log management for container stdout/stderr streams", 2016).
type format uint8

const (
	docker format = iota + 1
	cri
)

func (f format) String() string {
	if f == docker {
		return "docker json-file"
	}
	return "cri"
}

// envelope is one line taken apart. Its texts share memory with the line or the envelope.
type envelope struct {
	format    format
	stream    []byte
	nanos     int64
	part      bool // more of the message follows
	pieces    []piece
	lineBreak bool   // the message ends with a line break that is in no piece
	rest      []byte // what else the line says
	runes     []byte // backs the texts of escapes
}

// piece is a run of a message that stands in the line as it is, or one escape.
type piece struct {
	at     int // in the line
	text   []byte
	escape bool
}

// enveloped tells whether any whole line of head stands in an envelope.
func enveloped(head []byte) bool {
	var e envelope
	for len(head) > 0 {
		line, rest, _ := bytes.Cut(head, []byte{'\n'})
		if e.parse(line) {
			return true
		}
		head = rest
	}
	return false
}

// parse takes a line apart; false where it stands in no envelope.
func (e *envelope) parse(line []byte) bool {
	if len(line) < 24 || len(line) > maxLine {
		return false
	}
	*e = envelope{pieces: e.pieces[:0], runes: e.runes[:0]}
	switch {
	case line[0] == '{':
		return e.docker(line)
	case line[0] >= '0' && line[0] <= '9':
		return e.cri(line)
	}
	return false
}

// cri takes "2026-11-23T01:02:03.456789Z stdout F message" apart.
func (e *envelope) cri(line []byte) bool {
	stamp, rest, ok := bytes.Cut(line, []byte{' '})
	if !ok {
		return false
	}
	stream, rest, ok := bytes.Cut(rest, []byte{' '})
	if !ok || string(stream) != "stdout" && string(stream) != "stderr" {
		return false
	}
	tag, text, ok := bytes.Cut(rest, []byte{' '})
	if !ok || len(tag) == 0 || tag[0] != 'F' && tag[0] != 'P' || len(tag) > 1 && tag[1] != ':' {
		return false
	}
	if e.nanos, ok = nanos(stamp); !ok {
		return false
	}
	e.format, e.stream = cri, stream
	if e.part = tag[0] == 'P'; e.part {
		text = bytes.TrimSuffix(text, []byte{'\n'})
	}
	e.pieces = append(e.pieces, piece{at: len(stamp) + len(stream) + len(tag) + 3, text: text})
	return true
}

// nanos reads a time as RFC 3339 has it, in the form container runtimes write.
func nanos(b []byte) (int64, bool) {
	if len(b) < 20 || len(b) > 35 || b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return 0, false
	}
	year, ok1 := number(b[:4])
	month, ok2 := number(b[5:7])
	day, ok3 := number(b[8:10])
	hour, ok4 := number(b[11:13])
	minute, ok5 := number(b[14:16])
	second, ok6 := number(b[17:19])
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6) || b[len(b)-1] != 'Z' || year < 1970 || year > 2200 {
		return slowNanos(b)
	}
	fraction := 0
	if rest := b[19 : len(b)-1]; len(rest) > 0 {
		n, ok := number(rest[1:])
		if !ok || rest[0] != '.' || len(rest) > 10 {
			return 0, false
		}
		for range 10 - len(rest) {
			n *= 10
		}
		fraction = n
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, fraction, time.UTC).UnixNano(), true
}

// slowNanos reads times with a zone.
func slowNanos(b []byte) (int64, bool) {
	t, err := time.Parse(time.RFC3339Nano, string(b))
	return t.UnixNano(), err == nil
}

func number(b []byte) (int, bool) {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, len(b) > 0
}
