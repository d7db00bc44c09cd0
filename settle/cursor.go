package settle

import (
	"bytes"
	"unicode/utf8"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// Cursor knows the lines and columns of a text that is settled stretch by stretch. The zero value stands at its start.
type Cursor struct {
	line, column, bytes int
	offset              int64
}

// advance moves the cursor behind text.
func (c *Cursor) advance(text []byte) {
	if c.offset == 0 && bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		c.column = -1 // a byte order mark takes no column, as in scanner.Locate
	}
	c.offset += int64(len(text))
	c.line += bytes.Count(text, []byte{'\n'})
	if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
		text = text[i+1:]
		c.column, c.bytes = 0, 0
	}
	c.column += utf8.RuneCount(text)
	c.bytes += len(text)
}

// CursorAt returns a cursor that stands at a position, to go on with a text from there.
func CursorAt(p finding.Position) Cursor {
	return Cursor{line: p.Line - 1, column: p.Column - 1, bytes: p.Byte - 1, offset: p.Offset}
}

// Position returns where the cursor stands.
func (c *Cursor) Position() finding.Position {
	return finding.Position{Line: c.line + 1, Column: c.column + 1, Byte: c.bytes + 1, Offset: c.offset}
}

// To moves the cursor to an offset of the whole text that lies in s, or to its end.
func (c *Cursor) To(s Settled, offset int64) {
	from, to := c.offset-s.Offset, offset-s.Offset
	if from >= 0 && to > from {
		c.advance(s.Text[from:min(to, int64(len(s.Text)))])
	}
}

// most bytes of a line before and after a credential that Locate looks at
const lineReach = 8 << 10

// Locate returns the place of a match in s, without an origin, and moves the cursor to its start. Matches come by
// position. mark is as in scanner.Locate.
func (c *Cursor) Locate(s Settled, m finding.Match, mark string) finding.Place {
	c.To(s, s.Offset+int64(m.Span.Start))
	end := *c
	stop := m.Span.End
	if stop > m.Span.Start && s.Text[stop-1] == '\n' { // a block's last line break is not its end
		stop--
	}
	end.To(s, s.Offset+int64(stop))
	from, to := max(0, m.Span.Start-lineReach), min(len(s.Text), m.Span.End+lineReach)
	near := m
	near.Span, near.Parts = m.Span.Shift(-from), nil
	p := scanner.Locate(s.Text[from:to], near, mark)
	p.Start, p.End = c.Position(), end.Position()
	return p
}
