package triage

import (
	"testing"

	"github.com/unleak/unleak/rules/builtin"
)

// TestTrivyRulesExist keeps the table of Trivy's rules true to ours.
func TestTrivyRulesExist(t *testing.T) {
	ours := map[string]bool{}
	for _, r := range builtin.Rules() {
		ours[r.ID] = true
	}
	for theirs, rule := range trivyRules {
		if !ours[rule] {
			t.Errorf("%s stands for %s, which is no rule", theirs, rule)
		}
		if ours[theirs] {
			t.Errorf("%s is a rule of ours by that name already", theirs)
		}
	}
}
