package triage

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
)

// Difference is what changed from one report to another.
type Difference struct {
	New   []finding.Finding // of the newer report
	Gone  []finding.Finding // of the older
	Still []finding.Finding // of the newer
	Notes []string          // why the comparison may mislead
}

// Compare tells which findings of two reports are new, gone and still there, by id. Suppressed findings of the newer
// report count as gone only when they are not in it at all, and never as new.
func Compare(older, newer *finding.Report) Difference {
	var d Difference
	before := map[string]bool{}
	for i := range older.Findings {
		before[older.Findings[i].ID] = true
	}
	now := map[string]bool{}
	for i := range newer.Findings {
		f := &newer.Findings[i]
		now[f.ID] = true
		switch {
		case before[f.ID]:
			d.Still = append(d.Still, *f)
		case f.Suppression == nil:
			d.New = append(d.New, *f)
		}
	}
	for i := range older.Findings {
		if f := &older.Findings[i]; !now[f.ID] {
			d.Gone = append(d.Gone, *f)
		}
	}
	if older.Coverage.Incomplete() {
		d.Notes = append(d.Notes, "the older report is incomplete: what counts as new may have been there before")
	}
	if newer.Coverage.Incomplete() {
		d.Notes = append(d.Notes, "the newer report is incomplete: what counts as gone may still be there")
	}
	if len(older.Findings) > 0 && len(newer.Findings) > 0 && len(d.Still) == 0 {
		d.Notes = append(d.Notes, "the reports have no finding in common: were they made with the same id key?")
	}
	return d
}

// Merge makes one report of several. A finding of several reports becomes one with all their places; it stays
// suppressed only when it is in each that has it. What the findings mean together is worked out anew.
func Merge(reports ...*finding.Report) *finding.Report {
	write, tree := joined(reports)
	out := &finding.Report{Command: "merge", Tree: tree}
	index := map[string]int{}
	targets := map[string]bool{}
	seen := map[string]bool{}
	for n, r := range reports {
		if n == 0 {
			out.Version = r.Version
		} else if r.Version != out.Version {
			out.Version = ""
		}
		for _, t := range r.Targets {
			targets[t] = true
		}
		for _, v := range r.Revisions {
			if !slices.Contains(out.Revisions, v) {
				out.Revisions = append(out.Revisions, v)
			}
		}
		for i := range r.Findings {
			f := r.Findings[i]
			f.Places = slices.Clone(f.Places)
			write(r, f.Places)
			key := f.Rule + " " + f.ID
			if k, ok := index[key]; ok && f.ID != "" {
				mergeFinding(&out.Findings[k], &f)
				continue
			}
			index[key] = len(out.Findings)
			out.Findings = append(out.Findings, f)
		}
		for _, o := range r.Observations {
			if key := o.Kind + " " + strings.Join(o.Findings, " "); !seen[key] {
				seen[key] = true
				out.Observations = append(out.Observations, o)
			}
		}
		out.Coverage.Add(r.Coverage)
	}
	out.Targets = slices.Sorted(maps.Keys(targets))
	there := map[string]bool{}
	for i := range out.Findings {
		there[out.Findings[i].ID] = true
	}
	for i := range out.Findings {
		f := &out.Findings[i]
		f.Same = slices.DeleteFunc(slices.Clone(f.Same), func(id string) bool { return !there[id] })
		f.Places = sortPlaces(f.Places)
		if f.Exposure != nil {
			e := exposure(f.Places, nil)
			f.Exposure = &e
		}
	}
	arrange.By(out.Findings, func(a, b finding.Finding) int {
		return cmp.Or(comparePlaces(&a.Places[0], &b.Places[0]), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.ID, b.ID))
	})
	out.Observations = observeAnew(out)
	return out
}

// observeAnew returns what the findings of a merged report mean together, which no single report could tell, and of
// the reports' own observations those that still stand for themselves.
func observeAnew(r *finding.Report) []finding.Observation {
	all := Observations(r.Findings)
	for _, o := range r.Observations {
		if !slices.ContainsFunc(all, func(n finding.Observation) bool { return n.Kind == o.Kind && slices.Equal(n.Findings, o.Findings) }) {
			all = append(all, o)
		}
	}
	return all
}

// Unite makes one finding of those that share an id, such as a key that stands in two files with different line ends. The
// findings must have ids; the first of each stays where it is.
func Unite(findings []finding.Finding) []finding.Finding {
	type identity struct{ rule, id string }
	index := make(map[identity]int, len(findings))
	out := findings[:0]
	for i := range findings {
		f := findings[i]
		k, ok := index[identity{f.Rule, f.ID}]
		if !ok {
			index[identity{f.Rule, f.ID}] = len(out)
			out = append(out, f)
			continue
		}
		out[k].Places = slices.Clone(out[k].Places)
		mergeFinding(&out[k], &f)
		out[k].Places = sortPlaces(out[k].Places)
	}
	return out
}

func mergeFinding(f, g *finding.Finding) {
	f.Places = append(f.Places, g.Places...)
	f.Severity = max(f.Severity, g.Severity)
	f.Confidence = max(f.Confidence, g.Confidence)
	if len(g.Proofs) > len(f.Proofs) {
		f.Proofs = g.Proofs
	}
	mergeParts(f, g)
	if v := g.Secret.Reveal(); f.Secret.Reveal() == masked(v) && v != masked(v) {
		f.Secret = g.Secret
	}
	if g.Suppression == nil {
		f.Suppression = nil
	}
	if f.Exposure == nil {
		f.Exposure = g.Exposure
	}
	for _, id := range g.Same {
		f.Same = withID(f.Same, id)
	}
	if verdictRank(g.Verdict) > verdictRank(f.Verdict) {
		f.Verdict = g.Verdict
	}
	f.Tags = slices.DeleteFunc(slices.Clone(f.Tags), func(t string) bool { return !slices.Contains(g.Tags, t) })
}

// mergeParts keeps the parts that tell most, and all others as those of other places: no report may show any.
func mergeParts(f, g *finding.Finding) {
	sets := slices.Concat([][]finding.Part{f.Parts}, f.Elsewhere, [][]finding.Part{g.Parts}, g.Elsewhere)
	f.Beyond = slices.Concat(f.Beyond, g.Beyond)
	if len(g.Parts) > len(f.Parts) {
		f.Parts = g.Parts
	}
	kept := [][]finding.Part{f.Parts}
	for _, set := range sets {
		same := func(other []finding.Part) bool {
			return slices.EqualFunc(set, other, func(a, b finding.Part) bool { return a.Name == b.Name && a.Value == b.Value })
		}
		if len(set) > 0 && !slices.ContainsFunc(kept, same) {
			kept = append(kept, set)
		}
	}
	f.Elsewhere = nil
	if len(kept) > 1 {
		f.Elsewhere = kept[1:]
	}
}

// verdictRank prefers what alarms most.
func verdictRank(v *finding.Verdict) int {
	if v == nil {
		return -1
	}
	return slices.Index([]finding.Status{finding.NotChecked, finding.Unknown, finding.Unreliable, finding.Dead, finding.Expired, finding.Live}, v.Status)
}

// sortPlaces orders places and takes out repeated ones.
func sortPlaces(places []finding.Place) []finding.Place {
	arrange.By(places, func(a, b finding.Place) int { return comparePlaces(&a, &b) })
	return slices.CompactFunc(places, func(a, b finding.Place) bool { return comparePlaces(&a, &b) == 0 })
}

// comparePlaces orders by kind, path and position, then by everything else an origin says.
func comparePlaces(a, b *finding.Place) int {
	c := cmp.Or(cmp.Compare(a.Origin.Kind, b.Origin.Kind), cmp.Compare(a.Origin.Name(), b.Origin.Name()), cmp.Compare(a.Start.Offset, b.Start.Offset),
		cmp.Compare(a.Start.Line, b.Start.Line), cmp.Compare(a.Start.Column, b.Start.Column), cmp.Compare(a.Decoded, b.Decoded))
	if c != 0 {
		return c
	}
	return cmp.Compare(originKey(&a.Origin), originKey(&b.Origin))
}

func originKey(o *finding.Origin) string {
	b, err := json.Marshal(o)
	if err != nil {
		return ""
	}
	return string(b)
}

// Asset is one line of an inventory: a credential that exists somewhere and that somebody has to look after.
type Asset struct {
	ID         string         `json:"id"`
	Rule       string         `json:"rule"`
	Title      string         `json:"title"`
	Severity   string         `json:"severity"`
	Secret     string         `json:"secret"` // masked
	Owner      string         `json:"owner"`  // author of the latest commit; "" if unknown
	First      time.Time      `json:"first,omitzero"`
	AgeDays    int            `json:"age_days"` // from First to the day given; 0 if unknown
	Now        bool           `json:"now"`
	Places     int            `json:"places"`
	In         []string       `json:"in"`
	Reused     bool           `json:"reused"` // in several sources, or in CI and runtime
	Status     finding.Status `json:"status"`
	Suppressed bool           `json:"suppressed"`
}

// Inventory lists the unique credentials of a report by rule, owner and age, the oldest first. It masks values; for
// secrets in names of authors and sources, give it a masked report.
func Inventory(r *finding.Report, today time.Time) []Asset {
	out := make([]Asset, 0, len(r.Findings))
	reused := map[string]bool{}
	for _, o := range r.Observations {
		if o.Kind == ObservedReuse || o.Kind == ObservedShared {
			for _, id := range o.Findings {
				reused[id] = true
			}
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		e := exposure(f.Places, nil)
		a := Asset{
			ID: f.ID, Rule: f.Rule, Title: f.Title, Severity: f.Severity.String(), Secret: masked(f.Secret.Reveal()), Owner: e.Owner, First: e.First,
			Now: e.Now, Places: len(f.Places), In: append([]string{}, e.In...), Reused: reused[f.ID] || len(e.In) > 1,
			Status: finding.NotChecked, Suppressed: f.Suppression != nil,
		}
		if !e.First.IsZero() && today.After(e.First) {
			a.AgeDays = int(today.Sub(e.First).Hours() / 24)
		}
		if f.Verdict != nil {
			a.Status = f.Verdict.Status
		}
		out = append(out, a)
	}
	arrange.By(out, func(a, b Asset) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Owner, b.Owner), a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func masked(value string) string {
	if strings.HasSuffix(value, "********") {
		return value
	}
	return finding.Mask(value)
}
