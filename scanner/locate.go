package scanner

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/fold"
)

// position is the place of a text's first byte within the whole.
type position struct {
	offset int64
	line   int // line breaks before it
	column int // code points before it on its line
	bytes  int // bytes before it on its line
	marked int // bytes of a unit of the byte order mark that its line begins with; 0: none
}

// advance moves p behind text.
func (p *position) advance(text []byte) {
	if p.offset == 0 {
		p.marked = byteOrder(text)
	}
	p.offset += int64(len(text))
	p.line += bytes.Count(text, newline)
	if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
		text = text[i+1:]
		p.column, p.bytes, p.marked = 0, 0, 0
	}
	p.column += utf8.RuneCount(text)
	p.bytes += len(text)
}

var newline = []byte{'\n'}

// byteOrder returns the bytes of a unit of the byte order mark that a text begins with, or 0.
func byteOrder(text []byte) int {
	for _, mark := range [...]struct {
		text string
		wide int
	}{{"\xef\xbb\xbf", 1}, {"\xff\xfe", 2}, {"\xfe\xff", 2}} {
		if len(text) >= len(mark.text) && string(text[:len(mark.text)]) == mark.text {
			return mark.wide
		}
	}
	return 0
}

// Locate returns the lines and columns of m in text and the line it stands on; mark is the text that silences
// findings on a line. The place has no origin.
func Locate(text []byte, m finding.Match, mark string) finding.Place {
	c := cursor{text: text}
	return c.locate(m, mark)
}

// cursor locates matches of one text. It goes on, or back, from the last match, so that many matches in order cost one
// pass.
type cursor struct {
	text []byte
	base position // of the text's first byte
	off  int      // how far at has come
	at   position

	quiet fold.Free // stretches without the words of an inline allow
}

// to returns the position of an offset.
func (c *cursor) to(off int) position {
	if c.off == 0 || off < c.off && !c.back(off) {
		c.off, c.at = 0, c.base
	}
	c.at.advance(c.text[c.off:off])
	c.off = off
	return c.at
}

// back moves the cursor to an offset before it; false where that is no shorter than to begin anew.
func (c *cursor) back(off int) bool {
	between := c.text[off:c.off]
	if !utf8.RuneStart(c.text[off]) {
		return false
	}
	if breaks := bytes.Count(between, newline); breaks > 0 {
		start := bytes.LastIndexByte(c.text[:off], '\n') + 1
		if start == 0 {
			return false
		}
		c.at.line -= breaks
		c.at.column, c.at.bytes = utf8.RuneCount(c.text[start:off]), off-start
	} else {
		c.at.column -= utf8.RuneCount(between)
		c.at.bytes -= len(between)
	}
	c.at.offset -= int64(len(between))
	c.off = off
	return true
}

func (c *cursor) locate(m finding.Match, mark string) finding.Place {
	text := c.text
	p := c.bounds(m)
	start, end := m.Span.Start, c.off
	p.Line, p.Mark = snippet(text, start, end, m.Secret, wideness(m.Decoded))
	p.Allow = c.allowance(start, end, mark)
	c.locateParts(m)
	return p
}

// bounds returns a place with no more than where m starts and ends, and leaves the cursor there.
func (c *cursor) bounds(m finding.Match) finding.Place {
	wide := wideness(m.Decoded)
	start, end := m.Span.Start, m.Span.End
	if end > start && c.text[end-1] == '\n' { // a block's last line break is not its end
		end--
	}
	p := finding.Place{Decoded: m.Decoded}
	p.Start = c.to(start).report(wide)
	p.End = c.to(end).report(wide)
	return p
}

// locateParts sets the positions of the parts of m that stand in the text as they are.
func (c *cursor) locateParts(m finding.Match) {
	for i := range m.Parts {
		part := &m.Parts[i]
		if part.Rule == "" || m.Decoded != "" || part.Span.End > len(c.text) {
			continue
		}
		part.Start = c.to(part.Span.Start).report(1)
		part.End = c.to(part.Span.End).report(1)
	}
}

func (p position) report(wide int) finding.Position {
	column := p.column
	if wide == 2 {
		column = p.bytes / 2
	}
	if p.marked == wide && column > 0 { // editors show no column for it
		column--
	}
	return finding.Position{Line: p.line + 1, Column: column + 1, Byte: p.bytes + 1, Offset: p.offset}
}

// wideness returns the bytes a code unit of the outermost encoding takes.
func wideness(decoded string) int {
	if strings.HasPrefix(decoded, "utf-16") {
		return 2
	}
	return 1
}

const (
	snippetBefore = 100 // bytes shown before and after a secret
	snippetAfter  = 60
	snippetLong   = 200 // most bytes of the secret itself
)

// snippet cuts the line around a secret out of text.
func snippet(text []byte, start, end int, secret string, wide int) (string, finding.Span) {
	from := max(0, start-snippetBefore*wide)
	if i := bytes.LastIndexByte(text[from:start], '\n'); i >= 0 {
		from += i + 1
		from += (start - from) % wide // the line break's other half, where that comes last
	}
	stop := min(end, start+snippetLong*wide)
	if i := bytes.IndexByte(text[start:stop], '\n'); i >= 0 {
		stop = start + i
	}
	to := min(len(text), stop+snippetAfter*wide)
	if i := bytes.IndexByte(text[stop:to], '\n'); i >= 0 {
		to = stop + i
	}
	line, before, found := string(text[from:to]), string(text[from:start]), string(text[start:stop])
	if wide == 2 {
		sample := text[start:stop]
		line, before, found = narrow(text[from:to], sample), narrow(text[from:start], sample), narrow(sample, sample)
	}
	before = strings.Map(printable, strings.ToValidUTF8(before, "\uFFFD"))
	line = shown(line)
	return line, markOf(line, len(before), secret, shown(found))
}

// shown is a text as a report shows it.
func shown(text string) string {
	return strings.Map(printable, strings.TrimRight(strings.ToValidUTF8(text, "\uFFFD"), "\r\n"))
}

// markOf returns where a secret stands in a line: within the text that was found at a byte of it, as that text, or, where
// the line holds neither there, wherever one of them stands first. The same text may stand earlier in the line, as where a
// user's name is the password.
func markOf(line string, at int, secret, found string) finding.Span {
	if at <= len(line) && found != "" && strings.HasPrefix(line[at:], found) {
		if i := strings.Index(found, secret); i >= 0 && secret != "" {
			return finding.Span{Start: at + i, End: at + i + len(secret)}
		}
		return finding.Span{Start: at, End: at + len(found)}
	}
	for _, s := range []string{secret, found} {
		if i := strings.Index(line, s); i >= 0 && s != "" {
			return finding.Span{Start: i, End: i + len(s)}
		}
	}
	return finding.Span{}
}

func printable(r rune) rune {
	if r < ' ' && r != '\t' || r == 0x7f || r == '\ufeff' {
		return -1
	}
	return r
}

// narrow decodes UTF-16 text, guessing the byte order from the sample's zero bytes.
func narrow(text, sample []byte) string {
	order := 0
	for i, c := range sample {
		if c == 0 {
			order = 1 - i%2
			break
		}
	}
	units := make([]uint16, 0, len(text)/2)
	for i := 0; i+1 < len(text); i += 2 {
		units = append(units, uint16(text[i+order])|uint16(text[i+1-order])<<8)
	}
	return string(utf16.Decode(units))
}

// longest stretch before and after a secret in which an inline allow is looked for, and how much of it is so long that it
// pays to remember where none stands
const (
	allowReach = 4096
	longLines  = 1024
)

// allowance returns the inline allow comment on the lines of [start, end), from the mark to the end of its line, or "".
// Comments for other scanners count too, there or on the line above.
func (c *cursor) allowance(start, end int, mark string) string {
	if mark == "-" {
		return ""
	}
	text := c.text
	from := max(0, start-allowReach)
	if i := bytes.LastIndexByte(text[from:start], '\n'); i >= 0 {
		from += i + 1
	}
	to := min(len(text), end+allowReach)
	if i := bytes.IndexByte(text[end:to], '\n'); i >= 0 {
		to = end + i
	}
	above := bytes.TrimSuffix(text[max(0, from-allowReach):from], []byte{'\n'})
	above = above[bytes.LastIndexByte(above, '\n')+1:]
	near := finding.Span{Start: max(0, from-1-len(above)), End: to}
	if to-from > longLines { // many places of it would each look at the same stretch
		near = finding.Span{Start: max(0, start-2*allowReach), End: min(len(text), end+allowReach)}
	}
	if c.silent(near, mark) {
		return ""
	}
	lines := text[from:to]
	if i := bytes.Index(lines, []byte(mark)); i >= 0 {
		return comment(lines[i:])
	}
	if at, _ := finding.FindForeignAllow(string(lines), false); at >= 0 {
		return comment(lines[at:])
	}
	if at, _ := finding.FindForeignAllow(string(above), true); at >= 0 {
		return comment(above[at:])
	}
	return ""
}

// silent tells whether nothing in a stretch may be a comment that allows anything.
func (c *cursor) silent(near finding.Span, mark string) bool {
	if c.quiet.Words == nil {
		c.quiet.Words = append(finding.AllowWords(), strings.Map(lowerASCII, mark))
	}
	return c.quiet.Of(c.text, near.Start, near.End)
}

// lowerASCII makes a letter small as package fold does, which leaves other scripts alone.
func lowerASCII(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// comment returns the first of some lines.
func comment(lines []byte) string {
	if i := bytes.IndexByte(lines, '\n'); i >= 0 {
		lines = lines[:i]
	}
	return strings.TrimSpace(strings.ToValidUTF8(string(lines), "\uFFFD"))
}
