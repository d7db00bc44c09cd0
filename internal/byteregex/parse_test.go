package byteregex

import (
	"regexp/syntax"
	"testing"

	"github.com/unleak/unleak/rules/builtin"
)

// TestBuiltinParsed checks that the built-in rules do without the general parser, which costs ten times as much.
func TestBuiltinParsed(t *testing.T) {
	var p parser
	left := 0
	for _, r := range builtin.Rules() {
		if r.Regex == "" {
			continue
		}
		if _, ok := p.parse(r.Pattern()); !ok {
			left++
			t.Logf("rule %s is left to the general parser from %q on", r.ID, p.text[p.at:])
		}
	}
	if left > 10 {
		t.Errorf("%d rules are left to the general parser", left)
	}
}

// TestLeft checks that what this package's parser is not sure of is left to the general one.
func TestLeft(t *testing.T) {
	for _, pattern := range []string{
		`*a`, `a**`, `a{2}{3}`, `(a`, `a)`, `[a`, `[]`, `[b-a]`, `[a-\d]`, `[[:alpha:]]`, `\pL`, `\Qa.b\E`, `\1`, `\x{41}`, `\xg0`, `a\`, `a{2`, `{2}`,
		`a{1001}`, `a{3,2}`, `a{02}`, `(?:ab?){40}{30}`, `(?:(?:ab){40}c){30}`, `(?:a?)*`, `(?:a*)*`, `(?:a+)+`, `\b*`, `^*`, `(?i)é`, `(?i)[à-ü]`, `(?P<n>a)`, `(?U)a+`,
		`(?`, `(?)`, `(?i-)a`, `(?x)a`, `\q`,
	} {
		var p parser
		if _, ok := p.parse(pattern); ok {
			t.Errorf("%q was read", pattern)
		}
	}
}

// FuzzParse checks that what this package's parser reads is a regex, and the one that the general parser reads.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{
		`(?i:ab[\w .-]{0,3})c{2}(?:[^a-z]|$)`, `(?m)^a|b.$`, `(?s)(a|[bc]|d)+?\.\x41`, `(?:a|ab)(c|bcd)(?i)d*`, `[^]a-]\W\S\D[\W\d_-]`, `a{2,}b??`, `(?i-s:k)K\z`, `|(a|)\B\A`, "\xe9[\x80-\xff]",
	} {
		f.Add(pattern, []byte("xABcc ab\nabcbcd\xe9\x80"))
	}
	f.Fuzz(func(t *testing.T, pattern string, text []byte) {
		var fast, general compiler
		root, ok := fast.parse(pattern)
		if !ok || len(text) > 1000 {
			return
		}
		if _, err := syntax.Parse(latin(pattern), syntax.Perl); err != nil {
			t.Fatalf("%q was read: %v", pattern, err)
		}
		other, err := general.parseAny(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, group := range []int{0, 1, FirstGroup} {
			p, errP := fast.program(root, group)
			q, errQ := general.program(other, group)
			if (errP != nil) != (errQ != nil) {
				return // one has a few steps more
			}
			if errP != nil {
				continue
			}
			var m Matcher
			x, y := 1<<20, 1<<20
			a, foundA := m.Match(p, text, 0, len(text), 0, &x)
			b, foundB := m.Match(q, text, 0, len(text), 0, &y)
			if x >= 0 && y >= 0 && (foundA != foundB || a != b) {
				t.Fatalf("%q group %d on %q: %v %v, by the general parser %v %v", pattern, group, text, a, foundA, b, foundB)
			}
		}
	})
}
