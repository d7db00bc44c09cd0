package report

import (
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
)

// credential is what a person counts as one: the findings with one value, by whatever rules. The first leads.
type credential []*finding.Finding

// credentials groups findings by value, in the order of the first of each.
func credentials(active []*finding.Finding) []credential {
	at := make(map[string]int, len(active)) // by id
	var all []credential
	for _, f := range active {
		k, ok := at[f.ID]
		if ok = ok && len(f.Same) > 0; !ok {
			k = len(all)
			all = append(all, nil)
		}
		all[k] = append(all[k], f)
		for _, id := range f.Same {
			at[id] = k
		}
	}
	for _, c := range all {
		c.lead()
	}
	return all
}

// lead puts the finding first that tells most: of the most urgent, one whose rule knows what the value is for.
func (c credential) lead() {
	arrange.By(c, func(a, b *finding.Finding) int {
		if d := urgency(b) - urgency(a); d != 0 {
			return d
		}
		return vague(a) - vague(b)
	})
}

// vague is 1 for a finding whose rule knows a value by its name alone.
func vague(f *finding.Finding) int {
	if strings.HasPrefix(f.Rule, "generic-") {
		return 1
	}
	return 0
}

// others writes the findings that have the value of the first, each with its places.
func (t *terminal) others(c credential, v *view) {
	for _, f := range c[1:] {
		t.field("same as", f.Rule+"  "+f.ID)
		if tellVerdict(f, v.rule(f.Rule)) {
			t.verdict(f.Verdict)
		}
		t.parts(f)
		t.rest("", f, -1, 0, v.opts.MaxPlaces)
	}
}
