package triage

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseAllow(t *testing.T) {
	for comment, want := range map[string]Allow{
		"unleak:allow":                             {},
		"unleak:allow -->":                         {},
		"unleak:allow */":                          {},
		`unleak:allow"`:                            {},
		`unleak:allow",`:                           {},
		"unleak:allow generic-password":            {Rules: []string{"generic-password"}},
		"unleak:allow a-b,c2 -- for tests only */": {Rules: []string{"a-b", "c2"}, Reason: "for tests only"},
		"unleak:allow -- no key: 1 -- 2":           {Reason: "no key: 1 -- 2"},
		`unleak:allow a reason="two words" -->`:    {Rules: []string{"a"}, Reason: "two words"},
		"unleak:allow reason=two words":            {Reason: "two words"},
		`unleak:allow	a	--	tabs`:                   {Rules: []string{"a"}, Reason: "tabs"},
		`unleak:allow a reason="ends with quote"`:  {Rules: []string{"a"}, Reason: "ends with quote"},
	} {
		got, ok, err := ParseAllow(comment, "")
		if err != nil || !ok {
			t.Errorf("%q: %v, %v", comment, ok, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", comment, diff)
		}
	}
}

// TestAllowFailsClosed lists comments that must not silence every rule.
func TestAllowFailsClosed(t *testing.T) {
	for _, comment := range []string{
		"unleak:allow Generic-Password", "unleak:allow a,,b", "unleak:allow a b", "unleak:allow, a", "unleak:allow -a",
		"unleak:allowlist", "unleak:allow-all", "unleak:allow_x", "unleak:allow=a", "unleak:allow:a", "unleak:allo", "", "x unleak:allow",
	} {
		if a, ok, err := ParseAllow(comment, ""); ok && err == nil && len(a.Rules) == 0 {
			t.Errorf("%q silences all rules", comment)
		}
	}
	if _, ok, _ := ParseAllow("my:mark a", "my:mark"); !ok {
		t.Error("another mark is not read")
	}
}

func FuzzParseAllow(f *testing.F) {
	f.Add("unleak:allow a,b -- reason */")
	f.Add(`unleak:allow reason="`)
	f.Fuzz(func(t *testing.T, comment string) {
		a, ok, err := ParseAllow(comment, "")
		if ok != strings.HasPrefix(comment, DefaultAllowMark) && ok {
			t.Errorf("%q has no mark", comment)
		}
		for _, r := range a.Rules {
			if !ruleID(r) {
				t.Errorf("%q names the rule %q", comment, r)
			}
		}
		_ = err
	})
}
