package logs

import (
	"bufio"
	"bytes"
	"cmp"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/unleak/unleak/finding"
)

// unwrapper reads a log whose lines stand in envelopes and yields the messages, parts joined, a line each. It remembers
// where in the log the last of them came from.
//
// The envelopes: Docker's json-file driver writes {"log":"...","stream":"stdout","time":"..."} with a message's line
// break kept in log, so that a part of a longer line has none; CRI writes TIME STREAM TAG MESSAGE where the tag P marks a
// part (kubernetes/cri-api, "CRI: Log management", 2016). Lines that are neither are passed on.
type unwrapper struct {
	in      *bufio.Reader
	out     []byte // unwrapped, not read yet
	off     int
	err     error
	line    int   // line breaks read of the log
	at      int64 // bytes read of the log
	written int64 // bytes unwrapped
	long    bool  // within a line too long to unwrap
	parts   map[string]*message
	records []record
}

// record says where a run of unwrapped bytes came from.
type record struct {
	start  int64 // in what is unwrapped
	offset int64 // in the log
	line   int   // from 0
	column int   // bytes before it on its line
	escape bool  // an escape: it stands for all of the bytes
	info   *finding.LogOrigin
}

// message is a line of which parts were read.
type message struct {
	text    []byte
	records []record // start counts from the message's start
}

const (
	maxLine    = 1 << 20  // longer lines are passed on as they are
	maxMessage = 1 << 20  // longer messages are passed on in pieces
	remembered = 12 << 20 // unwrapped bytes whose records are kept: more than a scanner's window
)

func newUnwrapper(in *bufio.Reader) *unwrapper {
	return &unwrapper{in: in, parts: map[string]*message{}}
}

// Read implements io.Reader.
func (u *unwrapper) Read(b []byte) (int, error) {
	for u.off == len(u.out) {
		if u.err != nil {
			return 0, u.err
		}
		u.out, u.off = u.out[:0], 0
		u.next()
	}
	n := copy(b, u.out[u.off:])
	u.off += n
	return n, nil
}

// next reads one line of the log.
func (u *unwrapper) next() {
	raw, err := u.readLine()
	if len(raw) > 0 {
		whole := raw[len(raw)-1] == '\n'
		if e, ok := parseEnvelope(raw); ok && whole && !u.long {
			u.take(e)
		} else {
			u.emit(raw, []record{{offset: u.at, line: u.line}})
			u.long = !whole
		}
		u.at += int64(len(raw))
		u.line += bytes.Count(raw, []byte{'\n'})
	}
	if err != nil {
		streams := make([]string, 0, len(u.parts))
		for s := range u.parts {
			streams = append(streams, s)
		}
		slices.Sort(streams)
		for _, s := range streams {
			u.flush(s)
		}
		u.err = err
	}
}

// readLine returns the next line with its break, or maxLine bytes of a longer one.
func (u *unwrapper) readLine() ([]byte, error) {
	part, err := u.in.ReadSlice('\n')
	if err != bufio.ErrBufferFull {
		return part, err
	}
	line := slices.Clone(part)
	for err == bufio.ErrBufferFull && len(line) < maxLine {
		part, err = u.in.ReadSlice('\n')
		line = append(line, part...)
	}
	if err == bufio.ErrBufferFull {
		err = nil
	}
	return line, err
}

// take adds an envelope's message to what its stream has written so far.
func (u *unwrapper) take(e envelope) {
	m := u.parts[e.stream]
	if m == nil {
		m = &message{}
		u.parts[e.stream] = m
	}
	info := &finding.LogOrigin{Time: e.time, Unit: e.stream, Format: e.format}
	for _, p := range e.pieces {
		m.records = append(m.records, record{
			start: int64(len(m.text)), offset: u.at + int64(p.at), line: u.line, column: p.at, escape: p.escape, info: info,
		})
		m.text = append(m.text, p.text...)
	}
	if !e.part || len(m.text) >= maxMessage {
		u.flush(e.stream)
	}
	if len(e.rest) > 0 {
		u.emit(append(e.rest, '\n'), []record{{offset: u.at, line: u.line, info: info}})
	}
}

func (u *unwrapper) flush(stream string) {
	if m := u.parts[stream]; m != nil {
		u.emit(m.text, m.records)
		m.text, m.records = m.text[:0], m.records[:0]
	}
}

// emit appends unwrapped bytes, whose records count from their start.
func (u *unwrapper) emit(text []byte, records []record) {
	for _, r := range records {
		r.start += u.written
		u.records = append(u.records, r)
	}
	u.out = append(u.out, text...)
	u.written += int64(len(text))
	if len(u.records) > 1024 && u.records[len(u.records)/2].start < u.written-remembered {
		u.records = slices.Clone(u.records[len(u.records)/2:])
	}
}

// locate moves p from what is unwrapped to the log itself and says what the envelope says.
func (u *unwrapper) locate(p *finding.Place, unit string) {
	r, ok := u.record(p.Start.Offset)
	if !ok {
		return
	}
	end, _ := u.record(max(p.End.Offset-1, p.Start.Offset))
	p.Start = r.position(p.Start.Offset)
	p.End = end.position(max(p.End.Offset-1, 0))
	p.End.Column, p.End.Byte, p.End.Offset = p.End.Column+1, p.End.Byte+1, p.End.Offset+1
	if r.info != nil {
		info := *r.info
		if unit != "" {
			info.Unit = unit + " " + info.Unit
		}
		p.Origin.Log = &info
	}
}

func (u *unwrapper) record(offset int64) (record, bool) {
	i, found := slices.BinarySearchFunc(u.records, offset, func(r record, at int64) int { return cmp.Compare(r.start, at) })
	if !found {
		i--
	}
	if i < 0 {
		return record{}, false
	}
	return u.records[i], true
}

// position returns where in the log an unwrapped byte stands. Columns count bytes: the text is not at hand any more.
func (r *record) position(offset int64) finding.Position {
	in := offset - r.start
	if r.escape {
		in = 0
	}
	return finding.Position{
		Line: r.line + 1, Column: r.column + int(in) + 1, Byte: r.column + int(in) + 1, Offset: r.offset + in,
	}
}

// envelope is one line taken apart.
type envelope struct {
	format string
	stream string
	time   time.Time
	part   bool // more of the message follows
	pieces []piece
	rest   []byte // what else the line says
}

// piece is a run of a message that stands in the line as it is, or one escape.
type piece struct {
	at     int // in the line
	text   []byte
	escape bool
}

// enveloped tells whether any whole line of head stands in an envelope.
func enveloped(head []byte) bool {
	for len(head) > 0 {
		line, rest, _ := bytes.Cut(head, []byte{'\n'})
		if _, ok := parseEnvelope(line); ok {
			return true
		}
		head = rest
	}
	return false
}

func parseEnvelope(line []byte) (envelope, bool) {
	if len(line) < 24 {
		return envelope{}, false
	}
	switch {
	case line[0] == '{':
		return parseDocker(line)
	case line[0] >= '0' && line[0] <= '9':
		return parseCRI(line)
	}
	return envelope{}, false
}

// parseCRI takes "2026-11-23T01:02:03.456789Z stdout F message" apart.
func parseCRI(line []byte) (envelope, bool) {
	e := envelope{format: "cri"}
	stamp, rest, ok := bytes.Cut(line, []byte{' '})
	if !ok || len(stamp) < 20 || len(stamp) > 35 || stamp[4] != '-' || stamp[10] != 'T' {
		return e, false
	}
	stream, rest, ok := bytes.Cut(rest, []byte{' '})
	if !ok || string(stream) != "stdout" && string(stream) != "stderr" {
		return e, false
	}
	tag, text, ok := bytes.Cut(rest, []byte{' '})
	if !ok || len(tag) == 0 || tag[0] != 'F' && tag[0] != 'P' || len(tag) > 1 && tag[1] != ':' {
		return e, false
	}
	var err error
	if e.time, err = time.Parse(time.RFC3339Nano, string(stamp)); err != nil {
		return e, false
	}
	e.stream = string(stream)
	if e.part = tag[0] == 'P'; e.part {
		text = bytes.TrimSuffix(text, []byte{'\n'})
	}
	e.pieces = []piece{{at: len(stamp) + len(stream) + len(tag) + 3, text: text}}
	return e, true
}

// runeBytes returns the UTF-8 form of r.
func runeBytes(r rune) []byte { return utf8.AppendRune(nil, r) }
