package verify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

// Emergency returns the indexes of the findings in the order in which an incident is worked off: what is live first,
// then what may be; the graver severity and the wider rights first, then what stands in more places. Suppressed
// findings come last.
func Emergency(all []finding.Finding) []int {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		a, b := &all[x], &all[y]
		return cmp.Or(
			cmp.Compare(urgency(a), urgency(b)),
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(wideRights(b), wideRights(a)),
			cmp.Compare(len(b.Places), len(a.Places)),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.ID, b.ID),
		)
	})
	return order
}

// urgency is 0 for what must be revoked now and grows.
func urgency(f *finding.Finding) int {
	if f.Suppression != nil {
		return 9
	}
	if f.Verdict == nil {
		return 2
	}
	switch f.Verdict.Status {
	case finding.Live:
		return 0
	case finding.Unreliable, finding.Unknown:
		return 1
	case finding.Expired:
		return 3
	case finding.Dead:
		return 4
	}
	return 2
}

// wideRights counts the words among the facts that stand for more than reading.
func wideRights(f *finding.Finding) int {
	if f.Verdict == nil {
		return 0
	}
	n := 0
	for _, v := range f.Verdict.Facts {
		for _, word := range strings.FieldsFunc(strings.ToLower(v), func(r rune) bool { return r < 'a' || r > 'z' }) {
			if oneOf(word, "admin", "root", "owner", "write", "delete", "repo", "workflow", "global", "full", "all") {
				n++
			}
		}
	}
	return n
}
