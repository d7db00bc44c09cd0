// Termsvg draws what a terminal showed as an SVG: text with colours (SGR, ECMA-48 8.3.117) from standard input, one line
// after the other coming up where the viewer plays animations, all at once where not.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"html"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

func main() {
	columns := flag.Int("columns", 100, "width of the terminal")
	title := flag.String("title", "A terminal session", "what a screen reader says")
	flag.Parse()
	if err := run(os.Stdin, os.Stdout, *columns, *title); err != nil {
		fmt.Fprintln(os.Stderr, "termsvg:", err)
		os.Exit(1)
	}
}

// The grid, in pixels.
const (
	cellWidth  = 8.4
	lineHeight = 18
	margin     = 16
)

// style is what SGR codes set.
type style struct {
	bold, dim, underline bool
	fore, back           string // colours; "" is the default
}

// palette has the eight colours and their bright ones, as they look on a dark ground.
var palette = [16]string{
	"#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#e6edf3",
	"#6e7681", "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#ffffff",
}

// grounds are the colours behind text, dark enough for white letters.
var grounds = [8]string{"#484f58", "#b62324", "#1a7f37", "#9e6a03", "#1f6feb", "#8957e5", "#1b7c83", "#6e7681"}

func run(in io.Reader, out io.Writer, columns int, title string) error {
	var lines []string
	s := bufio.NewScanner(in)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		lines = append(lines, strings.TrimRight(s.Text(), "\r"))
	}
	if err := s.Err(); err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	width, height := float64(columns)*cellWidth+2*margin, len(lines)*lineHeight+2*margin
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 %.0f %d" width="%.0f" height="%d">`+"\n", width, height, width, height)
	fmt.Fprintf(w, "<title>%s</title>\n", html.EscapeString(title))
	fmt.Fprint(w, "<style>text{font:14px ui-monospace,Menlo,Consolas,monospace;fill:#e6edf3;white-space:pre}"+
		"g{animation:up .01s backwards}@keyframes up{from{opacity:0}}"+
		"@media(prefers-reduced-motion){g{animation:none}}</style>\n")
	fmt.Fprintf(w, `<rect width="100%%" height="100%%" rx="8" fill="#0d1117"/>`+"\n")
	delay := 0.5
	for i, line := range lines {
		if strings.HasPrefix(line, "$ ") {
			delay += 1.2 // time to read what came before, and to type
		}
		drawLine(w, line, i, delay)
		delay += 0.04
	}
	fmt.Fprintln(w, "</svg>")
	return w.Flush()
}

// drawLine draws a line as runs of one style.
func drawLine(w io.Writer, line string, row int, delay float64) {
	if line == "" {
		return
	}
	y := margin + row*lineHeight
	fmt.Fprintf(w, `<g style="animation-delay:%.2fs">`, delay)
	var st style
	column := 0
	for line != "" {
		text, rest := line, ""
		if i := strings.IndexByte(line, '\x1b'); i >= 0 {
			text, rest = line[:i], line[i:]
		}
		drawRun(w, st, text, column, y)
		column += utf8.RuneCountInString(text)
		line = rest
		if rest != "" {
			line = st.escape(rest)
		}
	}
	fmt.Fprintln(w, "</g>")
}

func drawRun(w io.Writer, st style, text string, column, y int) {
	if text == "" {
		return
	}
	n := float64(utf8.RuneCountInString(text))
	x := margin + float64(column)*cellWidth
	if st.back != "" {
		fmt.Fprintf(w, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`, x, y, n*cellWidth, lineHeight, st.back)
	}
	if strings.TrimSpace(text) == "" {
		return
	}
	var more string
	if st.fore != "" {
		more += fmt.Sprintf(` style="fill:%s"`, st.fore)
	}
	if st.bold {
		more += ` font-weight="bold"`
	}
	if st.dim {
		more += ` opacity=".7"`
	}
	if st.underline {
		more += ` text-decoration="underline"`
	}
	fmt.Fprintf(w, `<text x="%.1f" y="%d" textLength="%.1f" xml:space="preserve"%s>%s</text>`, x, y+13, n*cellWidth, more, html.EscapeString(text))
}

// escape reads one escape sequence and returns what follows it. Those that set no style are passed over.
func (st *style) escape(s string) (rest string) {
	end := 2
	for end < len(s) && (s[end] < '@' || s[end] > '~') {
		end++
	}
	if len(s) < 3 || s[1] != '[' || end >= len(s) {
		return s[min(len(s), 2):]
	}
	if s[end] == 'm' {
		for code := range strings.SplitSeq(s[2:end], ";") {
			n, _ := strconv.Atoi(code) // no number is 0
			st.set(n)
		}
	}
	return s[end+1:]
}

func (st *style) set(code int) {
	switch {
	case code == 0:
		*st = style{}
	case code == 1:
		st.bold = true
	case code == 2:
		st.dim = true
	case code == 4:
		st.underline = true
	case code >= 30 && code <= 37:
		st.fore = palette[code-30]
	case code >= 90 && code <= 97:
		st.fore = palette[code-82]
	case code >= 40 && code <= 47:
		st.back = grounds[code-40]
	case code == 39:
		st.fore = ""
	case code == 49:
		st.back = ""
	}
}
