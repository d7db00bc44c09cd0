package detectors

import (
	"bytes"
	"strings"

	"github.com/unleak/unleak/detectors/generic"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// genericTechnique hands the engine's hits to the detector of assignments. One rule carries its literals; the rules
// it reports under are described in the same rule file.
type genericTechnique struct{}

// genericCarrier is the rule that brings the keywords.
const genericCarrier = "generic-password"

// genericBefore is how far before a keyword what belongs to it may begin: a name, and what stands before it.
const genericBefore = 512

func (genericTechnique) literals(c *compiled) []rules.Literal {
	if c.ID != genericCarrier {
		return nil
	}
	var lits []rules.Literal
	for _, k := range generic.Keywords() {
		lits = append(lits, rules.Literal{
			Text: k, Fold: true, Before: [2]int{genericBefore, genericBefore}, After: generic.Radius + len(k),
		})
	}
	return lits
}

func (genericTechnique) blocks() bool { return false }

func (genericTechnique) try(s *Scanner, _ *compiled, l *rules.Literal, text []byte, pos int, out []finding.Match) []finding.Match {
	n := len(out)
	out = s.generic.At(text, pos, len(l.Text), out)
	kept := out[:n]
	for _, m := range out[n:] {
		near := m.Context.Start >= linesBack(text, pos, genericBefore) && m.Context.End <= linesForward(text, pos, l.After)
		if near && s.byID[m.Rule] != nil && !binaryNoise(text, &m) {
			kept = append(kept, m)
		}
	}
	return kept
}

// binaryNoise tells whether m is chance in binary content: where zero bytes stand around a value only NAME=value, as in
// an environment block, is an assignment.
func binaryNoise(text []byte, m *finding.Match) bool {
	if bytes.IndexByte(text[m.Context.Start:m.Context.End], 0) < 0 {
		return false
	}
	return m.Span.Start == 0 || text[m.Span.Start-1] != '=' || strings.ContainsAny(m.Secret, " \t")
}
