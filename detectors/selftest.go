package detectors

import (
	"fmt"
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// SelfTest checks a rule against its own examples: each must be found by the rule, with and without other text around
// it, and none of the negatives. It returns what is wrong. Imported rules need no examples and remediation.
func SelfTest(s *Scanner, r *rules.Rule) []string {
	var wrong []string
	if len(r.Examples) == 0 && !r.Exact {
		wrong = append(wrong, fmt.Sprintf("rule %q: no examples", r.ID))
	}
	if len(r.Remediation) == 0 && !r.Exact {
		wrong = append(wrong, fmt.Sprintf("rule %q: no remediation", r.ID))
	}
	for _, text := range r.Examples {
		for _, around := range []string{"%s", "x = 1\n%s\ny = 2\n"} {
			if !found(s, r.ID, fmt.Sprintf(around, text)) {
				wrong = append(wrong, fmt.Sprintf("rule %q: not found in its example %q", r.ID, text))
				break
			}
		}
	}
	for _, text := range r.Negatives {
		if found(s, r.ID, text) {
			wrong = append(wrong, fmt.Sprintf("rule %q: found in its negative %q", r.ID, text))
		}
	}
	return wrong
}

func found(s *Scanner, id, text string) bool {
	matches := s.Scan([]byte(text), nil, nil)
	return slices.ContainsFunc(matches, func(m finding.Match) bool { return m.Rule == id })
}
