package triage

import (
	"slices"

	"github.com/unleak/unleak/finding"
)

// Same sets of every finding that counts the ids of the others with the same value: a password is found as a setting here and
// in a URL there, by different rules, and is one credential all the same. The findings must have ids.
func Same(findings []finding.Finding) {
	for _, group := range sameSecret(findings) {
		if len(group) < 2 {
			continue
		}
		for _, f := range group {
			for _, g := range group {
				if g.ID != f.ID {
					f.Same = withID(f.Same, g.ID)
				}
			}
		}
	}
}

// withID adds an id to a sorted list that lacks it. The list is not changed in place.
func withID(ids []string, id string) []string {
	i, ok := slices.BinarySearch(ids, id)
	if ok {
		return ids
	}
	return slices.Insert(slices.Clone(ids), i, id)
}
