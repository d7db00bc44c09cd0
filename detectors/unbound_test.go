package detectors

import (
	"testing"

	"github.com/unleak/unleak/rules/builtin"
)

// TestUnboundRulesHaveALongRun: a rule without a literal looks at every piece of a text, which only a run makes cheap.
func TestUnboundRulesHaveALongRun(t *testing.T) {
	e, err := New(builtin.Rules(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range e.unbound {
		if c.Plan.Run.Len < 48 {
			t.Errorf("rule %s has neither a literal nor a long run: its regex would run over every byte", c.ID)
		}
	}
}
