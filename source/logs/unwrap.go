package logs

import (
	"bufio"
	"cmp"
	"slices"
	"time"

	"github.com/unleak/unleak/finding"
)

// unwrapper reads a log whose lines stand in envelopes and yields the messages, parts joined, a line each. It remembers
// where in the log the last of them came from. Lines that stand in no envelope are passed on.
type unwrapper struct {
	in      *bufio.Reader
	out     []byte // unwrapped, not read yet
	off     int
	err     error
	line    int64 // line breaks read of the log
	at      int64 // bytes read of the log
	written int64 // bytes unwrapped
	long    bool  // within a line too long to unwrap
	env     envelope
	streams []*message
	records []record
	keep    int64  // unwrapped bytes whose records are kept
	joined  []byte // scratch of readLine
}

// record says where a run of unwrapped bytes came from. There is at least one a line: it is kept small.
type record struct {
	start  int64 // in what is unwrapped
	offset int64 // in the log
	line   int64 // from 0
	nanos  int64 // the event's time since 1970
	column uint32
	stream uint8 // index in streams, from 1; 0: no envelope
	format format
	escape bool // the bytes stand for one escape
}

// message is what one stream has written of a line so far.
type message struct {
	stream  string
	text    []byte
	records []record // start counts from the message's start
}

const (
	maxLine    = 1 << 20  // longer lines are passed on as they are
	maxMessage = 1 << 20  // longer messages are passed on in pieces
	maxStreams = 255      // more are taken for one
	remembered = 12 << 20 // unwrapped bytes whose records are kept: more than a scanner's window
)

func newUnwrapper(in *bufio.Reader) *unwrapper { return &unwrapper{in: in, keep: remembered} }

// Read implements io.Reader.
func (u *unwrapper) Read(b []byte) (int, error) {
	for u.off == len(u.out) {
		if u.err != nil {
			return 0, u.err
		}
		u.out, u.off = u.out[:0], 0
		for len(u.out) < probeSize && u.err == nil {
			u.next()
		}
	}
	n := copy(b, u.out[u.off:])
	u.off += n
	return n, nil
}

// next reads one line of the log.
func (u *unwrapper) next() {
	raw, err := u.readLine()
	if len(raw) > 0 {
		u.unwrap(raw)
	}
	if err != nil {
		for _, m := range u.streams {
			u.flush(m)
		}
		u.err = err
	}
}

// unwrap takes a line with its break, or a piece of a longer one.
func (u *unwrapper) unwrap(raw []byte) {
	whole := raw[len(raw)-1] == '\n'
	if whole && !u.long && u.env.parse(raw) {
		u.take(&u.env)
	} else {
		u.records = append(u.records, record{start: u.written, offset: u.at, line: u.line})
		u.emit(raw)
	}
	u.long = !whole
	u.at += int64(len(raw))
	if whole {
		u.line++
	}
}

// readLine returns the next line with its break, or about maxLine bytes of a longer one.
func (u *unwrapper) readLine() ([]byte, error) {
	part, err := u.in.ReadSlice('\n')
	if err != bufio.ErrBufferFull {
		return part, err
	}
	u.joined = append(u.joined[:0], part...)
	for err == bufio.ErrBufferFull && len(u.joined) < maxLine {
		part, err = u.in.ReadSlice('\n')
		u.joined = append(u.joined, part...)
	}
	if err == bufio.ErrBufferFull {
		err = nil
	}
	return u.joined, err
}

// take adds an envelope's message to what its stream has written so far.
func (u *unwrapper) take(e *envelope) {
	i := u.stream(e.stream)
	m := u.streams[i]
	for _, p := range e.pieces {
		m.records = append(m.records, record{
			start: int64(len(m.text)), offset: u.at + int64(p.at), line: u.line, nanos: e.nanos,
			column: uint32(p.at), stream: uint8(i + 1), format: e.format, escape: p.escape,
		})
		m.text = append(m.text, p.text...)
	}
	if e.lineBreak {
		m.text = append(m.text, '\n')
	}
	if !e.part || len(m.text) >= maxMessage {
		u.flush(m)
	}
	if len(e.rest) > 0 {
		u.records = append(u.records, record{
			start: u.written, offset: u.at, line: u.line, nanos: e.nanos, stream: uint8(i + 1), format: e.format,
		})
		u.emit(e.rest)
		u.emit([]byte{'\n'})
	}
}

func (u *unwrapper) stream(name []byte) int {
	for i, m := range u.streams {
		if m.stream == string(name) || i == maxStreams-1 {
			return i
		}
	}
	u.streams = append(u.streams, &message{stream: string(name)})
	return len(u.streams) - 1
}

func (u *unwrapper) flush(m *message) {
	for _, r := range m.records {
		r.start += u.written
		u.records = append(u.records, r)
	}
	u.emit(m.text)
	m.text, m.records = m.text[:0], m.records[:0]
}

// emit appends unwrapped bytes.
func (u *unwrapper) emit(text []byte) {
	u.out = append(u.out, text...)
	u.written += int64(len(text))
	if half := len(u.records) / 2; half > 1024 && u.records[half].start < u.written-u.keep {
		u.records = append(u.records[:0], u.records[half:]...)
	}
}

// locate moves p from what is unwrapped to the log itself and says what the envelope says.
func (u *unwrapper) locate(p *finding.Place, unit string) {
	r, ok := u.record(p.Start.Offset)
	if !ok {
		return
	}
	last := max(p.End.Offset-1, p.Start.Offset)
	end, _ := u.record(last)
	p.Start = r.position(p.Start.Offset)
	p.End = end.position(last)
	p.End.Column, p.End.Byte, p.End.Offset = p.End.Column+1, p.End.Byte+1, p.End.Offset+1
	if r.stream == 0 {
		return
	}
	p.Origin.Log = &finding.LogOrigin{
		Time: time.Unix(0, r.nanos).UTC(), Unit: u.streams[r.stream-1].stream, Format: r.format.String(),
	}
	if unit != "" {
		p.Origin.Log.Unit = unit + " " + p.Origin.Log.Unit
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
	column := int(r.column) + int(in) + 1
	return finding.Position{Line: int(r.line) + 1, Column: column, Byte: column, Offset: r.offset + in}
}
