package generic

import (
	"cmp"
	"slices"
)

// Reason tells what one feature did to a candidate's score.
type Reason struct {
	Feature string
	Value   float64
	Weight  float64 // logit with the feature less logit without it; over 0 speaks for a credential
}

// Reasons returns what decided a judged candidate, the weightiest first, at most limit of them: for each feature that
// is set, how the score changes when it alone is taken away. A candidate that the model was not asked about has none.
func (d *Detector) Reasons(c *Candidate, limit int) []Reason {
	if c.fixed || c.ruledOut {
		return nil
	}
	whole := d.model.sum(c.Explain)
	f := *c.Explain
	var out []Reason
	for i, v := range f {
		if v == 0 {
			continue
		}
		f[i] = 0
		if w := whole - d.model.sum(&f); w > 0.01 || w < -0.01 {
			out = append(out, Reason{Feature: featureNames[i], Value: float64(v), Weight: float64(w)})
		}
		f[i] = v
	}
	slices.SortStableFunc(out, func(a, b Reason) int {
		return cmp.Compare(b.Weight*b.Weight, a.Weight*a.Weight)
	})
	return out[:min(limit, len(out))]
}
