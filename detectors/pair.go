package detectors

import (
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// pairReach is how far apart, in bytes, the components of one credential may stand.
const pairReach = 1500

// pair joins credentials of several components: a match whose rule names parts takes the nearest match of each part's
// rule, which is then no finding of its own. A component that nobody takes stays, unless its rule finds only parts.
// Matches are sorted by position; the result is too.
func (e *Engine) pair(matches []finding.Match) []finding.Match {
	taken := map[int]bool{}
	for i := range matches {
		c := e.byID[matches[i].Rule]
		if c == nil || len(c.Parts) == 0 {
			continue
		}
		for _, p := range c.Parts {
			if hasPart(&matches[i], p.Name) {
				if k := nearest(matches, i, p.Rule); k >= 0 && holds(&matches[i], p.Name, matches[k].Secret) {
					taken[k] = true // found beside it already
				}
				continue
			}
			if k := nearest(matches, i, p.Rule); k >= 0 {
				taken[k] = true
				addPart(&matches[i], p, &matches[k])
			}
		}
	}
	out := matches[:0]
	for i, m := range matches {
		c := e.byID[m.Rule]
		if !taken[i] && (c == nil || !c.PartOnly) {
			out = append(out, m)
		}
	}
	return out
}

func hasPart(m *finding.Match, name string) bool {
	return slices.ContainsFunc(m.Parts, func(p finding.Part) bool { return p.Name == name })
}

// holds tells whether a value is a match's part of that name.
func holds(m *finding.Match, name, value string) bool {
	return slices.ContainsFunc(m.Parts, func(p finding.Part) bool { return p.Name == name && p.Value == finding.NewSecret(value) })
}

// addPart takes a component into a credential, with what is proved of it: its account and whose trap it is, say.
func addPart(m *finding.Match, p rules.PartRule, with *finding.Match) {
	for _, proof := range with.Proofs {
		if proof.Kind == "structure" || proof.Kind == "canary" {
			m.Proofs = append(slices.Clip(m.Proofs), proof)
		}
	}
	if slices.Contains(with.Tags, "canary") {
		m.Tags = addTag(m.Tags, "canary")
	}
	m.Parts = append(slices.Clip(m.Parts), finding.Part{
		Name: p.Name, Value: finding.NewSecret(with.Secret), Rule: with.Rule, Span: with.Span,
	})
}

// nearest returns the index of the match of a rule that stands nearest to matches[i], within pairReach; the earlier of
// two equally near; -1 if there is none.
func nearest(matches []finding.Match, i int, rule string) int {
	best, least := -1, pairReach+1
	for k := i - 1; k >= 0 && matches[i].Span.Start-matches[k].Span.Start <= 2*pairReach; k-- {
		if d := gap(matches[k].Span, matches[i].Span); partOf(&matches[i], &matches[k], rule) && d <= least {
			best, least = k, d
		}
	}
	for k := i + 1; k < len(matches) && matches[k].Span.Start-matches[i].Span.End < least; k++ {
		if d := gap(matches[i].Span, matches[k].Span); partOf(&matches[i], &matches[k], rule) && d < least {
			best, least = k, d
		}
	}
	if least > pairReach {
		return -1
	}
	return best
}

// partOf tells whether m is of the rule and stands in the same text as whole, encoded or not.
func partOf(whole, m *finding.Match, rule string) bool {
	return m.Rule == rule && m.Decoded == whole.Decoded
}

func gap(a, b finding.Span) int { return max(0, b.Start-a.End) }
