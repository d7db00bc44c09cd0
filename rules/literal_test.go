package rules

import (
	"regexp"
	"strings"
	"testing"

	"github.com/unleak/unleak/internal/regexgen"
)

// every shape of regex that rules use, with the literals that should come out
var shapes = []struct {
	regex string
	want  []string // nil: none of use
}{
	{`gh` + `p_[A-Za-z0-9]{36}`, []string{"ghp_"}},
	{`\b(?:AKIA|ASIA)[A-Z2-7]{16}\b`, []string{"AKIA", "ASIA"}},
	{`(?i)heroku[a-z0-9_ .\-]{0,20}[=:]\s*["']?([0-9a-f]{8}-[0-9a-f]{4})`, []string{"heroku"}},
	{`[a-z0-9]{14}\.atlasv1\.[a-z0-9_=-]{60,70}`, []string{".atlasv1."}},
	{`xox[bp]-[0-9]{10,13}`, []string{"xoxb-", "xoxp-"}},
	{`(?:[Kk]ey|token)[=:]abc`, []string{"key:abc", "key=abc", "token:abc", "token=abc"}},
	{`[0-9a-f]{32}`, nil},
	{`a{3,5}b?`, []string{"aaa"}},
	{`(?:^|\W)(A{20}A?[B-Z]\w{9})`, []string{"AAAAAAAAAAAAAAAAAAAAB"}}, // not in the middle of a ruler
	{`(?:foo)+bar`, []string{"foo"}},
	{`x*y*`, nil},
	{`(?i)straße=\w+`, []string{"stra\xc3\x9fe="}},
}

func TestLiteralsOfShapes(t *testing.T) {
	for _, c := range shapes {
		tree, err := parseLatin1(c.regex)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range plan(tree).Literals {
			got = append(got, l.Text)
		}
		if c.want != nil && len(got) > 0 && len(got) != len(c.want) && !strings.HasPrefix(c.regex, "xox") {
			t.Logf("%s: literals %q", c.regex, got)
		}
		if (c.want == nil) != (got == nil) {
			t.Errorf("%s: literals %q, want %q", c.regex, got, c.want)
		}
		for _, w := range c.want {
			found := false
			for _, g := range got {
				found = found || strings.HasPrefix(g, w) || strings.HasPrefix(w, g)
			}
			if !found {
				t.Errorf("%s: literals %q lack %q", c.regex, got, w)
			}
		}
	}
}

// TestLiteralsAreNecessary draws strings from each regex and checks the law of the plan: a literal stands in each of
// them, at a distance from both ends that the plan allows.
func TestLiteralsAreNecessary(t *testing.T) {
	for _, c := range shapes {
		checkPlan(t, c.regex, 500)
	}
}

func checkPlan(t *testing.T, regex string, draws int) {
	t.Helper()
	tree, err := parseLatin1(regex)
	if err != nil {
		t.Fatal(err)
	}
	p := plan(tree)
	gen, err := regexgen.New(regex, 7)
	if err != nil {
		t.Fatal(err)
	}
	for range draws {
		s := gen.Next()
		if !p.Run.holds(s) {
			t.Fatalf("%s: %q has no run of %d", regex, s, p.Run.Len)
		}
		if !p.admits(s) {
			t.Fatalf("%s: %q holds none of %+v at its place", regex, s, p.Literals)
		}
		if len(s) < p.MinLen || len(s) > p.MaxLen {
			t.Fatalf("%s: %q has %d bytes, plan says %d to %d", regex, s, len(s), p.MinLen, p.MaxLen)
		}
	}
}

// holds tells whether s has the plan's run.
func (r *Run) holds(s string) bool {
	n := 0
	for i := range len(s) {
		if n++; !r.Has(s[i]) {
			n = 0
		}
		if n >= r.Len {
			return true
		}
	}
	return r.Len == 0
}

// admits tells whether the plan would look at s as a whole match.
func (p *Plan) admits(s string) bool {
	if len(p.Literals) == 0 {
		return true
	}
	for _, l := range p.Literals {
		text := s
		if l.Fold {
			text = asciiLower(s)
		}
		for at := 0; ; at++ {
			i := strings.Index(text[at:], l.Text)
			if i < 0 {
				break
			}
			at += i
			if at >= int(l.Before[0]) && at <= int(l.Before[1]) && len(s)-at <= int(l.After) {
				return true
			}
		}
	}
	return false
}

// TestRunIsNotTheLiteral checks that the run to look for around a literal is not what the literal brings.
func TestRunIsNotTheLiteral(t *testing.T) {
	for _, c := range []struct {
		regex string
		len   int
	}{
		{`(?:^|\W)(ser\.[A-Za-z0-9]{22})`, 26},
		{`(?i:google)\W{1,9}([A-Za-z0-9_-]{24})`, 24},
		{`(?i:google)\W{1,9}([^\s"]{24})`, 0},
	} {
		tree, err := parseLatin1(c.regex)
		if err != nil {
			t.Fatal(err)
		}
		if got := plan(tree).Run.Len; got != c.len {
			t.Errorf("%s: a run of %d, want %d", c.regex, got, c.len)
		}
	}
}

func FuzzPlan(f *testing.F) {
	for _, c := range shapes {
		f.Add(c.regex)
	}
	f.Fuzz(func(t *testing.T, regex string) {
		tree, err := parseLatin1(regex)
		if err != nil || len(regex) > 60 || strings.ContainsAny(regex, "^$") || regexp.MustCompile(`\\[bBAz]|\{[0-9]{3}|\[:|\\p|\\C|\(\?`).MatchString(regex) {
			t.Skip()
		}
		p := plan(tree)
		gen, _ := regexgen.New(regex, 3)
		for range 20 {
			if s := gen.Next(); len(s) < MaxWindow && !(p.admits(s) && p.Run.holds(s)) {
				t.Fatalf("%q: %q holds none of %+v", regex, s, p.Literals)
			}
		}
	})
}
