package verify

import (
	"cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
)

// Emergency returns the indexes of the findings in the order in which an incident is worked off: what is live first,
// then what may be; then what is most dangerous (see danger), then what stands in more places. Suppressed findings come
// last.
func Emergency(all []finding.Finding) []int {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	arrange.By(order, func(x, y int) int {
		a, b := &all[x], &all[y]
		return cmp.Or(
			cmp.Compare(urgency(a), urgency(b)),
			cmp.Compare(danger(b), danger(a)),
			cmp.Compare(b.Verdict.Rights(), a.Verdict.Rights()),
			cmp.Compare(b.Severity, a.Severity),
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

// danger is the severity, which tells what a credential of its kind may do, corrected by what the issuer says this one
// may do: more for an administrator, less where it may only read.
func danger(f *finding.Finding) int {
	switch level := f.Verdict.Rights() / finding.RightsLevel; level {
	case 3:
		return int(f.Severity) + 1
	case 1:
		return int(f.Severity) - 1
	}
	return int(f.Severity)
}
