package interchange

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/rules"
)

func TestExpressions(t *testing.T) {
	secret := func(f rules.Filter) rules.Filter { f.Field = rules.FieldSecret; return f }
	not := func(f rules.Filter) rules.Filter { return rules.Filter{Op: "not", Of: []rules.Filter{f}} }
	for in, want := range map[string]rules.Filter{
		`entropy(finding["secret"]) <= 3.5`:                              secret(rules.Filter{Entropy: 3.5}),
		`filter.entropy(finding.secret) < 3`:                             secret(rules.Filter{Entropy: 3, Below: true}),
		`3 > entropy(finding["secret"])`:                                 secret(rules.Filter{Entropy: 3, Below: true}),
		`entropy(finding["secret"]) >= 3`:                                not(secret(rules.Filter{Entropy: 3, Below: true})),
		"filter.matchesAny(finding[\"match\"], [`^a\\d`, \"b\"]) // why": {Field: rules.FieldMatch, Regexes: []string{`^a\d`, "b"}},
		`containsAny(finding["line"], ["ABC", 'd'])`:                     {Field: rules.FieldLine, Words: []string{"abc", "d"}},
		`matchesAny(get(attributes, "path", ""), ["x"])`:                 {Field: rules.FieldPath, Regexes: []string{"x"}},
		`matchesAny((attributes["path"] ?? ""), ["x"])`:                  {Field: rules.FieldPath, Regexes: []string{"x"}},
		`get(attributes, "git.sha", "") in ["0123456"]`:                  {Field: rules.FieldCommit, Values: []string{"0123456"}},
		`attributes.git.author_name == "bot" /* x */`:                    {Field: rules.FieldAuthor, Values: []string{"bot"}},
		`"x" != finding["secret"]`:                                       not(secret(rules.Filter{Values: []string{"x"}})),
		`finding["secret"] contains "a.b"`:                               secret(rules.Filter{Regexes: []string{`a\.b`}}),
		`finding["secret"].contains("a.b")`:                              secret(rules.Filter{Regexes: []string{`a\.b`}}),
		`finding["secret"] not contains "a"`:                             not(secret(rules.Filter{Regexes: []string{`a`}})),
		`finding["secret"] startsWith "a"`:                               secret(rules.Filter{Regexes: []string{`\Aa`}}),
		`finding["secret"] endsWith "a"`:                                 secret(rules.Filter{Regexes: []string{`a\z`}}),
		`finding["secret"] matches "^a"`:                                 secret(rules.Filter{Regexes: []string{`^a`}}),
		`len(finding["secret"]) < 4`:                                     secret(rules.Filter{Regexes: []string{`\A(?s:.{0,3})\z`}}),
		`true`:                                                           {Op: "and"}, `not false`: not(rules.Filter{Op: "or"}), `containsAny(finding["secret"], [])`: {Op: "or"},
		`matchesAny(finding["secret"], ["a"]) && !(finding["secret"] == "b" or finding["match"] == "c")`: {Op: "and", Of: []rules.Filter{
			secret(rules.Filter{Regexes: []string{"a"}}),
			not(rules.Filter{Op: "or", Of: []rules.Filter{secret(rules.Filter{Values: []string{"b"}}), {Field: rules.FieldMatch, Values: []string{"c"}}}}),
		}},
		`finding["secret"] == "\u0041\n\x42"`: secret(rules.Filter{Values: []string{"A\nB"}}),
	} {
		n, err := parseExpr(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		got, dropped, err := filterOf(n)
		if diff := cmp.Diff(want, got); diff != "" || err != nil || len(dropped) > 0 {
			t.Errorf("%s: %v, dropped %v (-want +got)\n%s", in, err, dropped, diff)
		}
	}
}

// TestExpressionsThatCannotBeHonoured: an alternative may go, a part of a conjunction or of a negation may not.
func TestExpressionsThatCannotBeHonoured(t *testing.T) {
	for in, want := range map[string]struct {
		kept  bool
		names string
	}{
		`failsTokenEfficiency(finding["secret"])`:                                   {false, "failsTokenEfficiency()"},
		`entropy(finding["secret"]) < 2 || failsTokenEfficiency(finding["secret"])`: {true, "failsTokenEfficiency()"},
		`entropy(finding["secret"]) < 2 && failsTokenEfficiency(finding["secret"])`: {false, "failsTokenEfficiency()"},
		`!(finding["secret"] == "a" || failsTokenEfficiency(finding["secret"]))`:    {false, "failsTokenEfficiency()"},
		`let x = 3; x > 2`: {false, "a comparison"},
		`let x = finding["fragment_raw"][max(1, 2) - 3:4]; entropy(finding["secret"]) < 2 || containsAny(x + "a", ["b"])`: {true, "a sum is not"},
		"let a = \"x\";" + strings.Repeat("let a = a+a;", 30) + "a == a":                                                  {false, "too long"},
		`finding["rule_id"] == "x"`:               {false, "rule_id"},
		`finding["secret"] ==`:                    {false, "ends too early"},
		`matchesAny(finding["secret"], ["("])`:    {false, "missing closing"},
		`finding["secret"] == "a" ? true : false`: {false, `"?"`},
		strings.Repeat("(", 5000):                 {false, "too deep"},
		strings.Repeat("!", 5000) + "true":        {false, "too deep"},
		strings.Repeat("[", 5000):                 {false, "too deep"},
	} {
		s := &Set{}
		f := s.expression(in, "f", 7, "r", "filter")
		if (f != nil) != want.kept || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0].Text, want.names) || s.Warnings[0].Line != 7 {
			t.Errorf("%.80s: filter %+v, warnings %v", in, f, s.Warnings)
		}
	}
}

func FuzzExpression(f *testing.F) {
	for _, s := range []string{`a || b && !c`, `matchesAny(finding["secret"], ["x"]) or entropy(finding.secret) < 3.5`, "r\"\"\"x\"\"\" ?? 'y'", `len(finding["line"])<=9`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		s := &Set{}
		filter := s.expression(in, "f", 1, "r", "filter")
		if filter == nil && len(s.Warnings) == 0 {
			t.Fatal("neither a filter nor a warning")
		}
		if filter != nil {
			if err := (&rules.Allow{Filter: *filter}).Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
