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
		mine := map[int]bool{}
		for _, p := range c.Parts {
			if hasPart(&matches[i], p.Name) {
				if k := nearest(matches, i, p.Rule, mine); k >= 0 && holds(&matches[i], p.Name, matches[k].Secret) {
					taken[k] = true // found beside it already
				}
				continue
			}
			if k := nearest(matches, i, p.Rule, mine); k >= 0 {
				taken[k], mine[k] = true, true
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

// halve takes the matches that are named like a match but for the end of the name, and tags it where it stands alone.
func (e *Engine) halve(matches []finding.Match, i int, taken map[int]bool) {
	m := &matches[i]
	c := e.byID[m.Rule]
	if c == nil {
		return
	}
	if h, stem := halfOf(m.Name); h != nil && !taken[i] {
		reach := pairReach
		if stem == "" {
			reach = blockReach
		}
		for k := max(0, i-mostBetween); k < min(len(matches), i+mostBetween); k++ {
			if k == i || matches[k].Secret == m.Secret || matches[k].Decoded != m.Decoded || gap(matches[min(i, k)].Span, matches[max(i, k)].Span) > reach {
				continue
			}
			if role := h.idOf(stem, &matches[k]); role != "" && !taken[k] && e.takesHalf(m, role, &matches[k]) {
				taken[k] = true
			}
		}
	}
	switch {
	case len(c.Parts) == 0:
	case declaredHalf(m, c.Parts) || hasHalf(m):
		m.Tags = without(m.Tags, tagHalf)
	default:
		m.Tags = addTag(m.Tags, tagHalf)
	}
}

// takesHalf makes a match a part of m in a role; false where it has another in that role.
func (e *Engine) takesHalf(m *finding.Match, role string, with *finding.Match) bool {
	n := slices.IndexFunc(m.Parts, func(p finding.Part) bool { return p.Name == role })
	if n >= 0 && m.Parts[n].Rule != "" {
		return false
	}
	m.Parts = slices.Clone(m.Parts)
	m.Tags = without(m.Tags, tagHalf)
	if n < 0 || !byName(m, m.Parts[n]) {
		n = len(m.Parts)
		m.Parts = append(m.Parts, finding.Part{Name: role})
	}
	m.Parts[n].Value, m.Parts[n].Span = finding.NewSecret(with.Secret), with.Span
	if c := e.byID[with.Rule]; c == nil || !c.PartOnly && (c.Technique != "generic" || !slices.Contains(publicRoles, role)) { // an id is no secret, whatever it looked like
		m.Parts[n].Rule = with.Rule
		proveBy(m, with)
	}
	return true
}

// blockReach is how far apart the parts of a credential may stand whose names have nothing else in common, in bytes.
const blockReach = 160

// publicRoles are those of parts that issuers do not keep secret.
var publicRoles = []string{roleClientID, roleAppID, "account id", "tenant id", "channel id", "corp id", "merchant id", "account sid"}

// mostBetween is how many matches may stand between the parts of one credential.
const mostBetween = 12

// hasPart tells whether a match has a part of that name. What is only named like it gives way: which matches are taken must
// not hang on it, since an edit far away may change it.
func hasPart(m *finding.Match, name string) bool {
	return slices.ContainsFunc(m.Parts, func(p finding.Part) bool { return p.Name == name && !byName(m, p) })
}

// byName tells whether a part was found by its name alone (see otherHalf).
func byName(m *finding.Match, p finding.Part) bool {
	return p.Rule == "" && !p.Open() && p.Span != m.Span
}

// holds tells whether a value is a match's part of that name.
func holds(m *finding.Match, name, value string) bool {
	return slices.ContainsFunc(m.Parts, func(p finding.Part) bool { return p.Name == name && p.Value == finding.NewSecret(value) })
}

// addPart takes a component into a credential, with what is proved of it: its account and whose trap it is, say.
func addPart(m *finding.Match, p rules.PartRule, with *finding.Match) {
	proveBy(m, with)
	m.Parts = slices.DeleteFunc(slices.Clone(m.Parts), func(q finding.Part) bool { return q.Name == p.Name && byName(m, q) })
	m.Parts = append(m.Parts, finding.Part{
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

// nearest returns the index of the match of a rule, some left out, that stands nearest to matches[i], within pairReach; the earlier of
// two equally near; -1 if there is none.
func nearest(matches []finding.Match, i int, rule string, but map[int]bool) int {
	best, least := -1, pairReach+1
	for k := i - 1; k >= 0 && matches[i].Span.Start-matches[k].Span.Start <= 2*pairReach; k-- {
		if d := gap(matches[k].Span, matches[i].Span); !but[k] && partOf(&matches[i], &matches[k], rule) && d <= least {
			best, least = k, d
		}
	}
	for k := i + 1; k < len(matches) && matches[k].Span.Start-matches[i].Span.End < least; k++ {
		if d := gap(matches[i].Span, matches[k].Span); !but[k] && partOf(&matches[i], &matches[k], rule) && d < least {
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
