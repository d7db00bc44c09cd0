package detectors

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

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
	surroundings := []string{"%s", "x = 1\n%s\ny = 2\n"}
	switch techniques[r.Technique].(type) {
	case startTechnique, secretFileTechnique:
		surroundings = surroundings[:1] // the examples are whole files
	}
	for _, text := range r.Examples {
		for _, around := range surroundings {
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

// dataURL begins an example that is bytes rather than text (RFC 2397, 1998).
const dataURL = "data:;base64,"

func found(s *Scanner, id, text string) bool {
	if encoded, ok := strings.CutPrefix(text, dataURL); ok {
		if b, err := base64.StdEncoding.DecodeString(encoded); err == nil {
			text = string(b)
		}
	}
	matches := s.Scan([]byte(text), nil, nil)
	return slices.ContainsFunc(matches, func(m finding.Match) bool { return m.Rule == id })
}
