package detectors

import (
	"errors"
	"fmt"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/fold"
	"github.com/unleak/unleak/rules"
)

// extra is what a rule asks beyond its regex and checks: keywords nearby, a filter, other rules nearby. Rules from
// other scanners' files have some. Of the built-in ones none has any, unless the configuration allows something: then
// all of them that it names have a filter.
type extra struct {
	keywords []string   // in lower case
	filter   *condition // nil: none
	tests    []*condition
	ofOrigin bool // some tests of the filter are not in tests: the place answers them
	required []requirement
}

// exactLines stands in for contextLines for imported rules: other scanners set no limit.
const exactLines = 100

type requirement struct {
	rules.Required
	rule *compiled
}

// equip gives the rules their extras, once all are compiled, and widens what the engine looks at around an edit so far
// that every context is met.
func (e *Engine) equip(allow []rules.Allow) error {
	var errs []error
	for i := range allow {
		errs = append(errs, allow[i].Check())
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	reach := 0
	for i := range e.rules {
		c := &e.rules[i]
		x, err := e.extraOf(c, allow)
		errs = append(errs, err)
		e.nearLines = max(e.nearLines, c.lines)
		e.extras = e.extras || c.Exact
		if x == nil {
			continue
		}
		c.extra, e.extras = x, true
		lines := 0
		if len(x.keywords) > 0 {
			lines, reach = contextLines, max(reach, rules.KeywordReach)
		}
		for _, r := range x.required {
			lines, reach = max(lines, r.Lines+2*contextLines), max(reach, rules.RequiredReach+2*rules.MaxWindow)
		}
		if len(x.tests) > 0 {
			reach = max(reach, mostLine)
		}
		e.nearLines = max(e.nearLines, c.lines+lines)
	}
	e.before, e.after = e.before+reach, e.after+reach
	return errors.Join(errs...)
}

// extraOf returns a rule's extras; nil for none.
func (e *Engine) extraOf(c *compiled, allow []rules.Allow) (*extra, error) {
	x := &extra{}
	for _, k := range c.Keywords {
		x.keywords = append(x.keywords, strings.ToLower(k))
	}
	for _, r := range c.Required {
		rule := e.byID[r.Rule]
		if rule == nil || rule.Regex == "" {
			return nil, fmt.Errorf("rule %q requires %q, which is no rule with a regex", c.ID, r.Rule)
		}
		if r.Lines < 0 || r.Lines > rules.RequiredLines {
			r.Lines = rules.RequiredLines
		}
		x.required = append(x.required, requirement{r, rule})
	}
	var filters []rules.Filter
	if c.Filter != nil {
		filters = append(filters, *c.Filter)
	}
	for i := range allow {
		if allow[i].Covers(c.ID) {
			filters = append(filters, allow[i].Filter)
		}
	}
	if f := rules.AnyOf(filters...); f != nil {
		notes := 0
		compiled := newCondition(f, &notes)
		x.filter = &compiled
		x.tests, x.ofOrigin = compiled.split()
	}
	if len(x.keywords) == 0 && x.filter == nil && len(x.required) == 0 {
		return nil, nil
	}
	return x, nil
}

// admit judges a match of text by its rule's extras; whole is what the whole regex matched. It may widen the match's
// context and add parts; false drops it.
func (s *Scanner) admit(c *compiled, text []byte, whole finding.Span, m *finding.Match) bool {
	return c.extra == nil ||
		c.extra.judgeText(text, whole, m) && c.extra.keywordNear(text, whole, m) && s.meetsRequired(c, text, whole, m)
}

// admitRest judges the matches from s.out[n] on that no regex found; judge has seen the others, admitMade those of made-up
// lines, a nested scanner those of decoded text.
func (s *Scanner) admitRest(n int) {
	kept := s.out[:n]
	for _, m := range s.out[n:] {
		c := s.byID[m.Rule]
		if c == nil || c.Regex != "" || m.Decoded != "" && c.Technique != "kubernetes-secret" || s.admit(c, s.text, m.Span, &m) {
			kept = append(kept, m)
		}
	}
	s.out = kept
}

// keywordNear tells whether one of the keywords stands in the match or near it, and makes the nearest part of the
// context.
func (x *extra) keywordNear(text []byte, whole finding.Span, m *finding.Match) bool {
	if len(x.keywords) == 0 || x.keywordIn(text[whole.Start:whole.End]) >= 0 {
		return true
	}
	start := linesBack(text, whole.Start, rules.KeywordReach)
	end := linesForward(text, whole.End, rules.KeywordReach)
	best := finding.Span{Start: -1}
	for _, k := range x.keywords {
		if i := lastFold(text[start:whole.Start], k); i >= 0 {
			best = closer(whole, best, finding.Span{Start: start + i, End: start + i + len(k)})
		}
		if i := fold.Index(text[whole.Start:end], k); i >= 0 {
			best = closer(whole, best, finding.Span{Start: whole.Start + i, End: whole.Start + i + len(k)})
		}
	}
	if best.Start < 0 {
		return false
	}
	m.Context = cover(m.Context, best)
	return true
}

func (x *extra) keywordIn(text []byte) int {
	for _, k := range x.keywords {
		if i := fold.Index(text, k); i >= 0 {
			return i
		}
	}
	return -1
}

// closer returns which of two spans is nearer to whole; a none starts at -1.
func closer(whole, a, b finding.Span) finding.Span {
	if a.Start < 0 || apart(whole, b) < apart(whole, a) {
		return b
	}
	return a
}

// apart is the number of bytes between two spans, 0 where they touch.
func apart(a, b finding.Span) int { return max(0, b.Start-a.End, a.Start-b.End) }

func cover(a, b finding.Span) finding.Span {
	return finding.Span{Start: min(a.Start, b.Start), End: max(a.End, b.End)}
}

// trimLines takes the line breaks at its ends from a secret.
func trimLines(text []byte, s finding.Span) finding.Span {
	for s.Len() > 1 && (text[s.Start] == '\n' || text[s.Start] == '\r') {
		s.Start++
	}
	for s.Len() > 1 && (text[s.End-1] == '\n' || text[s.End-1] == '\r') {
		s.End--
	}
	return s
}

// groupOf returns the span of a rule's secret among those that a regex matched; -1 where it took no part.
func groupOf(c *compiled, loc []int) [2]int {
	if !c.FirstGroup {
		return [2]int(loc[2*c.SecretGroup:])
	}
	for i := 2; i+1 < len(loc); i += 2 {
		if loc[i] >= 0 && loc[i] < loc[i+1] {
			return [2]int(loc[i:])
		}
	}
	return [2]int{-1, -1}
}
