package detectors

import (
	"slices"
	"testing"

	"github.com/unleak/unleak/rules/builtin"
)

// TestBuiltinRulesStayCheap: what the built-in rules ask of the engine is paid at every edit and in every text.
func TestBuiltinRulesStayCheap(t *testing.T) {
	e, err := New(builtin.Rules(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e.extras || e.nearLines != contextLines {
		for i := range e.rules {
			if c := &e.rules[i]; c.extra != nil || c.Exact {
				t.Errorf("rule %s: keywords, required rules and filters are for imported rules: they widen what is looked at around every edit", c.ID)
			}
		}
	}
	known := []string{"jenkins-master-key", "nats-nkey-seed", "stellar-seed", "unleash-api-token"}
	for _, c := range e.unbound {
		if !slices.Contains(known, c.ID) {
			t.Errorf("rule %s has no literal: its regex runs over every text that holds its run", c.ID)
		}
	}
}
