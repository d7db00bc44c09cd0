package trend

import (
	_ "embed" // the page
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"github.com/unleak/unleak/internal/template"
)

//go:embed html/page.html
var pageText string

// WriteHTML writes a summary as one self-contained page without scripts. Every text of the page goes through "text",
// which escapes it; html/template would do so by itself and cost the program a fifth of a megabyte.
func WriteHTML(w io.Writer, s Summary) error {
	page, err := template.Parse("trend", pageText, false, template.Funcs{
		"text": html.EscapeString,
		"date": func(t time.Time) string { return t.Format(time.DateOnly) }, "mean": Mean.String, "chart": newChart,
		"thisWeek": func(s Summary) int {
			if len(s.Weeks) == 0 {
				return 0
			}
			return s.Weeks[len(s.Weeks)-1].New
		},
		"sections": func(s Summary) []section {
			return []section{{"By team", "team", s.Teams}, {"By type", "rule", s.Types}, {"By severity", "severity", s.Severity}}
		},
	})
	if err != nil {
		return err
	}
	return page.Execute(w, s)
}

type section struct {
	Title, Column string
	Groups        []Group
}

// String writes a mean for people.
func (m Mean) String() string {
	if m.Count == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f d", m.Days)
}

// chart is a bar chart in SVG: two bars a week, and a line.
type chart struct {
	Width, Height int
	Bars, Labels  []mark
	Line          string
}

type mark struct {
	Class      string
	X, Y, W, H int
	Title      string
}

func newChart(weeks []Week) chart {
	const width, height, bottom, top = 900, 220, 190, 15
	c := chart{Width: width, Height: height}
	most := 1
	for _, w := range weeks {
		most = max(most, w.New, w.Closed, w.Open)
	}
	step := width / max(1, len(weeks))
	scale := func(n int) int { return n * (bottom - top) / most }
	var line []string
	for i, w := range weeks {
		x, bar := i*step, max(1, step/3)
		title := fmt.Sprintf("week of %s: %d new, %d closed, %d open", w.Start.Format(time.DateOnly), w.New, w.Closed, w.Open)
		c.Bars = append(c.Bars,
			mark{Class: "new", X: x + step/8, Y: bottom - scale(w.New), W: bar, H: scale(w.New), Title: title},
			mark{Class: "closed", X: x + step/8 + bar, Y: bottom - scale(w.Closed), W: bar, H: scale(w.Closed), Title: title})
		line = append(line, fmt.Sprintf("%d,%d", x+step/2, bottom-scale(w.Open)))
		if len(weeks) <= 12 || i%(1+len(weeks)/12) == 0 {
			c.Labels = append(c.Labels, mark{X: x + 2, Y: bottom + 14, Title: w.Start.Format("Jan 2")})
		}
	}
	c.Line = strings.Join(line, " ")
	return c
}
