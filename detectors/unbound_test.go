package detectors

import (
	"github.com/unleak/unleak/rules/builtin"
	"testing"
)

func TestNoBuiltinRuleIsUnbound(t *testing.T) {
	e, err := New(builtin.Rules(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range e.unbound {
		t.Errorf("rule %s has no literal: it would be run over every line", c.ID)
	}
}
