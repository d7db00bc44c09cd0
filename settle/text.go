package settle

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/scanner"
)

// Options of a text. The zero value of each field is a good default.
type Options struct {
	Buffer int // most bytes held; 0: 8 MiB. At least four times Back
	Back   int // settled bytes kept as context; 0: scanner.MaxContext
}

const (
	defaultBuffer = 8 << 20
	firstBuffer   = 64 << 10
	pairBack      = 8 << 10 // settled bytes whose matches are kept: parts of one credential stand closer together
	maxHold       = 256 << 10
)

// Mode says how a text is settled; see the package comment.
type Mode uint8

// The modes.
const (
	Behind Mode = iota
	Now
	Lines // every whole line, open or not: a credential that goes on is told twice
	End
)

// Text is a text that grows, for one goroutine.
type Text struct {
	detector scanner.Detector
	plan     *Plan
	opts     Options

	buf     []byte
	base    int64           // offset of buf[0] in the text
	sent    int             // settled bytes of buf
	seen    int             // bytes of buf that the detector has seen
	matches []finding.Match // that may matter still; their spans count from buf[0]
	scratch []finding.Match
	found   []Found
	partial simulation
}

// Settled is a stretch of text with the credentials in it. It is valid until the next call of a method of Text.
type Settled struct {
	Text   []byte
	Offset int64   // where it starts
	Found  []Found // by position; spans count from the start of Text
	Whole  []byte  // Text with the settled text before it that is still at hand
}

// Parts returns the parts of a match of s with spans that count from the start of the whole text.
func (s Settled) Parts(m *finding.Match) []finding.Part {
	start := int(s.Offset) + len(s.Text) - len(s.Whole) // of the buffer, from which theirs count
	parts := slices.Clone(m.Parts)
	for i := range parts {
		parts[i].Span = parts[i].Span.Shift(start)
	}
	return parts
}

// Found is one credential. A component of another credential has Part set; it stands in that one's Parts too.
type Found struct {
	finding.Match
	Part bool
}

// New returns an empty text. The plan is of the rules that the detector has.
func New(d scanner.Detector, p *Plan, opts Options) *Text {
	if opts.Back <= 0 {
		opts.Back = scanner.MaxContext
	}
	if opts.Buffer <= 0 {
		opts.Buffer = defaultBuffer
	}
	opts.Buffer = max(opts.Buffer, 4*opts.Back)
	return &Text{detector: d, plan: p, opts: opts}
}

// Reset empties the text for another one.
func (t *Text) Reset() {
	t.buf, t.matches = t.buf[:0], t.matches[:0]
	t.base, t.sent, t.seen = 0, 0, 0
}

// Resume makes the text go on at an offset, with the text before it as context.
func (t *Text) Resume(before []byte, offset int64) {
	t.Reset()
	t.buf = append(t.buf, before...)
	t.base, t.sent, t.seen = offset-int64(len(before)), len(before), len(before)
}

// Pending returns how many bytes are not settled.
func (t *Text) Pending() int { return len(t.buf) - t.sent }

// Head returns the first bytes that are not settled, at most n.
func (t *Text) Head(n int) []byte { return t.buf[t.sent:min(len(t.buf), t.sent+n)] }

// Room returns where to put more text, at most want bytes; Grow tells how much was put there. Where there is none,
// the text has to be settled first.
func (t *Text) Room(want int) []byte {
	if len(t.buf) == cap(t.buf) {
		t.makeRoom()
	}
	n := min(cap(t.buf)-len(t.buf), want)
	return t.buf[len(t.buf) : len(t.buf)+n]
}

// Grow appends the first n bytes of what Room returned.
func (t *Text) Grow(n int) { t.buf = t.buf[:len(t.buf)+n] }

// makeRoom drops settled text that is too old to matter, or takes more memory.
func (t *Text) makeRoom() {
	drop := t.sent - t.opts.Back
	if drop > 0 && (drop >= cap(t.buf)/4 || cap(t.buf) >= t.opts.Buffer) {
		t.buf = t.buf[:copy(t.buf, t.buf[drop:])]
		t.base += int64(drop)
		t.sent -= drop
		t.seen -= drop
		t.shift(drop)
		return
	}
	if cap(t.buf) >= t.opts.Buffer {
		return
	}
	grown := make([]byte, len(t.buf), min(max(2*cap(t.buf), firstBuffer), t.opts.Buffer))
	copy(grown, t.buf)
	t.buf = grown
}

// shift moves the matches that are left to the buffer's new start.
func (t *Text) shift(drop int) {
	for i := range t.matches {
		m := &t.matches[i]
		m.Span, m.Context = m.Span.Shift(-drop), m.Context.Shift(-drop)
		for k := range m.Parts {
			m.Parts[k].Span = m.Parts[k].Span.Shift(-drop)
		}
	}
}

// Full tells whether there is no room before more is settled.
func (t *Text) Full() bool { return len(t.buf) == t.opts.Buffer && t.sent <= t.opts.Back }

// Crowded tells whether the buffer is full, so that it is time to settle.
func (t *Text) Crowded() bool { return len(t.buf) == t.opts.Buffer }

// Settle settles what can be. A detector that breaks down is an error, and nothing is settled.
func (t *Text) Settle(mode Mode) (Settled, error) {
	if err := t.detect(); err != nil {
		return Settled{}, err
	}
	limit := t.limit(mode)
	found := t.resolve(limit)
	s := Settled{Text: t.buf[t.sent:limit], Offset: t.base + int64(t.sent), Found: found, Whole: t.buf[:limit]}
	t.sent = limit
	t.matches = slices.DeleteFunc(t.matches, func(m finding.Match) bool { return m.Span.End < t.sent-pairBack })
	return s, nil
}

// detect shows the detector what it has not seen. Matches whose context ends well before that stay as they are; the
// others are judged anew: a wrapped run of base64 may go on behind what joins its lines.
func (t *Text) detect() (err error) {
	if t.seen == len(t.buf) {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("detector broke down at byte %d: %v", t.base+int64(t.seen), r)
		}
	}()
	edge := max(0, t.seen-joinRoom-1)
	t.scratch = t.detector.Scan(t.buf, []finding.Span{{Start: edge, End: len(t.buf)}}, t.scratch[:0])
	t.matches = slices.DeleteFunc(t.matches, func(m finding.Match) bool { return m.Context.End >= edge })
	t.matches = append(t.matches, t.scratch...)
	t.seen = len(t.buf)
	return nil
}

// limit returns how far the text can be settled.
func (t *Text) limit(mode Mode) int {
	end := len(t.buf)
	limit := end
	switch mode {
	case Behind:
		limit = max(t.sent, end-scanner.MaxContext)
	case Now:
		limit = max(t.sent, t.held(end))
	case Lines:
		return t.sent + bytes.LastIndexByte(t.buf[t.sent:], '\n') + 1
	case End:
		return end
	}
	for again := true; again; { // no match is cut
		again = false
		for i := range t.matches {
			if s := t.matches[i].Span; s.Start < limit && s.End > limit && max(s.Start, t.sent) < limit {
				limit, again = max(s.Start, t.sent), true
			}
		}
	}
	return limit
}

// resolve returns the credentials of the text between what is settled and limit.
func (t *Text) resolve(limit int) []Found {
	t.found = t.found[:0]
	if len(t.matches) == 0 || limit == t.sent {
		return nil
	}
	t.scratch = append(t.scratch[:0], t.matches...)
	for _, m := range t.detector.Resolve(t.scratch) {
		t.keep(m, limit, false)
		for _, p := range m.Parts {
			if p.Rule != "" && !t.plan.partOnly[p.Rule] {
				t.keep(finding.Match{Rule: p.Rule, Secret: p.Value.Reveal(), Span: p.Span, Decoded: m.Decoded}, limit, true)
			}
		}
	}
	arrange.By(t.found, func(a, b Found) int {
		if a.Span.Start != b.Span.Start {
			return a.Span.Start - b.Span.Start
		}
		return b.Span.End - a.Span.End
	})
	return slices.CompactFunc(t.found, func(a, b Found) bool {
		return a.Span == b.Span && a.Rule == b.Rule && a.Secret == b.Secret
	})
}

// keep adds a credential that ends between what is settled and limit.
func (t *Text) keep(m finding.Match, limit int, part bool) {
	if m.Span.End <= t.sent || m.Span.End > limit || t.plan.partOnly[m.Rule] {
		return
	}
	m.Span.Start = max(m.Span.Start, t.sent)
	m.Span = m.Span.Shift(-t.sent)
	t.found = append(t.found, Found{Match: m, Part: part})
}
