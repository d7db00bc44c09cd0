package detectors

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/unleak/unleak/detectors/generic"
	"github.com/unleak/unleak/detectors/proof"
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
			Text: k, Fold: true, Before: [2]int32{genericBefore, genericBefore}, After: int32(generic.Radius + len(k)),
		})
	}
	return lits
}

func (genericTechnique) try(s *Scanner, _ *compiled, l *rules.Literal, text []byte, pos int, out []finding.Match) []finding.Match {
	if s.onMade {
		return out // its name was made up
	}
	if s.trace != nil {
		s.traceGeneric(text, pos, len(l.Text))
	}
	n := len(out)
	gap := s.gap()
	gap.Start += genericBefore + 1 // a context grows by what encloses the value, see bySection
	out = s.generic.At(text, pos, len(l.Text), gap, out)
	kept := out[:n]
	var named []finding.Match
	for _, m := range out[n:] {
		near := m.Context.Start >= linesBack(text, pos, genericBefore) && m.Context.End <= linesForward(text, pos, int(l.After))
		if near && s.byID[m.Rule] != nil && !binaryNoise(text, &m) && !markup(m.Secret) && !sealedText(m.Secret) && !pemHeader(m.Secret) && !encodedFiller(m.Secret) {
			named = s.byHost(text, &m, named)
			named = s.bySection(text, &m, linesBack(text, pos, genericBefore), named)
			kept = append(kept, published(m))
		}
	}
	return append(kept, named...)
}

// published marks a value that documentation prints.
func published(m finding.Match) finding.Match {
	if check, ok := proof.Lookup("published"); ok {
		r := check(proof.Candidate{Secret: m.Secret, Match: m.Secret})
		m.Proofs = append(m.Proofs, r.Proofs...)
		for _, tag := range r.Tags {
			m.Tags = addTag(m.Tags, tag)
		}
	}
	return m
}

// binaryNoise tells whether m is chance in binary content: where zero bytes stand around a value only NAME=value, as in
// an environment block, is an assignment.
func binaryNoise(text []byte, m *finding.Match) bool {
	if bytes.IndexByte(text[m.Context.Start:m.Context.End], 0) < 0 {
		return false
	}
	return m.Span.Start == 0 || text[m.Span.Start-1] != '=' || strings.ContainsAny(m.Secret, " \t")
}

// pemHeader tells whether a value is the header of a PEM block, or begins with it and holds hardly more.
func pemHeader(value string) bool {
	return strings.HasPrefix(value, "-----BEGIN") && len(value) < pemLabelMax+tornFirst
}

// markup tells whether a value is a regex or troff text: what describes or sets a value is none.
func markup(value string) bool {
	for _, part := range []string{"a-z", "A-Z", "0-9]", "[0-9", "[a-f", "[A-F", `\d{`, `\w{`, `\d+`, `\w+`, `\S+`, `\s*`, "(?:", "(?i", ".*", ".+?", "[^"} {
		if strings.Contains(value, part) && strings.ContainsAny(value, `[]{}\*+`) {
			return true
		}
	}
	if strings.Contains(value, `\b`) && strings.ContainsAny(value, "[({") {
		return true
	}
	for _, part := range []string{`\fP`, `\fR`, `\fI`, `\fB`} {
		if strings.Contains(value, part) {
			return true
		}
	}
	return false
}

// traceGeneric tells of the candidates at a keyword, with the features that decided.
func (s *Scanner) traceGeneric(text []byte, pos, n int) {
	s.generic.Candidates(text, pos, n, func(c *generic.Candidate) {
		why, rule := fmt.Sprintf("confidence %.2f", c.Score), c.Rule
		switch {
		case rule == "":
			why, rule = "ruled out: the name speaks of no credential", genericCarrier
		case c.RuledOut():
			why = "ruled out: name and value contradict each other"
		}
		for _, r := range s.generic.Reasons(c, 4) {
			why += fmt.Sprintf("; %s = %.2g (%+.1f)", r.Feature, r.Value, r.Weight)
		}
		s.trace(Step{Rule: rule, Literal: string(text[pos : pos+n]), Window: c.Context, Value: c.Value,
			Kept: c.Score >= s.opts.MinConfidence, Why: why, Match: &finding.Match{Secret: string(text[c.Value.Start:c.Value.End])}})
	})
}
