package main

import (
	"sync"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/triage"
)

// silencer returns what tells whether a match is silenced at a place, by an allow comment, an ignore file or the baseline.
// These are read when that is first asked; one that cannot be read ends the scan where it is read for the report.
func (s *settings) silencer(noRepoConfig bool) func(finding.Match, finding.Place) bool {
	policy := sync.OnceValue(func() triage.Policy {
		p, _ := s.policy(s.ownLists(noRepoConfig), nil)
		return p
	})
	var mu sync.Mutex
	return func(m finding.Match, p finding.Place) bool {
		mu.Lock()
		defer mu.Unlock()
		one := []finding.Finding{{Rule: m.Rule, Secret: finding.NewSecret(m.Secret), Places: []finding.Place{p}}}
		policy().Apply(one)
		return one[0].Suppression != nil
	}
}
