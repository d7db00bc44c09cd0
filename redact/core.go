package redact

import (
	"io"
	"slices"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/settle"
)

// core takes a text through settle and passes on what is settled, for one goroutine at a time.
type core struct {
	redactor *Redactor
	scanner  *detectors.Scanner
	text     *settle.Text
	out      io.Writer
	tell     func([]finding.Finding)
	name     string // of the stream, for places
	plain    bool   // pass the text on as it is

	begun  bool          // something has gone out
	at     settle.Cursor // how far
	masked int64         // credentials that were replaced
	joined []byte        // scratch
}

func (r *Redactor) newCore(out io.Writer, tell func([]finding.Finding)) *core {
	s := r.engine.NewScanner()
	return &core{
		redactor: r, scanner: s, out: out, tell: tell,
		text: settle.New(s, r.plan, settle.Options{Buffer: r.opts.Buffer}),
	}
}

// reset makes the core ready for another text.
func (c *core) reset() {
	c.text.Reset()
	c.begun, c.at, c.out = false, settle.Cursor{}, nil
}

// write takes more text, and passes on what it must to have room for it.
func (c *core) write(b []byte) error {
	for len(b) > 0 {
		room := c.text.Room(len(b))
		if len(room) == 0 {
			if err := c.flush(settle.Behind); err != nil {
				return err
			}
			continue
		}
		n := copy(room, b)
		c.text.Grow(n)
		b = b[n:]
	}
	return nil
}

// flush passes on what is settled.
func (c *core) flush(mode settle.Mode) error {
	if !c.begun && c.text.Pending() > 0 {
		if packed(c.text.Head(archive.HeadSize)) {
			return ErrPacked
		}
	}
	s, err := c.text.Settle(mode)
	if err != nil || len(s.Text) == 0 {
		return err
	}
	c.begun = true
	return c.pass(s)
}

// pass writes settled text, credentials replaced.
func (c *core) pass(s settle.Settled) error {
	at := 0
	var told []finding.Finding
	c.joined = c.joined[:0]
	origin := finding.Origin{Kind: finding.KindStdin}
	found := slices.DeleteFunc(s.Found, func(f settle.Found) bool { return !c.accepted(&f.Match, &origin) })
	for i := 0; i < len(found); {
		start, end := found[i].Span.Start, found[i].Span.End
		k := i
		for ; k < len(found) && (k == i || found[k].Span.Start < end); k++ {
			end = max(end, found[k].Span.End)
		}
		c.joined = append(c.joined, s.Text[at:start]...)
		for ; i < k; i++ {
			f := c.finding(s, &found[i].Match)
			c.joined = append(c.joined, Marker(f.Rule, f.ID)...)
			c.masked++
			told = append(told, f)
		}
		at = end
		for at > start && (s.Text[at-1] == '\n' || s.Text[at-1] == '\r') { // the line stays a line
			at--
		}
	}
	if c.tell != nil && len(told) > 0 {
		c.tell(told)
	}
	c.at.To(s, s.Offset+int64(len(s.Text)))
	if at == 0 || c.plain {
		return writeAll(c.out, s.Text)
	}
	if at < len(s.Text) && len(s.Text)-at > 64<<10 { // the rest need not be copied
		if err := writeAll(c.out, c.joined); err != nil {
			return err
		}
		return writeAll(c.out, s.Text[at:])
	}
	return writeAll(c.out, append(c.joined, s.Text[at:]...))
}

// accepted applies what depends on the path, as for standard input, and the caller's own choice.
func (c *core) accepted(m *finding.Match, origin *finding.Origin) bool {
	if !c.scanner.Accept(origin, m) {
		return false
	}
	if c.redactor.opts.Keep == nil {
		return true
	}
	f := c.bare(m)
	return !c.redactor.opts.Keep(&f)
}

// bare returns the finding of a match without its place.
func (c *core) bare(m *finding.Match) finding.Finding {
	title, severity := c.scanner.Describe(m)
	return finding.Finding{
		ID: c.redactor.ids.of(m.Rule, m.Secret), Rule: m.Rule, Title: title, Severity: severity, Confidence: m.Confidence,
		Secret: finding.NewSecret(m.Secret), Proofs: m.Proofs, Parts: m.Parts, Tags: m.Tags,
	}
}

// finding returns the finding of a match in settled text, located.
func (c *core) finding(s settle.Settled, m *finding.Match) finding.Finding {
	f := c.bare(m)
	if c.tell == nil {
		return f
	}
	p := c.at.Locate(s, *m, "-")
	p.Origin = finding.Origin{Kind: finding.KindStdin, Path: c.name}
	f.Places, f.Parts = []finding.Place{p}, s.Parts(m)
	return f
}

func writeAll(w io.Writer, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	n, err := w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return err
}
