package scanner

import (
	"cmp"
	"maps"
	"slices"

	"github.com/unleak/unleak/finding"
)

// collection groups matches by rule and value.
type collection map[identity]*gathered

type identity struct{ rule, secret string }

// gathered is a finding while its places come in, and the place its parts were seen at.
type gathered struct {
	finding.Finding
	partsAt finding.Place
}

func (c collection) add(m finding.Match, p finding.Place, title string, severity finding.Severity) {
	key := identity{m.Rule, m.Secret}
	f := c[key]
	if f == nil {
		c[key] = &gathered{partsAt: p, Finding: finding.Finding{
			Rule: m.Rule, Title: title, Severity: severity, Confidence: m.Confidence,
			Secret: finding.NewSecret(m.Secret), Proofs: m.Proofs, Parts: m.Parts, Tags: m.Tags,
			Places: []finding.Place{p},
		}}
		return
	}
	f.Places = append(f.Places, p)
	f.Confidence = max(f.Confidence, m.Confidence)
	f.Severity = max(f.Severity, severity)
	f.Tags = intersect(f.Tags, m.Tags)
	f.Proofs = better(f.Proofs, m.Proofs)
	if n := len(m.Parts) - len(f.Parts); n > 0 || n == 0 && comparePlaces(p, f.partsAt) < 0 {
		f.Parts, f.partsAt = m.Parts, p
	}
}

// intersect returns what both sorted lists hold: a credential is "test" only where all its places are.
func intersect(a, b []string) []string {
	var out []string
	for _, t := range a {
		if slices.Contains(b, t) {
			out = append(out, t)
		}
	}
	return out
}

// better prefers more proofs, then the lesser text, so that the order of arrival decides nothing.
func better(a, b []finding.Proof) []finding.Proof {
	if len(a) != len(b) {
		return longer(a, b)
	}
	if slices.CompareFunc(a, b, func(x, y finding.Proof) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Detail, y.Detail))
	}) <= 0 {
		return a
	}
	return b
}

func longer[T any](a, b []T) []T {
	if len(a) > len(b) {
		return a
	}
	return b
}

// sorted returns the findings in the one order every report uses: by first place, rule and value.
func (c collection) sorted() []finding.Finding {
	order := slices.Collect(maps.Values(c))
	for _, f := range order {
		if len(f.Places) > 1 {
			slices.SortFunc(f.Places, comparePlaces)
			f.Places = slices.CompactFunc(f.Places, func(a, b finding.Place) bool { return comparePlaces(a, b) == 0 })
		}
	}
	slices.SortFunc(order, compareFindings)
	out := make([]finding.Finding, len(order))
	for i, f := range order {
		out[i] = f.Finding
	}
	return out
}

func compareFindings(a, b *gathered) int {
	if c := comparePlaces(a.Places[0], b.Places[0]); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Secret.Reveal(), b.Secret.Reveal()))
}

func comparePlaces(a, b finding.Place) int {
	if c := compareOrigins(a.Origin, b.Origin); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Start.Offset, b.Start.Offset), cmp.Compare(a.End.Offset, b.End.Offset), cmp.Compare(a.Decoded, b.Decoded))
}

func compareOrigins(a, b finding.Origin) int {
	if c := cmp.Or(cmp.Compare(a.Kind, b.Kind), comparePaths(a.Path, b.Path), slices.Compare(a.Inside, b.Inside)); c != 0 {
		return c
	}
	if a.Git != nil && b.Git != nil {
		if c := cmp.Or(cmp.Compare(a.Git.Repository, b.Git.Repository), a.Git.Date.Compare(b.Git.Date),
			cmp.Compare(a.Git.Commit, b.Git.Commit), cmp.Compare(a.Git.Blob, b.Git.Blob),
			cmp.Compare(a.Git.Ref, b.Git.Ref)); c != 0 {
			return c
		}
	}
	if a.Image != nil && b.Image != nil {
		return cmp.Or(cmp.Compare(a.Image.Name, b.Image.Name), cmp.Compare(a.Image.Platform, b.Image.Platform),
			cmp.Compare(a.Image.LayerIndex, b.Image.LayerIndex), cmp.Compare(a.Image.Layer, b.Image.Layer),
			cmp.Compare(a.Image.Field, b.Image.Field))
	}
	return 0
}

// comparePaths orders folder by folder, as a person lists them: a slash comes before any other byte.
func comparePaths(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for i < n && a[i] == b[i] {
		i++
	}
	switch {
	case i == n:
		return cmp.Compare(len(a), len(b))
	case a[i] == '/':
		return -1
	case b[i] == '/':
		return 1
	}
	return cmp.Compare(a[i], b[i])
}
