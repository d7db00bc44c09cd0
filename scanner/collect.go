package scanner

import (
	"cmp"
	"maps"
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
)

// collection groups matches by rule and value.
type collection map[identity]*gathered

type identity struct{ rule, secret string }

// gathered is a finding while its places come in, with the parts that they have.
type gathered struct {
	finding.Finding
	parts  []placedParts               // distinct ones, by place
	beyond map[secretPart]finding.Part // secret parts of those that were too many
}

type secretPart struct{ name, value string }

// placedParts are the parts of a credential and the first place that has them.
type placedParts struct {
	parts []finding.Part
	at    finding.Place
}

// mostParts is how many places a credential may belong to: those that come first count, the others are kept from being
// shown.
const mostParts = 16

func (c collection) add(m finding.Match, p finding.Place, title string, severity finding.Severity) {
	key := identity{m.Rule, m.Secret}
	f := c[key]
	if f == nil {
		f = &gathered{Finding: finding.Finding{
			Rule: m.Rule, Title: title, Severity: severity, Confidence: m.Confidence,
			Secret: finding.NewSecret(m.Secret), Proofs: m.Proofs, Tags: m.Tags,
			Places: []finding.Place{p},
		}}
		f.addParts(m.Parts, p)
		c[key] = f
		return
	}
	f.Places = append(f.Places, p)
	f.Confidence = max(f.Confidence, m.Confidence)
	f.Severity = max(f.Severity, severity)
	f.Tags = intersect(f.Tags, m.Tags)
	f.Proofs = better(f.Proofs, m.Proofs)
	f.addParts(m.Parts, p)
}

// addParts keeps the parts of a place, each set of values once, at its first place. What is kept does not depend on the
// order in which places come.
func (g *gathered) addParts(parts []finding.Part, at finding.Place) {
	if len(parts) == 0 {
		return
	}
	for i := range g.parts {
		if k := &g.parts[i]; sameValues(k.parts, parts) {
			if comparePlaces(&at, &k.at) < 0 {
				k.parts, k.at = parts, at
				g.sortParts()
			}
			return
		}
	}
	g.parts = append(g.parts, placedParts{parts, at})
	g.sortParts()
	if len(g.parts) > mostParts {
		g.leaveOut(g.parts[mostParts].parts)
		g.parts = g.parts[:mostParts]
	}
}

func (g *gathered) leaveOut(parts []finding.Part) {
	for _, p := range parts {
		if p.Open() {
			continue
		}
		if g.beyond == nil {
			g.beyond = map[secretPart]finding.Part{}
		}
		g.beyond[secretPart{p.Name, p.Value.Reveal()}] = finding.Part{Name: p.Name, Value: p.Value, Rule: p.Rule}
	}
}

// sortParts puts those first that tell most.
func (g *gathered) sortParts() {
	arrange.By(g.parts, func(a, b placedParts) int {
		return cmp.Or(len(b.parts)-len(a.parts), comparePlaces(&a.at, &b.at), slices.CompareFunc(a.parts, b.parts, compareParts))
	})
}

func sameValues(a, b []finding.Part) bool {
	return slices.EqualFunc(a, b, func(x, y finding.Part) bool { return compareParts(x, y) == 0 })
}

func compareParts(a, b finding.Part) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value.Reveal(), b.Value.Reveal()))
}

// finish settles the finding once all its places are in.
func (g *gathered) finish() {
	if len(g.Places) > 1 {
		arrange.By(g.Places, func(a, b finding.Place) int { return comparePlaces(&a, &b) })
		g.Places = slices.CompactFunc(g.Places, func(a, b finding.Place) bool { return comparePlaces(&a, &b) == 0 })
	}
	for i, p := range g.parts {
		if i == 0 {
			g.Parts = p.parts
		} else {
			g.Elsewhere = append(g.Elsewhere, p.parts)
		}
	}
	if len(g.beyond) == 0 {
		return
	}
	g.Beyond = slices.SortedFunc(maps.Values(g.beyond), compareParts)
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
		f.finish()
	}
	slices.SortFunc(order, compareFindings)
	out := make([]finding.Finding, len(order))
	for i, f := range order {
		out[i] = f.Finding
	}
	return out
}

func compareFindings(a, b *gathered) int {
	if c := comparePlaces(&a.Places[0], &b.Places[0]); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Secret.Reveal(), b.Secret.Reveal()))
}

func comparePlaces(a, b *finding.Place) int {
	if c := compareOrigins(&a.Origin, &b.Origin); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Start.Offset, b.Start.Offset), cmp.Compare(a.End.Offset, b.End.Offset), cmp.Compare(a.Decoded, b.Decoded))
}

func compareOrigins(a, b *finding.Origin) int {
	if a.Kind != b.Kind {
		return cmp.Compare(a.Kind, b.Kind)
	}
	if c := comparePaths(a.Path, b.Path); c != 0 {
		return c
	}
	if c := slices.Compare(a.Inside, b.Inside); c != 0 {
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
