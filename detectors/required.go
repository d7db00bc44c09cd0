package detectors

import (
	"bytes"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/newline"
	"github.com/unleak/unleak/rules"
)

// meetsRequired looks for the rules that a match's rule requires, as near to it as it says, and makes the nearest match
// of each a part. False: one of them is not there.
func (s *Scanner) meetsRequired(c *compiled, text []byte, whole finding.Span, m *finding.Match) bool {
	if len(c.extra.required) == 0 || s.inRequired {
		return true // what is required of others requires nothing itself
	}
	s.inRequired = true
	defer func() { s.inRequired = false }()
	trace := s.trace
	s.trace = nil
	defer func() { s.trace = trace }()
	for i := range c.extra.required {
		r := &c.extra.required[i]
		part, ok := s.nearestRequired(r, text, whole)
		if !ok {
			return false
		}
		m.Context = cover(m.Context, part.Context)
		m.Parts = append(m.Parts, finding.Part{
			Name: r.Rule, Value: finding.NewSecret(part.Secret), Rule: r.Rule, Span: part.Span,
		})
	}
	return true
}

// nearestRequired returns the match of a required rule that stands nearest to whole, the earlier of two, with all that
// is as near as its context.
func (s *Scanner) nearestRequired(r *requirement, text []byte, whole finding.Span) (best finding.Match, ok bool) {
	w := finding.Span{
		Start: linesBackBy(text, whole.Start, rules.RequiredReach, r.Lines),
		End:   linesForwardBy(text, whole.End, rules.RequiredReach, r.Lines),
	}
	for at := w.Start; at < w.End; {
		found, more := search(r.rule, text, at, w.End)
		if !more {
			break
		}
		if got := s.judge(r.rule, text, w, found, at, nil); len(got) > 0 && r.near(text, found.whole, whole) &&
			(!ok || apart(whole, got[0].Span) < apart(whole, best.Span)) {
			best, ok = got[0], true
		}
		at = max(found.whole.End, at+1)
	}
	if ok {
		d := max(whole.Start-best.Span.Start, best.Span.End-whole.End, 0) + 1
		best.Context = finding.Span{Start: max(0, whole.Start-d), End: min(len(text), whole.End+d)}
		if r.Columns >= 0 { // columns hang on where the lines begin
			best.Context.Start -= min(best.Context.Start, 1+column(text, best.Context.Start))
		}
	}
	return best, ok
}

// near tells whether two matches stand as near to each other as a requirement wants, counted from where they begin.
func (r *requirement) near(text []byte, a, b finding.Span) bool {
	if bytes.Count(between(text, a.Start, b.Start), []byte("\n")) > r.Lines {
		return false
	}
	d := column(text, a.Start) - column(text, b.Start)
	return r.Columns < 0 || max(d, -d) <= r.Columns
}

// between returns the bytes between two offsets, whichever comes first.
func between(text []byte, a, b int) []byte { return text[min(a, b):max(a, b)] }

// column returns how many bytes stand before pos on its line.
func column(text []byte, pos int) int { return pos - 1 - newline.Last(text[:pos]) }
