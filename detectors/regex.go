package detectors

import (
	"bytes"
	"slices"
	"strings"

	"github.com/unleak/unleak/detectors/proof"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// regexTechnique runs a rule's regex on the window that a match with the literal at hand may take up.
type regexTechnique struct{}

func (regexTechnique) literals(c *compiled) []rules.Literal { return c.Plan.Literals }

func (regexTechnique) try(s *Scanner, c *compiled, l *rules.Literal, text []byte, pos int, out []finding.Match) []finding.Match {
	if !holdsRun(text[max(0, pos-int(l.Before[1])):min(len(text), pos+int(l.After))], &c.Plan.Run) {
		return out // cheaper than to work out the window, and mostly enough
	}
	w := window(c, l, text, pos)
	if w.Len() < c.Plan.MinLen || !holdsRun(text[w.Start:w.End], &c.Plan.Run) {
		return out
	}
	return tryWindow(s, c, text, w, l, pos, out)
}

// window returns the bytes that a match with the literal at pos can take up, with one byte more on each side for
// borders, cut to the line where no match holds a line break, and to a few lines where one may.
func window(c *compiled, l *rules.Literal, text []byte, pos int) finding.Span {
	if !c.Plan.SingleLine {
		return finding.Span{Start: linesBackBy(text, pos, int(l.Before[1]), c.lines), End: linesForwardBy(text, pos, int(l.After), c.lines)}
	}
	w := finding.Span{Start: max(0, pos-int(l.Before[1])-1), End: min(len(text), pos+int(l.After)+1)}
	if i := bytes.LastIndexByte(text[w.Start:pos], '\n'); i >= 0 {
		w.Start += i + 1
	}
	if i := bytes.IndexByte(text[pos:w.End], '\n'); i >= 0 {
		w.End = pos + i
	}
	return w
}

// tryWindow appends the match of the window that holds the literal at pos.
func tryWindow(s *Scanner, c *compiled, text []byte, w finding.Span, l *rules.Literal, pos int, out []finding.Match) []finding.Match {
	m, ok := s.matchAt(c, text, w, l, pos)
	if !ok {
		s.traceWindow(c, l, w)
		return out
	}
	return s.judge(c, text, w, m, pos, out)
}

// searchAll appends all matches that start in starts, one for each start. What a match rests on reaches from the byte
// before it as far as its regex can.
func searchAll(s *Scanner, c *compiled, text []byte, starts finding.Span, out []finding.Match) []finding.Match {
	end := min(len(text), starts.End+c.Plan.MaxLen+1)
	for at := starts.Start; at < starts.End; {
		m, ok := s.searchFrom(c, text, at, starts.End, end)
		if !ok || m.whole.Start >= starts.End {
			break
		}
		w := finding.Span{Start: max(0, m.whole.Start-1), End: min(len(text), m.whole.Start+c.Plan.MaxLen+1)}
		out = s.judge(c, text, w, m, m.whole.Start, out)
		at = m.whole.Start + 1
	}
	return out
}

// located is where a regex matched.
type located struct{ whole, secret finding.Span }

// The steps that matching by backtracking may take before RE2 is asked whether it is worth while, and after that.
const (
	firstSteps = 1 << 16
	lastSteps  = 1 << 22
)

// matchAt returns the leftmost match of the window that holds the literal at pos: by backtracking, and where that takes
// too long with RE2's help.
func (s *Scanner) matchAt(c *compiled, text []byte, w finding.Span, l *rules.Literal, pos int) (located, bool) {
	least, most, floor := pos-int(l.Before[1]), pos-int(l.Before[0]), pos+len(l.Text)
	p := c.program()
	for steps := firstSteps; p != nil && steps <= lastSteps; steps *= lastSteps / firstSteps {
		budget := steps
		r, ok := s.matcher.Match(p, text[w.Start:w.End], least-w.Start, most-w.Start, floor-w.Start, &budget)
		if budget >= 0 {
			return locate(w.Start, r.Start, r.End, r.Group), ok
		}
		if !c.regex().Match(text[w.Start:w.End]) {
			return located{}, false
		}
	}
	for at := w.Start; at <= most; {
		m, ok := search(c, text, at, w.End)
		if !ok || m.whole.Start > most {
			break
		}
		if m.whole.Start >= least && m.whole.End >= floor {
			return m, true
		}
		at = m.whole.Start + 1
	}
	return located{}, false
}

// searchFrom returns the first match in text that starts in [at, last) and ends by end: by backtracking, or with RE2 where
// that takes too long. What RE2 finds may start later.
func (s *Scanner) searchFrom(c *compiled, text []byte, at, last, end int) (located, bool) {
	from := max(0, at-1) // borders see the byte before
	if p := c.program(); p != nil {
		budget := firstSteps
		r, ok := s.matcher.Match(p, text[from:end], at-from, last-1-from, 0, &budget)
		if budget >= 0 {
			return locate(from, r.Start, r.End, r.Group), ok
		}
	}
	return search(c, text, at, end)
}

// search returns RE2's first match in text[at:end]. RE2 takes no offset: it is given the byte before at too, for borders
// to see, and asked again without it where it takes that byte into the match.
func search(c *compiled, text []byte, at, end int) (located, bool) {
	for from := max(0, at-1); from <= at; from++ {
		loc := c.regex().FindSubmatchIndex(text[from:end])
		if loc == nil {
			break
		}
		if from+loc[0] >= at {
			return locate(from, loc[0], loc[1], groupOf(c, loc)), true
		}
	}
	return located{}, false
}

// locate makes offsets that count from base absolute. A group that took no part is the whole match.
func locate(base, start, end int, group [2]int) located {
	m := located{whole: finding.Span{Start: base + start, End: base + end}}
	m.secret = m.whole
	if group[0] >= 0 {
		m.secret = finding.Span{Start: base + group[0], End: base + group[1]}
	}
	return m
}

// judge applies the checks, from cheap to dear, to a regex match and appends it if they hold.
func (s *Scanner) judge(c *compiled, text []byte, w finding.Span, found located, pos int, out []finding.Match) []finding.Match {
	if c.Exact || c.FirstGroup {
		found.secret = trimLines(text, found.secret)
	}
	start, end := found.secret.Start, found.secret.End
	value := text[start:end]
	filler, sample := placeholder(value)
	if filler != "" && !c.Exact {
		s.traceDrop(c, text, w, start, end, filler)
		return out
	}
	if c.Entropy > 0 && !sample && !randomEnough(value, c.Entropy) {
		s.traceDrop(c, text, w, start, end, "entropy")
		return out
	}
	for _, re := range c.reject {
		if re.Match(value) {
			s.traceDrop(c, text, w, start, end, "rejected by rule")
			return out
		}
	}
	secret := strings.Clone(string(value))
	m := finding.Match{
		Rule: c.ID, Secret: secret, Span: finding.Span{Start: start, End: end}, Context: w,
		Confidence: c.Confidence, Tags: c.Tags, Rank: rankContext,
	}
	if pos >= start && pos < end {
		m.Rank = rankShape
	} else if c.Plan.Marked {
		m.Rank = rankNamedShape
	}
	if sample && !c.Exact {
		m.Tags = addTag(m.Tags, "example")
	}
	if !c.prove(&m, string(text[found.whole.Start:found.whole.End])) || m.Confidence < s.opts.MinConfidence {
		s.traceDrop(c, text, w, start, end, "checks")
		return out
	}
	if m.Rank == rankShape && len(m.Proofs) > 0 && slices.Contains(c.Checks, "base64-json") {
		m.Rank = rankBlock // what is found inside, a key of JWK for one, is a part of it
	}
	if s.extras && !s.onMade && !s.admit(c, text, found.whole, &m) {
		s.traceDrop(c, text, w, start, end, "a filter, or no keyword or required rule nearby")
		return out
	}
	s.traceKeep(c, text, w, &m)
	return append(out, m)
}

// checksOf returns the names of the checks of a rule: its own, and the look at values that documentation prints, whatever
// rule finds them. Imported rules bring all they ask.
func checksOf(r *rules.Rule) []string {
	const always = "published"
	if r.Exact || slices.Contains(r.Checks, always) {
		return r.Checks
	}
	return append(slices.Clip(r.Checks), always)
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
