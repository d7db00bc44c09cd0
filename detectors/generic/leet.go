package generic

import (
	"bytes"

	"github.com/unleak/unleak/finding"
)

// leetWord handles the word password, or what is short for it, with digits and signs for its letters (P@ssw0rd, P4ssw0rd123!)
// where a literal is that and no more than some digits and signs behind it: it is a password under whatever name. pos is where
// "w0rd" stands. The literal has to be given to a name; lists of bad passwords and checks of a password's strength hold such
// words, too.
func (d *Detector) leetWord(t []byte, pos int) {
	i := pos
	for i > 0 && pos-i < 5 && isValueByte(t[i-1]) {
		i--
	}
	if i < 3 || t[i-1] != '"' && t[i-1] != '\'' || lower(t[i]) != 'p' || pos-i != len("pass") || t[i-2] == '\\' {
		return
	}
	mark, end, signs := t[i-1], pos+len("w0rd"), 0
	for end < len(t) && end-i < 20 && t[end] != mark {
		if chars[t[end]]&charDigit == 0 {
			if bytes.IndexByte([]byte("!@#$%&*?.+-_"), t[end]) < 0 {
				return
			}
			signs++
		}
		end++
	}
	if end >= len(t) || t[end] != mark || signs > 3 || end == pos+len("w0rd") && hasFold(t, i, "pass") {
		return // Passw0rd is what texts on passwords write
	}
	lo := lineStart(t, i)
	k := i - 1
	for k > lo && isSpace(t[k-1]) {
		k--
	}
	if k-2 < lo || t[k-1] != '=' && t[k-1] != ':' || t[k-2] == '=' || t[k-2] == '!' {
		return
	}
	name := k - 1
	for name > lo && (isSpace(t[name-1]) || t[name-1] == '"' || t[name-1] == '\'' || t[name-1] == ':') {
		name--
	}
	start := name
	for start > lo && isName(t[start-1]) {
		start--
	}
	if start == name {
		return
	}
	c := Candidate{Rule: RulePassword, Key: finding.Span{Start: start, End: name}, Value: finding.Span{Start: i, End: end},
		Context: finding.Span{Start: lo, End: lineEnd(t, end, end+96)}, sep: sepAssign, quote: quoteDouble, password: true, spaced: true}
	if mark == '\'' {
		c.quote = quoteSingle
	}
	c.judged = c.Value
	d.add(&c)
}
