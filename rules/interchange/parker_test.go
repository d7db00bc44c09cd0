package interchange

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

const everyParkerKey = `rules:
- name: Shop token
  id: shop.token.1
  pattern: |
    (?x)(?i)
    shop (?# the shop )
    _
    (                # the token
      [a-z0-9]{12}
    )
  min_entropy: 3.1
  confidence: high
  description: Opens the shop.
  examples:
  - shop_a1b2c3d4e5f6
  negative_examples:
  - shop_a1
  references: [https://example.com/tokens]
  categories: [secret, api]
  pattern_requirements:
    min_digits: 2
    min_uppercase: 1
    special_chars: "-]"
    min_special_chars: 1
    ignore_if_contains: [TEST]
    checksum:
      actual: x
  validation:
    type: Http
  depends_on_rule:
  - rule_id: shop.id
    variable: SHOPID
- name: Shop id
  id: shop.id
  pattern: 'shopid=([0-9]{6})'
  visible: false
  categories: [identifier]
  confidence: sure
  min_entrophy: 3
`

func TestEveryKeyOfParker(t *testing.T) {
	s := parse(t, "shop.yml", everyParkerKey, Options{})
	warned(t, s, `shop.yml:27: rule "shop.token.1": pattern_requirements: checksum is not computed`, `shop.yml:28: rule "shop.token.1": validation is not run`,
		`shop.yml:38: rule "shop.id": confidence "sure"`, `shop.yml:39: rule "shop.id": unknown key "min_entrophy" has no effect (did you mean "min_entropy"?)`)
	r := ruleByID(t, s, "shop.token.1")
	lacks := func(re string) rules.Filter {
		return rules.Filter{Op: "not", Of: []rules.Filter{{Field: "secret", Regexes: []string{re}}}}
	}
	want := rules.Rule{
		ID: "shop.token.1", Provider: Parker, Title: "Shop token", Opens: "Opens the shop.", Regex: `(?i)shop_([a-z0-9]{12})`, SecretGroup: 1,
		Severity: finding.High, Confidence: 0.9, Tags: []string{"api", "secret"}, Exact: true, Documented: "https://example.com/tokens",
		Examples: []string{"shop_a1b2c3d4e5f6"}, Negatives: []string{"shop_a1"}, Plan: r.Plan,
		Parts: []rules.PartRule{{Name: "shopid", Rule: "shop.id"}},
		Filter: &rules.Filter{Op: "or", Of: []rules.Filter{
			{Field: "secret", Entropy: 3.1}, lacks(`(?s)(?:[0-9].*?){2}`), lacks(`(?s)(?:[A-Z].*?){1}`), lacks(`(?s)(?:[\-\]].*?){1}`),
			{Field: "secret", Words: []string{"test"}},
		}},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if r := ruleByID(t, s, "shop.id"); !r.PartOnly || r.Severity != finding.Info {
		t.Errorf("%+v", r)
	}
}

func TestOneBadParkerRuleCostsNoOther(t *testing.T) {
	s := parse(t, "x.yml", `rules:
- {name: ahead, id: a, pattern: 'foo(?=bar)'}
- name: type
  id: b
  pattern: 'foo[0-9]'
  min_entropy: lots
- 17
- {name: good, id: c, pattern: 'foo_[0-9]{4}'}
- {name: again, id: c, pattern: 'foo_[0-9]{5}'}
- {name: no id, pattern: 'foo_[0-9]{5}'}
rulesets:
- id: default
---
rules:
- {name: second document, id: d, pattern: 'bar_[0-9]{4}'}
`, Options{})
	warned(t, s, `x.yml:2: rule "a": not loaded: pattern: look-ahead`, `rule "b": not loaded`, `x.yml:7: not loaded: a rule must be a mapping`,
		`x.yml:9: rule "c": is called "c-2" here`, `x.yml:10: rule "no id": not loaded: it has no id`, `x.yml:11: rulesets are not used`)
	ruleByID(t, s, "c")
	ruleByID(t, s, "c-2")
	ruleByID(t, s, "d")
}

func TestSecretGroup(t *testing.T) {
	for pattern, want := range map[string]int{
		`(a)`: 1, `a`: 0, `(?P<user>a)(?P<token>b)`: 2, `(?P<key_id>a)(?P<secret_key>b)`: 2, `(?# username )(a)((?# the password)b)`: 2, `(a)(b)`: 0,
		`(?P<secret>a)(?P<host>b)`: 1,
	} {
		got, err := translate(pattern, rustDialect)
		if err != nil {
			t.Fatal(err)
		}
		if g := secretGroup(got.groups); g != want {
			t.Errorf("%s: group %d, want %d", pattern, g, want)
		}
	}
}

func FuzzParseParker(f *testing.F) {
	f.Add(everyParkerKey)
	f.Add("rules: &a\n- *a\n")
	f.Add("rules:\n- {id: x, pattern: '(?x) a [b', depends_on_rule: [null]}\n--- \nrules: []\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse("x.yml", text, Options{})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "x.yml:") {
				t.Fatalf("an error without its file: %v", err)
			}
			return
		}
		checkSet(t, s, 1<<30)
	})
}
