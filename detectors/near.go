package detectors

import (
	"bytes"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/fold"
	"github.com/unleak/unleak/internal/lazyregexp"
	"github.com/unleak/unleak/rules"
)

// nearReach is how far from a credential, in bytes, the text is looked at that says where it belongs, and nearMost how
// many candidates there may be for each role.
const (
	nearReach = 1500
	nearMost  = 3
)

// nearPart is a regex that finds a part of a credential in the text around it; group 1 is the part.
type nearPart struct {
	*rules.Near
	regex *lazyregexp.Regexp
}

// nearParts compiles what a rule says of parts nearby. The rule loader has checked it.
func nearParts(v *rules.Verify) []nearPart {
	if v == nil {
		return nil
	}
	var out []nearPart
	for i := range v.Near {
		out = append(out, nearPart{&v.Near[i], lazyregexp.New(v.Near[i].Regex)})
	}
	return out
}

// surround gives matches the parts that stand around them in text: what their rules' regexes find, and for passwords
// where they belong. They are for whoever asks the issuer; none of them decides whether there is a match.
func (s *Scanner) surround(text []byte, matches []finding.Match) {
	s.hostless.Reset()
	for i := range matches {
		m := &matches[i]
		c := s.byID[m.Rule]
		if c == nil || m.Span.End > len(text) {
			continue
		}
		if m.Decoded == "" {
			m.Own = len(m.Parts)
		}
		if c.Verify != nil {
			s.belong(text, m, c)
		}
		if m.Decoded == "" {
			s.otherHalf(text, m, c)
		}
	}
}

// Renew finds anew what stands around matches that hold in a text as they did in the one it is built on, where some of the
// dirty spans are near enough to change it.
func (s *Scanner) Renew(text []byte, dirty []finding.Span, matches []finding.Match) {
	for i := range matches {
		m := &matches[i]
		around := finding.Span{Start: m.Span.Start - renewReach, End: m.Span.End + renewReach}
		if m.Decoded != "" || !touchesAny(around, dirty) { // the context of what is decoded is all of it
			continue
		}
		own := min(max(0, m.Own), len(m.Parts))
		m.Parts, m.Tags = m.Parts[:own:own], without(m.Tags, tagHalf)
		s.surround(text, matches[i:i+1])
	}
}

// renewReach is more than how far from a match anything is looked at that decides on what stands around it.
const renewReach = 3*nearReach + 2*settingName

// belong is surround for one match whose issuer can be asked.
func (s *Scanner) belong(text []byte, m *finding.Match, c *compiled) {
	if m.Decoded == keyOfKubeconfig && c.Verify.Protocol == protocolPrivateKey {
		m.Parts = append(slices.Clip(m.Parts), ofKubeconfig(text, m.Span)...)
	}
	if m.Decoded != "" {
		return
	}
	if c.Verify.Siblings {
		m.Parts = append(slices.Clip(m.Parts), s.belongings(text, m.Span)...)
	}
	if c.Verify.Protocol == protocolKubernetes {
		m.Parts = append(slices.Clip(m.Parts), ofKubeconfig(text, m.Span)...)
	}
	for _, n := range c.near {
		if !hasPart(m, n.Name) {
			m.Parts = append(slices.Clip(m.Parts), n.find(text, m.Span)...)
		}
	}
}

// find returns the values of a part around a secret: that of a match which touches the secret, else those on its own
// line, else the nearest ones.
func (n *nearPart) find(text []byte, secret finding.Span) []finding.Part {
	around := finding.Span{Start: max(0, secret.Start-nearReach), End: min(len(text), secret.End+nearReach)}
	if !n.mayStand(text[around.Start:around.End]) {
		return nil
	}
	line := finding.Span{Start: lineStartOf(text, secret.Start), End: lineEndOf(text, secret.End)}
	type hit struct {
		value string
		far   int
	}
	var touching, own, all []hit
	for _, at := range n.regex.FindAllFirst(text[around.Start:around.End]) {
		if at[2] < 0 {
			continue
		}
		span := finding.Span{Start: around.Start + at[2], End: around.Start + at[3]}
		h := hit{strings.Clone(string(text[span.Start:span.End])), apart(span, secret)}
		if isReference(h.value) {
			continue
		}
		all = append(all, h)
		if whole := (finding.Span{Start: around.Start + at[0], End: around.Start + at[1]}); whole.Touches(secret) {
			touching = append(touching, h)
		}
		if span.Start >= line.Start && span.End <= line.End {
			own = append(own, h)
		}
	}
	if len(touching) > 0 {
		all = touching
	} else if len(own) > 0 {
		all = own
	}
	slices.SortStableFunc(all, func(a, b hit) int { return a.far - b.far })
	var out []finding.Part
	for _, h := range all {
		if len(out) < nearMost && !slices.ContainsFunc(out, func(p finding.Part) bool { return p.Value.Reveal() == h.value }) {
			out = append(out, finding.Part{Name: n.Name, Value: finding.NewSecret(h.value), Span: secret})
		}
	}
	return out
}

// mayStand tells whether text holds a literal of the regex, which takes far longer to run.
func (n *nearPart) mayStand(text []byte) bool {
	for i := range n.Literals {
		l := &n.Literals[i]
		if !l.Fold && bytes.Contains(text, []byte(l.Text)) || l.Fold && fold.Index(text, l.Text) >= 0 {
			return true
		}
	}
	return len(n.Literals) == 0
}

// lineStartOf returns the start of the line that at is on. It looks nearReach bytes back and a little more; of a longer
// line that much.
func lineStartOf(text []byte, at int) int {
	from := max(0, at-2*nearReach)
	return from + bytes.LastIndexByte(text[from:at], '\n') + 1
}

// lineEndOf returns the end of the line that at is on, within as much as lineStartOf.
func lineEndOf(text []byte, at int) int {
	to := min(len(text), at+2*nearReach)
	if i := bytes.IndexByte(text[at:to], '\n'); i >= 0 {
		return at + i
	}
	return to
}

// isReference tells whether a value stands for another: a variable, a placeholder, an expression.
func isReference(v string) bool {
	return v == "" || strings.ContainsAny(v, "${}<>()%*\\ ")
}
