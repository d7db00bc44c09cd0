package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// terminal lays text out for a screen of a given width. Whatever it prints from a report is freed of characters that
// steer terminals, so that a path or a commit message cannot forge lines, colours or links.
type terminal struct {
	w     io.Writer
	width int
	color bool
	err   error
}

// Widths of the text format, in columns.
const (
	leastWidth   = 60
	usualWidth   = 100
	mostWidth    = 200
	labelColumns = 12 // of the labels at the left
)

func newTerminal(w io.Writer, opts Options) *terminal {
	width := opts.Width
	if width == 0 {
		width = usualWidth
	}
	return &terminal{w: w, width: min(max(width, leastWidth), mostWidth), color: opts.Color}
}

// Styles, as parameters of the SGR sequence (ECMA-48, 8.3.117).
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	blue   = "34"
	cyan   = "36"
	onRed  = "1;37;41"
)

func (t *terminal) style(sgr, text string) string {
	if !t.color || text == "" || sgr == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func (t *terminal) line(text string) {
	t.write(strings.TrimRight(text, " "))
	t.write("\n")
}

func (t *terminal) write(text string) {
	if t.err == nil {
		_, t.err = io.WriteString(t.w, text)
	}
}

// field writes a label and a text, which is wrapped.
func (t *terminal) field(label, text string) { t.styled(label, text, "") }

func (t *terminal) styled(label, text, sgr string) {
	for i, l := range wrap(clean(text), t.width-labelColumns) {
		if i > 0 {
			label = ""
		}
		t.line(t.label(label) + t.style(sgr, l))
	}
}

func (t *terminal) label(text string) string {
	const blank = "            " // labelColumns of them
	return t.style(dim, blank[:2]+text+blank[min(2+len(text), len(blank)):])
}

// both writes two texts on one line, the words of the second at the right edge, or on the next line where they do not fit.
// There they stand in reverse: in a report that is kept as a file, "some-password  0a1b2c" alone on a line would look like a
// name and its value.
func (t *terminal) both(left, plainLeft string, right ...string) {
	const space = "  "
	right = slices.DeleteFunc(right, func(s string) bool { return s == "" })
	text := strings.Join(right, space)
	gap := t.width - columns(plainLeft) - columns(text)
	if gap < 2 {
		slices.Reverse(right)
		t.line(left)
		t.line(strings.Repeat(" ", labelColumns) + t.style(dim, strings.Join(right, space)))
		return
	}
	t.line(left + strings.Repeat(" ", gap) + t.style(dim, text))
}

// clean replaces what a terminal would act on: control characters, and marks that turn the direction of writing.
func clean(s string) string {
	if onlyASCII(s) {
		return s
	}
	return tame(oneSpace.Replace(s))
}

// onlyASCII tells whether a text has nothing but the printable characters of ASCII, as almost all have.
func onlyASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// oneSpace does not change once made.
var oneSpace = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ")

// tame is clean for texts of several lines.
func tame(s string) string {
	if onlyASCII(s) || strings.IndexFunc(s, unsafe) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return r
		case unsafe(r):
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

func unsafe(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

// wrap breaks a text into lines of at most width columns, between words where it can.
func wrap(text string, width int) []string {
	if text == "" || !onlyASCII(text) || text[0] == ' ' || text[len(text)-1] == ' ' || strings.Contains(text, "  ") {
		return wrapWords(text, width)
	}
	var lines []string
	for len(text) > width {
		if cut := strings.LastIndexByte(text[:width+1], ' '); cut > 0 {
			lines, text = append(lines, text[:cut]), text[cut+1:]
		} else {
			lines, text = append(lines, text[:width]), text[width:]
		}
	}
	return append(lines, text)
}

// wrapWords is wrap for any text.
func wrapWords(text string, width int) []string {
	var lines []string
	line, n := "", 0
	for _, word := range strings.Fields(text) {
		w := columns(word)
		if n > 0 && n+1+w > width {
			lines = append(lines, line)
			line, n = "", 0
		}
		for w > width && n == 0 {
			cut := prefix(word, width)
			lines = append(lines, cut)
			word = word[len(cut):]
			w -= columns(cut)
		}
		if n > 0 {
			line += " "
			n++
		}
		line += word
		n += w
	}
	if n > 0 || lines == nil {
		lines = append(lines, line)
	}
	return lines
}

// shorten keeps a text within n columns, with an ellipsis in place of its end.
func shorten(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	return strings.TrimRight(prefix(s, n-1), " ") + "…"
}

// plural writes a number with its noun.
func plural[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if before, ok := strings.CutSuffix(noun, "ry"); ok {
		noun = before + "rie"
	}
	return thousands(int64(n)) + " " + noun + "s"
}

// thousands writes a number with commas.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// size writes a number of bytes.
func size(n int64) string {
	const kib = 1024
	switch {
	case n < kib:
		return plural(n, "byte")
	case n < kib*kib:
		return fmt.Sprintf("%.1f KiB", float64(n)/kib)
	case n < kib*kib*kib:
		return fmt.Sprintf("%.1f MiB", float64(n)/(kib*kib))
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(kib*kib*kib))
}
