package detectors_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// extraRules have every extra, as imported rules do.
func extraRules(tb testing.TB) []rules.Rule {
	tb.Helper()
	out := []rules.Rule{
		{ID: "kw", Regex: `tok_([0-9a-f]{12})\b`, Keywords: []string{"acme", "zenith"}},
		{ID: "line", Regex: `val_([a-z]{10})\b`, Filter: &rules.Filter{Field: rules.FieldLine, Regexes: []string{`# sample`}}},
		{ID: "whole", Regex: `pairkey=([a-z]{12})`, Required: []rules.Required{{Rule: "half", Lines: 3, Columns: -1}}},
		{ID: "wide", Regex: `widekey=([a-z]{12})`, Required: []rules.Required{{Rule: "half", Lines: -1, Columns: 8}}},
		{ID: "half", Regex: `pairid=([A-Z]{6})`, PartOnly: true},
		{ID: "groups", Regex: `a1:(\d{6})|b1:([A-F]{6})`, FirstGroup: true},
		{ID: "block", Regex: `(?s)BEGIN-BLOCK\n((?:[a-z]{4}\n){20,40})END-BLOCK`},
		{ID: "entropic", Regex: `ent_(\w{16})`, Filter: rules.AnyOf(rules.Filter{Field: rules.FieldSecret, Entropy: 2.5},
			rules.Filter{Field: rules.FieldSecret, Words: []string{"dummy"}},
			rules.Filter{Op: "and", Of: []rules.Filter{{Field: rules.FieldPath, Regexes: []string{`_test\.go$`}},
				{Field: rules.FieldMatch, Regexes: []string{`^ent_q`}}}})},
		{ID: "broken", Regex: `brk_[a-z]{6}\s`},
		{ID: "named", Technique: "path", Path: `\.acmestore$`},
	}
	for i := range out {
		out[i].Exact, out[i].Confidence, out[i].SecretGroup = true, 0.9, -1
		if out[i].FirstGroup {
			out[i].SecretGroup = 0
		}
		if err := rules.Compile(&out[i]); err != nil {
			tb.Fatal(err)
		}
	}
	return out
}

func extraEngine(tb testing.TB, allow ...rules.Allow) *detectors.Engine {
	tb.Helper()
	e, err := detectors.New(extraRules(tb), detectors.Options{Allow: allow})
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// at returns what is left of a text's matches at a path, as rule=secret.
func at(e *detectors.Engine, path, text string) []string {
	s := e.NewScanner()
	var out []string
	for _, m := range s.Resolve(s.Scan([]byte(text), nil, nil)) {
		if s.Accept(&finding.Origin{Path: path, Git: &finding.GitOrigin{Commit: "0123456789abcdef"}}, &m) {
			out = append(out, m.Rule+"="+m.Secret)
		}
	}
	return out
}

func TestExtras(t *testing.T) {
	e := extraEngine(t)
	far := strings.Repeat("x = 1\n", 10)
	for name, c := range map[string]struct {
		text, path string
		want       []string
	}{
		"keyword in the line":      {"Acme tok_0123456789ab", "a", []string{"kw=0123456789ab"}},
		"keyword behind":           {"tok_0123456789ab\n" + far + "see ZENITH", "a", []string{"kw=0123456789ab"}},
		"keyword too far":          {"tok_0123456789ab\n" + far + far + "see ZENITH", "a", nil},
		"no keyword":               {"tok_0123456789ab", "a", nil},
		"line allowed":             {"y\nval_abcdefghij # sample\n", "a", nil},
		"other line allowed":       {"# sample\nval_abcdefghij\n", "a", []string{"line=abcdefghij"}},
		"pair":                     {"pairid=ABCDEF\n\npairkey=abcdefghijkl", "a", []string{"whole=abcdefghijkl"}},
		"pair upside down":         {"pairkey=abcdefghijkl\n\n\npairid=ABCDEF", "a", []string{"whole=abcdefghijkl"}},
		"pair too far":             {"pairid=ABCDEF\n\n\n\npairkey=abcdefghijkl", "a", nil},
		"half alone":               {"pairid=ABCDEF\n", "a", nil},
		"columns near":             {far + "  pairid=ABCDEF\n" + far + "widekey=abcdefghijkl", "a", []string{"wide=abcdefghijkl"}},
		"columns apart":            {"            pairid=ABCDEF\nwidekey=abcdefghijkl", "a", nil},
		"first group":              {"a1:123456", "a", []string{"groups=123456"}},
		"second group":             {"b1:ABCDEF", "a", []string{"groups=ABCDEF"}},
		"long block":               {"BEGIN-BLOCK\n" + strings.Repeat("abcd\n", 30) + "END-BLOCK", "a", []string{"block=" + strings.Repeat("abcd\n", 29) + "abcd"}},
		"line break":               {"brk_abcdef\n", "a", []string{"broken=brk_abcdef"}},
		"filler":                   {"ent_aaaaaaaaaaaaaaaa", "a", nil},
		"entropy":                  {"ent_a1b2c3d4e5f6g7h8", "a", []string{"entropic=a1b2c3d4e5f6g7h8"}},
		"word":                     {"ent_a1b2DUMMYe5f6g7h", "a", nil},
		"path and match":           {"ent_q1b2c3d4e5f6g7h8", "x_test.go", nil},
		"path without match":       {"ent_a1b2c3d4e5f6g7h8", "x_test.go", []string{"entropic=a1b2c3d4e5f6g7h8"}},
		"match without path":       {"ent_q1b2c3d4e5f6g7h8", "x.go", []string{"entropic=q1b2c3d4e5f6g7h8"}},
		"file by name":             {"anything", "d/k.acmestore", []string{"named=file d/k.acmestore"}},
		"encoded text, no keyword": {"x: dG9rXzAxMjM0NTY3ODlhYiBpcyBpdCBhbmQgbW9yZSB0ZXh0\n", "a", nil},
	} {
		if diff := cmp.Diff(c.want, at(e, c.path, c.text), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestRequiredBecomesPart(t *testing.T) {
	s := extraEngine(t).NewScanner()
	got := s.Resolve(s.Scan([]byte("pairid=AAAAAA\npairid=BBBBBB\npairkey=abcdefghijkl\n"), nil, nil))
	got = slices.DeleteFunc(got, func(m finding.Match) bool { return m.Rule != "whole" })
	if len(got) != 1 || len(got[0].Parts) != 1 || got[0].Parts[0].Value.Reveal() != "BBBBBB" {
		t.Fatalf("got %+v", got)
	}
}

func TestAllow(t *testing.T) {
	text := "val_abcdefghij\nacme tok_0123456789ab\n"
	for name, c := range map[string]struct {
		allow rules.Allow
		want  []string
	}{
		"other rule": {rules.Allow{Rules: []string{"kw"}, Filter: rules.Filter{Field: rules.FieldSecret, Regexes: []string{"^abc"}}}, []string{"line=abcdefghij", "kw=0123456789ab"}},
		"all rules":  {rules.Allow{Filter: rules.Filter{Field: rules.FieldSecret, Regexes: []string{"^abc", "^012"}}}, nil},
		"path":       {rules.Allow{Filter: rules.Filter{Field: rules.FieldPath, Regexes: []string{"^a$"}}}, nil},
		"other path": {rules.Allow{Filter: rules.Filter{Field: rules.FieldPath, Regexes: []string{"^b$"}}}, []string{"line=abcdefghij", "kw=0123456789ab"}},
		"commit":     {rules.Allow{Rules: []string{"line"}, Filter: rules.Filter{Field: rules.FieldCommit, Values: []string{"0123456"}}}, []string{"kw=0123456789ab"}},
		"not path":   {rules.Allow{Rules: []string{"line"}, Filter: rules.Filter{Op: "not", Of: []rules.Filter{{Field: rules.FieldPath, Regexes: []string{"^b$"}}}}}, []string{"kw=0123456789ab"}},
	} {
		if diff := cmp.Diff(c.want, at(extraEngine(t, c.allow), "a", text), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// TestIdlePartsWinNothing: a rule that finds only parts does not hide what another finds at the same place.
func TestIdlePartsWinNothing(t *testing.T) {
	all := []rules.Rule{
		{ID: "whole", Regex: `key=([a-z]{12})`, Parts: []rules.PartRule{{Name: "part", Rule: "part"}}},
		{ID: "part", Regex: `\b([A-F]{6}[0-9]{6})\b`, PartOnly: true, Keywords: []string{"="}},
		{ID: "other", Regex: `other=([A-F0-9]{12})`},
	}
	for i := range all {
		all[i].Exact, all[i].Confidence, all[i].SecretGroup = true, 0.9, -1
		if err := rules.Compile(&all[i]); err != nil {
			t.Fatal(err)
		}
	}
	e, err := detectors.New(all, detectors.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"other=ABCDEF123456":                           {"other=ABCDEF123456"},
		"other=ABCDEF123456\nkey=abcdefghijkl":         {"whole=abcdefghijkl"},
		"x=ABCDEF123456\n":                             nil,
		"x=ABCDEF123456\nother=FFFFFF123456\nz=ABCDEF": {"other=FFFFFF123456"},
	} {
		if diff := cmp.Diff(want, at(e, "a", text), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", text, diff)
		}
	}
}

// TestAllowReachesEveryTechnique: what the configuration allows holds of keys and passwords, too.
func TestAllowReachesEveryTechnique(t *testing.T) {
	text := "password = \"Wq7!mZ2pLx9v\" # sample\n"
	e := engine(t, detectors.Options{})
	if len(at(e, "a.py", text)) == 0 {
		t.Fatal("the password is not found at all")
	}
	e = engine(t, detectors.Options{Allow: []rules.Allow{{Filter: rules.Filter{Field: rules.FieldLine, Regexes: []string{"# sample"}}}}})
	if got := at(e, "a.py", text); len(got) > 0 {
		t.Errorf("found %q on an allowed line", got)
	}
}

func TestMissingRequirementIsAnError(t *testing.T) {
	all := slices.DeleteFunc(extraRules(t), func(r rules.Rule) bool { return r.ID == "half" })
	if _, err := detectors.New(all, detectors.Options{}); err == nil || !strings.Contains(err.Error(), `requires "half"`) {
		t.Fatalf("got %v", err)
	}
}

// TestExtrasKeepTheLaws: edits far from a match may bring its keyword or its other half.
func TestExtrasKeepTheLaws(t *testing.T) {
	all := []string{"tok_0123456789ab", "acme", "val_abcdefghij", "# sample", "pairkey=abcdefghijkl", "pairid=ABCDEF", "pairid=QRSTUV",
		"widekey=abcdefghijkl", "  ", "a1:123456", "b1:ABCDEF", "BEGIN-BLOCK", strings.Repeat("abcd\n", 12), "END-BLOCK", "\n\n", "ent_a1b2c3d4e5f6g7h8", "return x"}
	s := extraEngine(t).NewScanner()
	rng := rand.New(rand.NewPCG(5, 6))
	for round := range rounds(3000) {
		text, dirty := edit(rng, document(rng, all, 5+rng.IntN(150)), all)
		want := touching(s.Scan(text, nil, nil), dirty)
		got := s.Scan(text, dirty, nil)
		if diff := cmp.Diff(want, got, cmp.Comparer(sameMatch), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("round %d, dirty %v: (-full +spans)\n%s", round, dirty, diff)
		}
	}
}

// TestManyKeywordsAreNoTrap: a text of nothing but half matches costs time in proportion.
func TestManyKeywordsAreNoTrap(t *testing.T) {
	s := extraEngine(t).NewScanner()
	text := []byte(strings.Repeat("pairkey=abcdefghijkl tok_0123456789ab ", 5000))
	start := time.Now()
	s.Scan(text, nil, nil)
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("%d bytes took %v", len(text), d)
	}
}
