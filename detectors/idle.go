package detectors

import (
	"slices"

	"github.com/unleak/unleak/finding"
)

// dropIdle drops, of matches sorted by position, those of rules that find only parts and that nothing nearby wants: they
// are no finding, and must not win over one that stands for the same bytes. It works in place.
func (e *Engine) dropIdle(matches []finding.Match) []finding.Match {
	if !slices.ContainsFunc(matches, e.partOnly) {
		return matches
	}
	idle := make([]bool, len(matches))
	for i := range matches {
		idle[i] = e.partOnly(matches[i]) && !e.wanted(matches, i)
	}
	out := matches[:0]
	for i, m := range matches {
		if !idle[i] {
			out = append(out, m)
		}
	}
	return out
}

func (e *Engine) partOnly(m finding.Match) bool {
	c := e.byID[m.Rule]
	return c != nil && c.PartOnly
}

// wanted tells whether a match near matches[i] lacks the part that it may be.
func (e *Engine) wanted(matches []finding.Match, i int) bool {
	for k := i - 1; k >= 0 && matches[i].Span.Start-matches[k].Span.Start <= 2*pairReach; k-- {
		if e.wants(&matches[k], &matches[i]) {
			return true
		}
	}
	for k := i + 1; k < len(matches) && matches[k].Span.Start-matches[i].Span.End <= 2*pairReach; k++ {
		if e.wants(&matches[k], &matches[i]) {
			return true
		}
	}
	return false
}

func (e *Engine) wants(whole, part *finding.Match) bool {
	c := e.byID[whole.Rule]
	if c == nil || whole.Decoded != part.Decoded {
		return false
	}
	for _, p := range c.Parts {
		if p.Rule == part.Rule && !hasPart(whole, p.Name) {
			return true
		}
	}
	return false
}
