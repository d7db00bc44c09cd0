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
			if n := slices.IndexFunc(matches[i].Parts, func(q finding.Part) bool { return q.Name == p.Name }); n >= 0 {
				k := nearest(matches, i, p.Rule)
				switch {
				case k < 0:
					continue
				case holds(&matches[i], p.Name, matches[k].Secret):
					taken[k] = true // found beside it already
					continue
				case matches[i].Parts[n].Rule != "" || matches[i].Parts[n].Open() || matches[i].Parts[n].Span == matches[i].Span:
					continue
				}
				matches[i].Parts = slices.Delete(slices.Clone(matches[i].Parts), n, n+1) // named alike, but another format
			}
			if k := nearest(matches, i, p.Rule); k >= 0 {
				taken[k] = true
				addPart(&matches[i], p, &matches[k])
			}
		}
	}
	for i := range matches {
		e.halve(matches, i, taken)
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

// halve takes what a match has found beside it for its other part from among the matches, and tags it where it has none.
func (e *Engine) halve(matches []finding.Match, i int, taken map[int]bool) {
	m := &matches[i]
	c := e.byID[m.Rule]
	if c == nil {
		return
	}
	for j, p := range m.Parts {
		if p.Rule != "" || p.Open() {
			continue
		}
		for k := max(0, i-mostBetween); k < min(len(matches), i+mostBetween); k++ {
			if k != i && matches[k].Secret == p.Value.Reveal() && matches[k].Decoded == m.Decoded && gap(matches[min(i, k)].Span, matches[max(i, k)].Span) <= pairReach {
				taken[k] = true
				if with := e.byID[matches[k].Rule]; with != nil && (with.PartOnly || with.Technique == "generic" && slices.Contains(publicRoles, p.Name)) {
					continue // an id is no secret, whatever it looked like
				}
				m.Parts = slices.Clone(m.Parts)
				m.Parts[j].Rule, m.Parts[j].Span = matches[k].Rule, matches[k].Span
				proveBy(m, &matches[k])
			}
		}
	}
	switch {
	case len(c.Parts) == 0:
	case declaredHalf(m, c.Parts) || hasHalf(m):
		m.Tags = slices.DeleteFunc(slices.Clone(m.Tags), func(t string) bool { return t == tagHalf })
	default:
		m.Tags = addTag(m.Tags, tagHalf)
	}
}

// publicRoles are those of parts that issuers do not keep secret.
var publicRoles = []string{roleClientID, roleAppID, "account id", "tenant id", "channel id", "corp id", "merchant id", "account sid"}

// mostBetween is how many matches may stand between the parts of one credential.
const mostBetween = 12

func hasPart(m *finding.Match, name string) bool {
	return slices.ContainsFunc(m.Parts, func(p finding.Part) bool { return p.Name == name })
}

// holds tells whether a value is a match's part of that name.
func holds(m *finding.Match, name, value string) bool {
	return slices.ContainsFunc(m.Parts, func(p finding.Part) bool { return p.Name == name && p.Value == finding.NewSecret(value) })
}

// addPart takes a component into a credential, with what is proved of it: its account and whose trap it is, say.
func addPart(m *finding.Match, p rules.PartRule, with *finding.Match) {
	proveBy(m, with)
	m.Parts = append(slices.Clip(m.Parts), finding.Part{
		Name: p.Name, Value: finding.NewSecret(with.Secret), Rule: with.Rule, Span: with.Span,
	})
}

// proveBy lets hold of a credential what is proved of a component.
func proveBy(m, with *finding.Match) {
	for _, proof := range with.Proofs {
		if proof.Kind == "structure" || proof.Kind == "canary" {
			m.Proofs = append(slices.Clip(m.Proofs), proof)
		}
	}
	if slices.Contains(with.Tags, "canary") {
		m.Tags = addTag(m.Tags, "canary")
	}
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
