package detectors

import (
	"bytes"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/lazyregexp"
	"github.com/unleak/unleak/internal/newline"
	"github.com/unleak/unleak/rules"
)

// A rule's filter is judged in two steps. Scan knows the text: a filter that it decides drops the match or is done with.
// What hangs on the place too is left to Accept, which no longer sees the text; so Scan notes in the match, one byte a
// test of the text, how these came out.

// condition is a rules.Filter with its regexes compiled when first needed.
type condition struct {
	*rules.Filter
	of      []condition
	regexes []*lazyregexp.Regexp
	note    int // index of its answer in Match.Noted; -1: a test of the origin
}

// answer is what a condition comes to; unknown: the origin decides.
type answer uint8

const (
	no answer = iota
	yes
	unknown
)

// newCondition compiles a filter; notes counts the tests of the text so far.
func newCondition(f *rules.Filter, notes *int) condition {
	c := condition{Filter: f, note: -1}
	for i := range f.Of {
		c.of = append(c.of, newCondition(&f.Of[i], notes))
	}
	for _, re := range f.Regexes {
		c.regexes = append(c.regexes, lazyregexp.New(re))
	}
	if f.Op == "" && !rules.OfOrigin(f.Field) {
		c.note = *notes
		*notes++
	}
	return c
}

// judge answers a condition; leaf answers its tests.
func (c *condition) judge(leaf func(*condition) answer) answer {
	switch c.Op {
	case "not":
		switch c.of[0].judge(leaf) {
		case yes:
			return no
		case no:
			return yes
		}
		return unknown
	case "and":
		return joined(c.of, yes, no, leaf)
	case "or":
		return joined(c.of, no, yes, leaf)
	}
	return leaf(c)
}

// joined joins the answers of several conditions: decisive is the answer that settles it.
func joined(of []condition, start, decisive answer, leaf func(*condition) answer) answer {
	sum := start
	for i := range of {
		switch of[i].judge(leaf) {
		case decisive:
			return decisive
		case unknown:
			sum = unknown
		}
	}
	return sum
}

// holds tells whether a test of a field's value holds.
func (c *condition) holds(value string) bool {
	switch {
	case c.regexes != nil:
		return slices.ContainsFunc(c.regexes, func(re *lazyregexp.Regexp) bool { return re.MatchString(value) })
	case c.Words != nil:
		lower := strings.ToLower(value)
		return slices.ContainsFunc(c.Words, func(w string) bool { return strings.Contains(lower, w) })
	case c.Values != nil:
		return slices.ContainsFunc(c.Values, func(v string) bool {
			return v == value || c.Field == rules.FieldCommit && len(v) >= 7 && strings.HasPrefix(value, strings.ToLower(v))
		})
	case c.Below:
		return entropy([]byte(value)) < c.Entropy
	}
	return entropy([]byte(value)) <= c.Entropy
}

// mostLine is how much of the lines around a match, in bytes, a test of the line sees on each side.
const mostLine = 4096

// lineAround returns the lines that a span stands on, without the last line break.
func lineAround(text []byte, s finding.Span) finding.Span {
	start, end := max(0, s.Start-mostLine), min(len(text), s.End+mostLine)
	if i := newline.Last(text[start:s.Start]); i >= 0 {
		start += i + 1
	}
	if i := bytes.IndexByte(text[s.End:end], '\n'); i >= 0 {
		end = s.End + i
	}
	return finding.Span{Start: start, End: end}
}

// split gathers the tests of the text in the order of their notes; ofOrigin tells whether there are others.
func (c *condition) split() (tests []*condition, ofOrigin bool) {
	if c.Op == "" {
		if c.note < 0 {
			return nil, true
		}
		return []*condition{c}, false
	}
	for i := range c.of {
		t, o := c.of[i].split()
		tests, ofOrigin = append(tests, t...), ofOrigin || o
	}
	return tests, ofOrigin
}

// judgeText asks the filter about a match in text; whole is what the whole regex matched. False drops the match. Where
// the place decides, the match notes what the text says.
func (x *extra) judgeText(text []byte, whole finding.Span, m *finding.Match) bool {
	if x.filter == nil {
		return true
	}
	noted := make([]byte, len(x.tests))
	for i, c := range x.tests {
		value := m.Secret
		switch c.Field {
		case rules.FieldMatch:
			value = string(text[whole.Start:whole.End])
		case rules.FieldLine:
			at := lineAround(text, whole)
			value = string(text[at.Start:at.End])
			m.Context = cover(m.Context, finding.Span{Start: max(0, at.Start-1), End: min(len(text), at.End+1)})
		}
		noted[i] = '0'
		if c.holds(value) {
			noted[i] = '1'
		}
	}
	verdict := x.filter.judge(func(c *condition) answer { return noteOf(noted, c) })
	if verdict == unknown {
		m.Noted = string(noted)
	}
	return verdict != yes
}

// noteOf answers a test of the text from the notes; one of the origin is unknown.
func noteOf[T string | []byte](noted T, c *condition) answer {
	switch {
	case c.note < 0 || c.note >= len(noted):
		return unknown
	case noted[c.note] == '1':
		return yes
	}
	return no
}

// judgeOrigin asks what judgeText left open. False drops the match.
func (x *extra) judgeOrigin(o *finding.Origin, name string, m *finding.Match) bool {
	if x.filter == nil || !x.ofOrigin {
		return true
	}
	git := finding.GitOrigin{}
	if o.Git != nil {
		git = *o.Git
	}
	field := map[string]string{
		rules.FieldPath: name, rules.FieldCommit: git.Commit, rules.FieldAuthor: git.Author, rules.FieldEmail: git.Email,
		rules.FieldSubject: git.Subject,
	}
	return yes != x.filter.judge(func(c *condition) answer {
		if c.note >= 0 {
			return noteOf(m.Noted, c)
		}
		value := field[c.Field]
		if c.Field == rules.FieldPath {
			value = c.FromTop + strings.TrimPrefix(value, c.Beside)
		}
		if value != "" && c.holds(value) {
			return yes
		}
		return no
	})
}
