package interchange

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/rules"
)

func parse(t *testing.T, name, text string, o Options) *Set {
	t.Helper()
	s, err := Parse(name, text, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ruleByID(t *testing.T, s *Set, id string) rules.Rule {
	t.Helper()
	for _, r := range s.Rules {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no rule %q; warnings %v", id, s.Warnings)
	return rules.Rule{}
}

// warned checks that each of the texts is in a warning, and that there are no others.
func warned(t *testing.T, s *Set, want ...string) {
	t.Helper()
	var got []string
	for _, w := range s.Warnings {
		got = append(got, w.String())
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(got, "\n"), w) {
			t.Errorf("no warning %q in:\n%s", w, strings.Join(got, "\n"))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d warnings, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
}

const everyKey = `title = "shop"
description = "rules of the shop"
minVersion = "v8.25.0"
betterleaksMinVersion = "v1.6.0"

[extend]
useDefault = true
disabledRules = ["other-scanner-rule"]

[[rules]]
id = "shop-token"
description = "Token of the shop"
regex = '''shop_([0-9a-f]{8})-([0-9a-f]{8})'''
secretGroup = 2
path = '''\.env$'''
entropy = 2.5
keywords = ["SHOP_", "store"]
tags = ["b", "a"]
[[rules.allowlists]]
description = "samples"
condition = "AND"
paths = ['''^samples/''']
regexTarget = "line"
regexes = ['''# sample''']
[[rules.allowlists]]
commits = ["ABCDEF1234567"]
stopwords = ["Dummy"]
[[rules.required]]
id = "shop-id"
withinLines = 3
withinColumns = 20

[[rules]]
id = "shop-id"
regex = '''shopid=([0-9]{6})'''
skipReport = true

[[rules]]
id = "either"
regex = '''e1:(\w{8})|e2:(\w{9})'''

[[rules]]
id = "shop-keystore"
path = '''\.shopstore$'''

[[rules]]
id = "other-default"
entropy = 4.0

[[allowlists]]
targetRules = ["shop-id", "somebody-elses"]
regexes = ['''^000''']

[[allowlists]]
paths = ['''^vendor/''']
`

func TestEveryKeyOfLeaks(t *testing.T) {
	s := parse(t, "shop.toml", everyKey, Options{})
	warned(t, s, `rule "other-default": entropy has no effect`)
	r := ruleByID(t, s, "shop-token")
	want := rules.Rule{
		ID: "shop-token", Provider: Leaks, Title: "Token of the shop", Severity: r.Severity, Confidence: 0.9,
		Regex: `shop_([0-9a-f]{8})-([0-9a-f]{8})`, SecretGroup: 2, Path: `\.env$`, Keywords: []string{"shop_", "store"},
		Tags: []string{"a", "b"}, Exact: true, Plan: r.Plan,
		Parts:    []rules.PartRule{{Name: "shop-id", Rule: "shop-id"}},
		Required: []rules.Required{{Rule: "shop-id", Lines: 3, Columns: 20}},
		Filter: &rules.Filter{Op: "or", Of: []rules.Filter{
			{Field: "secret", Entropy: 2.5},
			{Op: "and", Of: []rules.Filter{{Field: "path", Regexes: []string{`^samples/`}}, {Field: "line", Regexes: []string{`# sample`}}}},
			{Op: "or", Of: []rules.Filter{{Field: "commit", Values: []string{"abcdef1234567"}}, {Field: "secret", Words: []string{"dummy"}}}},
		}},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if r := ruleByID(t, s, "shop-id"); !r.PartOnly || r.Filter == nil || r.Filter.Regexes[0] != "^000" {
		t.Errorf("skipReport and targetRules: %+v", r)
	}
	if r := ruleByID(t, s, "either"); !r.FirstGroup {
		t.Errorf("two groups: %+v", r)
	}
	if r := ruleByID(t, s, "shop-keystore"); r.Technique != "path" || r.Path != `\.shopstore$` {
		t.Errorf("a rule of a path alone: %+v", r)
	}
	wantTune := []rules.Allow{
		{Rules: []string{"somebody-elses"}, Filter: rules.Filter{Field: "secret", Regexes: []string{"^000"}}, Line: 50},
	}
	if diff := cmp.Diff(wantTune, s.Tune); diff != "" {
		t.Errorf("tune: (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]rules.Allow{{Filter: rules.Filter{Field: "path", Regexes: []string{"^vendor/"}}, Line: 54}}, s.Allow); diff != "" {
		t.Errorf("allow: (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"other-scanner-rule"}, s.Disable); diff != "" || !s.Default || s.Title != "shop" {
		t.Errorf("disable %v, default %v, title %q", s.Disable, s.Default, s.Title)
	}
}

func TestDeprecatedAllowlists(t *testing.T) {
	s := parse(t, ".gitleaks.toml", `
[allowlist]
regexes = ["^x"]
[[rules]]
id = "a"
regex = '''aaa_(\d+)'''
[rules.allowlist]
stopwords = ["1"]
`, Options{})
	warned(t, s)
	if len(s.Allow) != 1 || ruleByID(t, s, "a").Filter == nil {
		t.Errorf("allow %+v, rules %+v", s.Allow, s.Rules)
	}
}

func TestOneBadRuleCostsNoOther(t *testing.T) {
	s := parse(t, "x.toml", `title = "x"
[[rules]]
id = "good"
description = "x"
regex = '''goo_d[0-9]{4}'''
keyword = ["goo"]

[[rules]]
id = "ahead"
regex = '''foo(?=bar)'''
[[rules]]
id = "syntax"
regex = '''foo('''
[[rules]]
id = "group"
regex = '''foo([0-9]+)'''
secretGroup = 3
[[rules]]
id = "lonely"
regex = '''foo_([0-9]+)'''
[[rules.required]]
id = "nobody"
[[rules]]
id = "needs-lonely"
regex = '''foo_([0-9]+)'''
[[rules.required]]
id = "lonely"
[[rules]]
regex = '''foo_([0-9]+)'''
[[rules]]
id = "Upper_Case"
regex = '''foo_([0-9]+)'''
[[rules.allowlists]]
condition = "XOR"
regexes = ["a"]
[[rules.allowlists]]
regexes = ["(", "b"]
[[rules]]
id = "nothing"
[[rules]]
id = "good"
regex = '''goo_d[0-9]{5}'''
validate = '''http.get("https://example.com")'''
tokenEfficiency = true
`, Options{})
	warned(t, s, `x.toml:6: unknown key "rules.keyword" has no effect (did you mean "keywords"?)`,
		`x.toml:10: rule "ahead": not loaded: regex: look-ahead`, `x.toml:13: rule "syntax": not loaded`,
		`x.toml:16: rule "group": not loaded: regex: secretGroup 3`, `x.toml:19: rule "lonely": not loaded: it requires "nobody"`,
		`x.toml:24: rule "needs-lonely": not loaded: it requires "lonely"`, `not loaded: it has no id`, `x.toml:31: rule "Upper_Case": is called "upper-case" here`,
		`x.toml:33: rule "Upper_Case": allowlist not loaded: condition "XOR"`, `x.toml:36: rule "Upper_Case": allowlist: regexes: error parsing`,
		`x.toml:39: rule "nothing": has neither regex nor path`, `x.toml:3: rule "good": not loaded: line 41 defines it again`,
		`x.toml:43: rule "good": validate is not run`, `x.toml:44: rule "good": tokenEfficiency is not honoured`)
	if r := ruleByID(t, s, "good"); !strings.Contains(r.Regex, "{5}") {
		t.Errorf("the first of two rules was kept: %s", r.Regex)
	}
	if f := ruleByID(t, s, "upper-case").Filter; f == nil || len(f.Regexes) != 1 || f.Regexes[0] != "b" {
		t.Errorf("filter %+v", f)
	}
}

func TestBadFileNamesItsLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.toml", "title = \"x\"\ndescription = [\n", "a.toml:"},
		{"a.toml", "description = \"x\"\n[[rules]]\nid = 3\nregex = '''x'''\nentropy = \"much\"\n", "a.toml:"},
		{"a.yml", "rules:\n  - name: x\n   id: y\n", "a.yml:"},
		{"a.yml", "- x\n", "a.yml:1: want a mapping"},
		{"a.yml", "other: 1\n", "a.yml:1: no rules in it"},
		{"a.yml", "rules: 3\n", "a.yml:1: rules: want a list"},
	} {
		if _, err := Parse(c.name, c.text, Options{}); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
}

func TestExtend(t *testing.T) {
	files := map[string]string{
		"base.toml": `
[extend]
path = "ground.toml"
[[rules]]
id = "a"
description = "the base's"
regex = '''aaa_(\d+)'''
entropy = 1.0
keywords = ["aaa"]
[[rules]]
id = "gone"
regex = '''gone_(\d+)'''
[[allowlists]]
paths = ["^b"]
`, "ground.toml": "[[rules]]\nid = \"ground\"\ndescription=\"x\"\nregex = '''ground_(\\d+)'''\n",
		"loop.toml": "[extend]\npath = \"loop.toml\"\n",
	}
	read := func(name, from string) (string, string, error) {
		text, ok := files[name]
		if !ok {
			return "", "", errors.New("no such file")
		}
		return text, name, nil
	}
	s := parse(t, "x.toml", `[extend]
path = "base.toml"
disabledRules = ["gone", "never"]
url = "https://example.com/x.toml"
[[rules]]
id = "a"
entropy = 3.0
keywords = ["more"]
skipReport = true
[[rules.allowlists]]
stopwords = ["x"]
[[rules]]
id = "b"
description = "x"
regex = '''bbb_(\d+)'''
`, Options{Read: read})
	warned(t, s, `x.toml:4: extend.url is not fetched`, `x.toml:3: extend.disabledRules names "never"`)
	var ids []string
	for _, r := range s.Rules {
		ids = append(ids, r.ID)
	}
	if diff := cmp.Diff([]string{"ground", "a", "b"}, ids); diff != "" {
		t.Errorf("rules (-want +got)\n%s", diff)
	}
	a := ruleByID(t, s, "a")
	if a.Title != "the base's" || len(a.Keywords) != 2 || !a.PartOnly || a.Filter == nil || a.Filter.Of[0].Entropy != 3 || len(a.Filter.Of) != 2 {
		t.Errorf("laid over: %+v %+v", a, a.Filter)
	}
	if len(s.Allow) != 1 {
		t.Errorf("allow %+v", s.Allow)
	}
	for text, want := range map[string]string{
		"[extend]\npath = \"loop.toml\"\n":  "leads back to",
		"[extend]\npath = \"where.toml\"\n": "no such file",
	} {
		if _, err := Parse("x.toml", text, Options{Read: read}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", text, err)
		}
	}
	warned(t, parse(t, "x.toml", "[extend]\npath = \"base.toml\"\n", Options{}), `x.toml:2: extend.path "base.toml" is not read here`)
}

// TestTakenIDs: a rule never takes the place of one that is there, and what names it follows.
func TestTakenIDs(t *testing.T) {
	s := parse(t, "x.toml", `[[rules]]
id = "taken"
description = "x"
regex = '''aaa_(\d+)'''
[[rules]]
id = "other"
regex = '''bbb_(\d+)'''
[[rules.required]]
id = "taken"
`, Options{Known: func(id string) bool { return id == "taken" }})
	ruleByID(t, s, "taken.gitleaks")
	if r := ruleByID(t, s, "other"); r.Required[0].Rule != "taken.gitleaks" || r.Parts[0].Rule != "taken.gitleaks" {
		t.Errorf("%+v", r)
	}
}

func TestDetect(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.toml", "provider = \"x\"\n[[rules]]\nid = \"a\"\nregex = '''x'''\n", Own},
		{"a.toml", "[[rules]]\nid = \"a\"\nregex = '''x'''\n", Own},
		{".gitleaks.toml", "[[rules]]\nid = \"a\"\nregex = '''x'''\n", Leaks},
		{"a.toml", "[[rules]]\nid = \"a\"\ndescription = \"x\"\nregex = '''x'''\n", Leaks},
		{"a.toml", "[[rules]]\nid = \"a\"\nregex = '''x'''\n[[rules.allowlists]]\nregexes = []\n", Leaks},
		{"a.toml", "# x\ntitle = \"x\"\n[[rules]]\nid = \"a\"\nregex = '''x'''\n", Leaks},
		{"a.toml", "[[rules]]\ntitle = \"x\"\nid = \"a\"\nregex = '''x'''\n", Own},
		{"a.yaml", "", Parker}, {"rules", "rules:\n- id: x\n", Parker},
	} {
		if got := Detect(c.name, c.text); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.name, c.text, got, c.want)
		}
	}
	if _, err := Parse("a.toml", "provider = \"x\"\n", Options{}); err == nil {
		t.Error("a file of our own was read as another's")
	}
}

func FuzzParseLeaks(f *testing.F) {
	f.Add(everyKey)
	f.Add("[extend]\npath = \"x\"\n[[rules]]\nid=\"a\"\nregex='''(?i)a(b)[c]'''\nfilter='''!matchesAny(finding[\"secret\"], [`x`])'''")
	f.Add("[allowlist]\nregexes=['(']\n[[rules]]\n[[rules.allowlists]]\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(".gitleaks.toml", text, Options{Known: func(id string) bool { return len(id) == 3 }})
		if err != nil {
			if !strings.HasPrefix(err.Error(), ".gitleaks.toml") {
				t.Fatalf("an error without its file: %v", err)
			}
			return
		}
		checkSet(t, s, 1+strings.Count(text, "\n"))
	})
}

// checkSet checks what holds of whatever was read.
func checkSet(t *testing.T, s *Set, lines int) {
	t.Helper()
	for _, r := range s.Rules {
		again := r
		if err := rules.Compile(&again); err != nil {
			t.Fatalf("a rule that does not compile was kept: %v", err)
		}
		if len(r.ID) == 3 && !strings.Contains(r.ID, ".") && s.Format == Leaks {
			t.Fatalf("rule %q took an id that is taken", r.ID)
		}
	}
	for _, a := range append(s.Allow, s.Tune...) {
		if err := a.Check(); err != nil {
			t.Fatalf("an allow that does not compile was kept: %v", err)
		}
	}
	for _, w := range s.Warnings {
		if w.Line < 1 || w.Line > lines || w.Text == "" {
			t.Fatalf("warning %+v of a file of %d lines", w, lines)
		}
	}
	_ = fmt.Sprint(s)
}
