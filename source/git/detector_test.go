package git

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// fake is a small detector with the two properties that deltas must respect: tokens whose context is a few bytes on
// either side, and assignments whose context is their whole line. Overlapping matches compete in Resolve.
type fake struct{ filter bool }

var (
	tokenRE  = regexp.MustCompile(`tok_[a-z0-9]{6}`)
	assignRE = regexp.MustCompile(`(?m)^[^\n]*secret *= *([a-z0-9_]+)[^\n]*$`)
)

const around = 3 // bytes a token's decision looks at on either side

func newFake() scanner.Detector { return &fake{filter: true} }

func (f *fake) Scan(text []byte, dirty []finding.Span, out []finding.Match) []finding.Match {
	if dirty == nil {
		return f.window(text, 0, nil, out)
	}
	for i := 0; i < len(dirty); {
		// everything a match that touches the spans can rest on: their lines, wholly, and a token's width more
		lo, hi := lineAround(text, dirty[i].Start, dirty[i].End)
		j := i + 1
		for ; j < len(dirty) && dirty[j].Start <= hi; j++ {
			_, hi = lineAround(text, dirty[j].Start, max(hi, dirty[j].End))
		}
		out = f.window(text[lo:hi], lo, dirty, out)
		i = j
	}
	return out
}

// lineAround widens a span to the lines it touches and the width of a token with its surroundings.
func lineAround(text []byte, start, end int) (lo, hi int) {
	lo, hi = max(0, start-around-11), min(len(text), end+around+11)
	lo = bytes.LastIndexByte(text[:lo], '\n') + 1
	if k := bytes.IndexByte(text[hi:], '\n'); k >= 0 {
		hi += k + 1
	} else {
		hi = len(text)
	}
	return lo, hi
}

func (f *fake) window(text []byte, base int, dirty []finding.Span, out []finding.Match) []finding.Match {
	if f.filter && !bytes.Contains(text, []byte("tok_")) && !bytes.Contains(text, []byte("secret")) {
		return out
	}
	add := func(rule string, span, context finding.Span) {
		m := finding.Match{Rule: rule, Secret: string(text[span.Start:span.End]), Span: span.Shift(base), Context: context.Shift(base)}
		if dirty == nil || touchesAny(m.Context, dirty) {
			out = append(out, m)
		}
	}
	for _, at := range tokenRE.FindAllIndex(text, -1) {
		lo, hi := max(0, at[0]-around), min(len(text), at[1]+around)
		if bytes.IndexByte(text[lo:at[0]], '#') >= 0 || bytes.IndexByte(text[at[1]:hi], '#') >= 0 {
			continue
		}
		add("token", finding.Span{Start: at[0], End: at[1]}, finding.Span{Start: lo, End: hi})
	}
	for _, at := range assignRE.FindAllSubmatchIndex(text, -1) {
		add("assign", finding.Span{Start: at[2], End: at[3]}, finding.Span{Start: at[0], End: at[1]})
	}
	return out
}

func (f *fake) Resolve(m []finding.Match) []finding.Match {
	slices.SortFunc(m, func(a, b finding.Match) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(b.Rule, a.Rule))
	})
	m = slices.CompactFunc(m, func(a, b finding.Match) bool { return a.Rule == b.Rule && a.Span == b.Span })
	out := m[:0]
	for _, x := range m {
		if n := len(out); n > 0 && out[n-1].Span.Overlaps(x.Span) {
			continue
		}
		out = append(out, x)
	}
	return out
}

func (f *fake) Accept(o *finding.Origin, _ *finding.Match) bool {
	return !strings.HasPrefix(o.Path, "ignored/")
}

func (f *fake) Describe(*finding.Match) (string, finding.Severity) { return "fake", finding.High }
