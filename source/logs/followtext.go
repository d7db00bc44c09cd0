package logs

import (
	"bytes"
	"io"
	"math"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
)

const (
	followBack   = 128 << 10 // settled bytes kept as context, a file
	followBuffer = 4 << 20   // most bytes held, a file
	followChunk  = 256 << 10 // bytes read of a file before it is another's turn
)

// growing judges the text of one log while it grows: one generation of a file, or a stream.
type growing struct {
	f      *Follower
	origin finding.Origin
	log    manner

	now      func() time.Time
	detector scanner.Detector
	text     *settle.Text
	cursor   settle.Cursor
	unwrap   *unwrapper // nil: the text is no envelopes
	decided  bool       // whether it is
	line     []byte     // of a log in envelopes: the line that is not whole yet
	until    int64      // of what is unwrapped: what lies before was told before a restart

	read    int64 // bytes of the log that were read
	settled mark
}

// mark is a place in a log up to which all is settled. In a log of envelopes Skip bytes of what is unwrapped behind it
// are settled too.
type mark struct {
	Offset int64 `json:"offset"`
	Line   int   `json:"line"` // line breaks before it
	Column int   `json:"column,omitempty"`
	Byte   int   `json:"byte,omitempty"`
	Skip   int64 `json:"skip,omitempty"`
}

func (f *Follower) newGrowing(d scanner.Detector, shown string) *growing {
	return &growing{
		f: f, origin: finding.Origin{Kind: finding.KindLog, Path: shown}, log: manner{unit: unitOf(shown)}, now: time.Now, detector: d,
		text: settle.New(d, f.opts.Plan, settle.Options{Back: followBack, Buffer: followBuffer}),
	}
}

// resume makes the text go on at a mark, with what stands before it in the log as context.
func (g *growing) resume(before []byte, m mark) {
	g.settled, g.read = m, m.Offset
	g.decide(before)
	if g.unwrap == nil {
		g.text.Resume(before, m.Offset)
		g.cursor = settle.CursorAt(finding.Position{Line: m.Line + 1, Column: m.Column + 1, Byte: m.Byte + 1, Offset: m.Offset})
		return
	}
	if i := bytes.IndexByte(before, '\n'); int64(len(before)) < m.Offset { // in the middle of a line
		before = before[i+1:]
	}
	g.unwrap.line = int64(m.Line) - int64(bytes.Count(before, []byte{'\n'}))
	g.unwrap.at = m.Offset - int64(len(before))
	g.lines(before)
	for _, m := range g.unwrap.streams { // a message that began before the mark was settled with it
		m.text, m.records = m.text[:0], m.records[:0]
	}
	g.text.Resume(g.unwrap.out, g.unwrap.written)
	g.cursor = settle.CursorAt(finding.Position{Line: 1, Column: 1, Byte: 1, Offset: g.unwrap.written})
	g.unwrap.out = g.unwrap.out[:0]
	g.until = g.unwrap.written + m.Skip
}

// resumeAt reads a log up to a mark and makes the text go on there.
func (g *growing) resumeAt(r io.Reader, m mark) error {
	if _, err := io.CopyN(io.Discard, r, max(0, m.Offset-followBack)); err != nil {
		return err
	}
	before := make([]byte, min(m.Offset, followBack))
	if _, err := io.ReadFull(r, before); err != nil {
		return err
	}
	g.resume(before, m)
	return nil
}

// decide tells from the first whole lines whether they stand in envelopes.
func (g *growing) decide(text []byte) {
	if g.decided || bytes.IndexByte(text, '\n') < 0 && len(text) < probeSize {
		return
	}
	g.decided = true
	g.log.journal = isJournal(text)
	if enveloped(text) {
		g.unwrap = newUnwrapper(nil)
		g.unwrap.keep = followBuffer + followBack
		g.unwrap.at, g.unwrap.line = g.settled.Offset, int64(g.settled.Line)
		g.text.Resume(nil, 0)
		g.cursor = settle.Cursor{}
		g.until = g.settled.Skip
	}
}

// take takes more of the log.
func (g *growing) take(b []byte) error {
	g.read += int64(len(b))
	if !g.decided {
		g.line = append(g.line, b...)
		if g.decide(g.line); !g.decided {
			return nil
		}
		b, g.line = g.line, nil
	}
	if g.unwrap == nil {
		return g.put(b)
	}
	g.lines(b)
	out := g.unwrap.out
	g.unwrap.out = g.unwrap.out[:0]
	return g.put(out)
}

// lines unwraps the whole lines of b, and what a line too long to unwrap has so far.
func (g *growing) lines(b []byte) {
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n') + 1
		if i == 0 {
			g.line = append(g.line, b...)
			if len(g.line) < maxLine {
				return
			}
			g.unwrap.unwrap(g.line)
			g.line = g.line[:0]
			return
		}
		if len(g.line) > 0 {
			g.line = append(g.line, b[:i]...)
			g.unwrap.unwrap(g.line)
			g.line = g.line[:0]
		} else {
			g.unwrap.unwrap(b[:i])
		}
		b = b[i:]
	}
}

// put appends text; where there is no room it settles what it can.
func (g *growing) put(b []byte) error {
	for len(b) > 0 {
		room := g.text.Room(len(b))
		if len(room) == 0 {
			if err := g.settle(settle.Now); err != nil {
				return err
			}
			if room = g.text.Room(len(b)); len(room) == 0 {
				if err := g.settle(settle.Behind); err != nil {
					return err
				}
			}
			continue
		}
		n := copy(room, b)
		g.text.Grow(n)
		b = b[n:]
	}
	return nil
}

// settle reports what is settled now.
func (g *growing) settle(mode settle.Mode) error {
	if mode == settle.End {
		if err := g.finish(); err != nil {
			return err
		}
	}
	s, err := g.text.Settle(mode)
	if err != nil || len(s.Text) == 0 {
		return err
	}
	var found []finding.Finding
	for i := range s.Found {
		m := &s.Found[i].Match
		if s.Found[i].Part || s.Offset+int64(m.Span.Start) < g.until || !g.detector.Accept(&g.origin, m) {
			continue
		}
		found = append(found, g.finding(s, m))
	}
	g.cursor.To(s, s.Offset+int64(len(s.Text)))
	g.mark(s.Offset + int64(len(s.Text)))
	g.f.settledBytes.Add(int64(len(s.Text)))
	return g.f.tell(found)
}

// finish puts what waits for the rest of a line or message.
func (g *growing) finish() error {
	rest := g.line
	g.line = nil
	if g.unwrap == nil {
		return g.put(rest)
	}
	if len(rest) > 0 {
		g.unwrap.unwrap(rest)
	}
	for _, m := range g.unwrap.streams {
		g.unwrap.flush(m)
	}
	out := g.unwrap.out
	g.unwrap.out = g.unwrap.out[:0]
	return g.put(out)
}

func (g *growing) finding(s settle.Settled, m *finding.Match) finding.Finding {
	p := g.cursor.Locate(s, *m, g.f.opts.AllowMark)
	p.Origin = g.origin
	at := len(s.Whole) - len(s.Text) + m.Span.Start
	if g.unwrap != nil {
		g.unwrap.locate(&p, g.log.unit)
	}
	if p.Origin.Log == nil {
		g.log.written = g.now()
		p.Origin.Log = g.log.eventAt(s.Whole, at)
	}
	title, severity := g.detector.Describe(m)
	return finding.Finding{
		Rule: m.Rule, Title: title, Severity: severity, Confidence: m.Confidence, Secret: finding.NewSecret(m.Secret),
		Proofs: m.Proofs, Parts: s.Parts(m), Tags: m.Tags, Places: []finding.Place{p},
	}
}

// mark notes where to go on after a restart, once the text is settled up to an offset.
func (g *growing) mark(upto int64) {
	if g.unwrap == nil {
		p := g.cursor.Position()
		g.settled = mark{Offset: p.Offset, Line: p.Line - 1, Column: p.Column - 1, Byte: p.Byte - 1}
		return
	}
	m := mark{Offset: g.unwrap.at, Line: int(g.unwrap.line)}
	earliest := func(offset, line int64) {
		if offset < m.Offset {
			m.Offset, m.Line = offset, int(line)
		}
	}
	for _, r := range g.unwrap.records {
		if r.start >= upto {
			earliest(r.offset-int64(r.column), r.line)
		}
	}
	if r, ok := g.unwrap.record(upto); ok && r.start < upto && upto < g.unwrap.written {
		earliest(r.offset-int64(r.column), r.line)
	}
	for _, s := range g.unwrap.streams {
		for _, r := range s.records[:min(1, len(s.records))] {
			earliest(r.offset-int64(r.column), r.line)
		}
	}
	first := int64(math.MaxInt64)
	for _, r := range g.unwrap.records {
		if r.offset >= m.Offset && r.start < first {
			first = r.start
		}
	}
	if first < upto {
		m.Skip = upto - first
	}
	g.settled = m
}
