package lazyregexp

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"github.com/unleak/unleak/internal/regexgen"
	"github.com/unleak/unleak/rules/builtin"
)

// FuzzASCII checks that a regex finds what regexp finds, whether or not the text is ASCII.
func FuzzASCII(f *testing.F) {
	for _, pattern := range []string{`(?i)^k(\w+)?$`, `a*`, `(?:(a)|b)+`, `\bx|y`, `[^k]s`, `é(.)`, `(?i)[\x{212a}]`, `(a|ab)(c|bcd)(d*)`, `(?i)\x{17f}(.)`} {
		f.Add(pattern, "Kab x\ny abcd\nks s")
		f.Add(pattern, "Kelvin \u212a \u017f éa caf\xe9")
	}
	f.Fuzz(same)
}

func same(t *testing.T, pattern, text string) {
	re, err := regexp.Compile(pattern)
	if err != nil || len(text) > 1000 {
		return
	}
	r := New(pattern)
	if want := re.MatchString(text); r.MatchString(text) != want || r.Match([]byte(text)) != want {
		t.Fatalf("%q on %q: want %v", pattern, text, want)
	}
	var want [][4]int
	for _, at := range re.FindAllStringSubmatchIndex(text, -1) {
		want = append(want, [4]int(append(slices.Clone(at), -1, -1)))
	}
	if got := r.FindAllFirst([]byte(text)); !slices.Equal(got, want) {
		t.Fatalf("%q on %q: %v, want %v", pattern, text, got, want)
	}
}

// TestBuiltin compares on what the built-in rules' lesser regexes match, and on that damaged.
func TestBuiltin(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, rule := range builtin.Rules() {
		patterns := rule.Reject
		if rule.Verify != nil {
			for i := range rule.Verify.Near {
				patterns = append(slices.Clip(patterns), rule.Verify.Near[i].Regex)
			}
		}
		for _, pattern := range patterns {
			g, err := regexgen.New(pattern, rng.Uint64())
			if err != nil {
				continue // the generator knows less of the syntax
			}
			for range 10 {
				text := g.Next()
				same(t, pattern, text)
				same(t, pattern, "x "+text+"\n"+text)
				if len(text) > 0 {
					k := rng.IntN(len(text))
					same(t, pattern, text[:k]+string(rune(rng.IntN(256)))+text[k+1:])
				}
			}
		}
	}
}
