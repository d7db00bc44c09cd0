package detectors

import (
	"bytes"
	"strings"

	"github.com/unleak/unleak/detectors/proof"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// regexTechnique runs a rule's regex on the window that a match with the literal at hand may take up.
type regexTechnique struct{}

func (regexTechnique) literals(c *compiled) []rules.Literal { return c.Plan.Literals }
func (regexTechnique) blocks() bool                         { return false }

func (regexTechnique) try(s *Scanner, c *compiled, l *rules.Literal, text []byte, pos int, out []finding.Match) []finding.Match {
	w := window(c, l, text, pos)
	if w.Len() < c.Plan.MinLen || !holdsRun(text[w.Start:w.End], &c.Plan.Run) {
		return out
	}
	return tryWindow(s, c, text, w, l, pos, out)
}

// holdsRun tells whether text holds a run. It looks at every run.Len-th byte and back from there, so that most of a
// text without one is never looked at.
func holdsRun(text []byte, run *rules.Run) bool {
	start := 0 // where a run may begin at the earliest
	for at := run.Len - 1; at < len(text); {
		i := at
		for i >= start && run.Has(text[i]) {
			i--
		}
		if i < start {
			return true
		}
		start = i + 1
		at = i + run.Len
	}
	return run.Len == 0
}

// window returns the bytes that a match with the literal at pos can take up, with one byte more on each side for
// borders, cut to the line where no match holds a line break.
func window(c *compiled, l *rules.Literal, text []byte, pos int) finding.Span {
	w := finding.Span{Start: max(0, pos-l.Before[1]-1), End: min(len(text), pos+l.After+1)}
	if !c.Plan.SingleLine {
		return w
	}
	if i := bytes.LastIndexByte(text[w.Start:pos], '\n'); i >= 0 {
		w.Start += i + 1
	}
	if i := bytes.IndexByte(text[pos:w.End], '\n'); i >= 0 {
		w.End = pos + i
	}
	return w
}

// tryWindow appends the match of the window that holds the literal at pos; without a literal, all matches.
func tryWindow(s *Scanner, c *compiled, text []byte, w finding.Span, l *rules.Literal, pos int, out []finding.Match) []finding.Match {
	re := c.regex()
	for at := w.Start; at < w.End; {
		loc := re.FindSubmatchIndex(text[at:w.End])
		if loc == nil {
			s.traceWindow(c, l, text, w, nil)
			return out
		}
		for i := range loc {
			if loc[i] >= 0 {
				loc[i] += at
			}
		}
		if l != nil {
			if loc[0] > pos-l.Before[0] {
				return out
			}
			if loc[0] < pos-l.Before[1] || loc[1] < pos+len(l.Text) {
				at = loc[0] + 1
				continue
			}
		}
		out = s.judge(c, text, w, loc, pos, out)
		if l != nil || loc[1] == at {
			return out
		}
		at = loc[1]
	}
	return out
}

// judge applies the checks, from cheap to dear, to a regex match and appends it if they hold.
func (s *Scanner) judge(c *compiled, text []byte, w finding.Span, loc []int, pos int, out []finding.Match) []finding.Match {
	start, end := loc[2*c.SecretGroup], loc[2*c.SecretGroup+1]
	if start < 0 {
		start, end = loc[0], loc[1]
	}
	value := text[start:end]
	if why := placeholder(value); why != "" {
		s.traceDrop(c, text, w, start, end, why)
		return out
	}
	if c.Entropy > 0 && !randomEnough(value, c.Entropy) {
		s.traceDrop(c, text, w, start, end, "entropy")
		return out
	}
	secret := strings.Clone(string(value))
	for _, re := range c.reject {
		if re().MatchString(secret) {
			s.traceDrop(c, text, w, start, end, "rejected by rule")
			return out
		}
	}
	m := finding.Match{
		Rule: c.ID, Secret: secret, Span: finding.Span{Start: start, End: end}, Context: w,
		Confidence: c.Confidence, Tags: c.Tags, Rank: rankContext,
	}
	if pos >= start && pos < end {
		m.Rank = rankShape
	}
	if !c.prove(&m, string(text[loc[0]:loc[1]])) || m.Confidence < s.opts.MinConfidence {
		s.traceDrop(c, text, w, start, end, "checks")
		return out
	}
	s.traceKeep(c, text, w, &m)
	return append(out, m)
}

// prove runs the rule's offline checks; false means that one shows the match is no credential.
func (c *compiled) prove(m *finding.Match, whole string) bool {
	for _, check := range c.checks {
		r := check(proof.Candidate{Secret: m.Secret, Match: whole})
		if r.Drop {
			return false
		}
		m.Proofs = append(m.Proofs, r.Proofs...)
		for _, t := range r.Tags {
			m.Tags = addTag(m.Tags, t)
		}
		if r.Confidence > 0 {
			m.Confidence = r.Confidence
		}
	}
	return true
}
