package triage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// Expose works out the exposure of every finding from its places.
func Expose(findings []finding.Finding) {
	memo := kindMemo{}
	for i := range findings {
		e := exposure(findings[i].Places, memo)
		findings[i].Exposure = &e
	}
}

func exposure(places []finding.Place, memo kindMemo) finding.Exposure {
	e := finding.Exposure{Places: len(places)}
	var newest *finding.GitOrigin
	for i := range places {
		o := &places[i].Origin
		e.Kinds = with(e.Kinds, memo.of(o))
		if s := sourceOf(o); s != "" {
			e.In = with(e.In, s)
		}
		seen(&e, o)
		if g := o.Git; g != nil && g.Author != "" && (newest == nil || g.Date.After(newest.Date) || g.Date.Equal(newest.Date) && g.Commit < newest.Commit) {
			newest = g
		}
	}
	if newest != nil {
		e.Owner = newest.Author
	}
	return e
}

// with adds an element to a sorted list that lacks it.
func with[T ~string](list []T, element T) []T {
	i, ok := slices.BinarySearch(list, element)
	if ok {
		return list
	}
	return slices.Insert(list, i, element)
}

// seen adds a place's times to the exposure.
func seen(e *finding.Exposure, o *finding.Origin) {
	var first, last time.Time
	now := true // a file, an image or a log is at hand
	if o.Log != nil {
		first, last = o.Log.Time, o.Log.Time
	}
	if g := o.Git; g != nil {
		first, last = g.Date, g.LastDate
		now = g.AtHead || len(g.Branches) > 0
	}
	if last.Before(first) {
		last = first
	}
	if !first.IsZero() && (e.First.IsZero() || first.Before(e.First)) {
		e.First = first
	}
	if last.After(e.Last) {
		e.Last = last
	}
	e.Now = e.Now || now
}

// sourceOf names the repository, image or log a place belongs to; "" for plain files, which have no name beyond their path.
func sourceOf(o *finding.Origin) string {
	switch {
	case o.Git != nil:
		return o.Git.Repository
	case o.Image != nil:
		return o.Image.Name
	case o.Kind == finding.KindLog:
		return o.Path
	}
	return ""
}

// The kinds of observation.
const (
	ObservedReuse    = "reuse"
	ObservedShared   = "shared by ci and runtime"
	ObservedCloudKey = "static cloud key in ci"
)

// Observations says what the findings mean together: a credential used in several repositories or images, one that a
// CI pipeline and a running system share, static cloud keys in pipelines, key stores beside their passwords. The findings must have ids and
// exposures; suppressed ones are left out. Findings of different rules with the same value count as one credential.
func Observations(findings []finding.Finding) []finding.Observation {
	var out []finding.Observation
	memo := kindMemo{}
	for _, group := range sameSecret(findings) {
		if f := group[0]; len(group) == 1 && f.Exposure != nil {
			out = append(out, observe(f, *f.Exposure, f.Places, []string{f.ID})...)
			continue
		}
		var places []finding.Place
		var ids []string
		for _, f := range group {
			places = append(places, f.Places...)
			ids = append(ids, f.ID)
		}
		slices.Sort(ids)
		e := exposure(places, memo)
		out = append(out, observe(group[0], e, places, slices.Compact(ids))...)
	}
	return append(out, besideStores(findings)...)
}

// sameSecret groups findings by value, in the order of the first of each. A masked value tells nothing: it stands alone.
func sameSecret(findings []finding.Finding) [][]*finding.Finding {
	index := map[string]int{}
	var groups [][]*finding.Finding
	for i := range findings {
		f := &findings[i]
		if f.Suppression != nil {
			continue
		}
		value := f.Secret.Reveal()
		if strings.HasSuffix(value, "********") {
			value = "id " + f.ID
		}
		k, ok := index[value]
		if !ok {
			k = len(groups)
			index[value] = k
			groups = append(groups, nil)
		}
		groups[k] = append(groups[k], f)
	}
	return groups
}

func observe(f *finding.Finding, e finding.Exposure, places []finding.Place, ids []string) []finding.Observation {
	var out []finding.Observation
	title := firstOf(f.Title, f.Rule)
	pipeline := slices.Contains(e.Kinds, finding.PlacePipeline)
	if pipeline && (slices.Contains(e.Kinds, finding.PlaceRuntime) || slices.Contains(e.Kinds, finding.PlaceImage)) {
		out = append(out, finding.Observation{
			Kind: ObservedShared, Severity: max(f.Severity, finding.High), Title: "CI and runtime share a credential: " + title,
			Detail:   fmt.Sprintf("It stands in %s and in %s.", pathOf(places, finding.PlacePipeline), pathOf(places, finding.PlaceRuntime, finding.PlaceImage)),
			Advice:   "Issue one credential for the pipeline and another for the running system, each with only the rights it needs: whoever can change a pipeline must not reach production with it.",
			Findings: ids,
		})
	}
	if pipeline && cloudKey(f.Rule) {
		out = append(out, finding.Observation{
			Kind: ObservedCloudKey, Severity: f.Severity, Title: "Static cloud key in a CI pipeline: " + title,
			Detail:   fmt.Sprintf("It stands in %s.", pathOf(places, finding.PlacePipeline)),
			Advice:   "Let the pipeline log in with its platform's OIDC identity (workload identity federation, IAM role for OIDC): tokens then live for minutes and no key needs to be kept.",
			Findings: ids,
		})
	}
	if len(e.In) > 1 {
		out = append(out, finding.Observation{
			Kind: ObservedReuse, Severity: f.Severity, Title: "One credential in several sources: " + title,
			Detail:   "It was found in " + strings.Join(e.In, ", ") + ".",
			Advice:   "Give each its own credential, so that one leak does not open all, and each can be rotated by itself. Until then rotate it in all of them at once.",
			Findings: ids,
		})
	}
	return out
}

// pathOf names the first place of one of the kinds.
func pathOf(places []finding.Place, kinds ...finding.PlaceKind) string {
	for i := range places {
		o := &places[i].Origin
		if !slices.Contains(kinds, KindOfPlace(o)) {
			continue
		}
		if name := o.Name(); name != "" {
			return name
		}
		return sourceOf(o)
	}
	return ""
}

// cloudKey tells whether a rule finds long-lived keys of a cloud that knows OIDC federation.
func cloudKey(rule string) bool {
	for _, p := range []string{"aws-", "gcp-", "google-cloud-", "google-service-account", "azure-", "alibaba-", "oci-"} {
		if strings.HasPrefix(rule, p) {
			return true
		}
	}
	return false
}
