package main

import "fmt"

// figures are what score.py prints for a report.
type figures struct {
	total, found, false, unlabelled int
}

func (f figures) recall() float64 { return float64(f.found) / float64(max(1, f.total)) }
func (f figures) precision() float64 {
	return float64(f.found) / float64(max(1, f.found+f.false))
}
func (f figures) strict() float64 {
	return float64(f.found) / float64(max(1, f.found+f.false+f.unlabelled))
}

func harmonic(p, r float64) float64 { return 2 * p * r / max(1e-9, p+r) }

func (f figures) String() string {
	return fmt.Sprintf("found=%d/%d false=%d unlabelled=%d recall=%.3f precision=%.3f f1=%.3f strict=%.3f strict_f1=%.3f", f.found, f.total, f.false, f.unlabelled,
		f.recall(), f.precision(), harmonic(f.precision(), f.recall()), f.strict(), harmonic(f.strict(), f.recall()))
}

// outcome of one finding
const (
	isHit = iota
	isFalse
	isUnlabelled
	isIgnored
)

// evaluate scores the samples that reach cut, line by line, as score.py does. elsewhere is what other rules
// find.
func evaluate(s *set, cut float64, elsewhere scored) (figures, map[int]bool) {
	hit := map[int]bool{}
	for id := range elsewhere.hit {
		hit[id] = true
	}
	type place struct {
		file string
		line int
		rule string
	}
	wrong := map[place]bool{}
	other := map[place]bool{}
	for i := range s.samples {
		x := &s.samples[i]
		if x.clean || x.made || x.score < cut {
			continue
		}
		kind, ids := judge(s, x)
		for _, id := range ids {
			hit[id] = true
		}
		switch kind {
		case isFalse:
			wrong[place{x.file, x.first, x.rule}] = true
		case isUnlabelled:
			other[place{x.file, x.first, x.rule}] = true
		}
	}
	return figures{total: s.total, found: len(hit), false: len(wrong) + elsewhere.false, unlabelled: len(other) + elsewhere.unlabelled}, hit
}

func judge(s *set, x *sample) (kind int, ids []int) {
	var ignored, wrong bool
	for _, l := range s.labels[x.file] {
		if l.first > x.last || x.first > l.last {
			continue
		}
		switch l.kind {
		case "T":
			if x.last-x.first <= l.last-l.first+3 {
				ids = append(ids, l.id)
			}
		case "IGNORE":
			ignored = true
		case "F":
			wrong = true
		}
	}
	switch {
	case len(ids) > 0:
		return isHit, ids
	case ignored:
		return isIgnored, nil
	case wrong:
		return isFalse, nil
	}
	return isUnlabelled, nil
}
