package triage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

// The kinds of observation about secret stores.
const (
	ObservedStoreReuse  = "reuse in stores"
	ObservedStoreShared = "shared by ci and runtime in stores"
)

// ObserveStored says which found values the stores keep at several places now, and which of them CI and a running
// system share. The findings must have ids; suppressed ones are left out.
func ObserveStored(findings []finding.Finding) []finding.Observation {
	var out []finding.Observation
	for i := range findings {
		f := &findings[i]
		if f.Suppression != nil || f.Stored == nil {
			continue
		}
		var names []string
		var pipeline, runtime string
		for _, r := range f.Stored.Refs {
			if !r.Current {
				continue
			}
			names = append(names, r.Name()+" in "+r.Store)
			switch r.Use {
			case finding.PlacePipeline:
				pipeline = firstOf(pipeline, r.Name())
			case finding.PlaceRuntime:
				runtime = firstOf(runtime, r.Name())
			}
		}
		slices.Sort(names)
		names = slices.Compact(names)
		title := firstOf(f.Title, f.Rule)
		if pipeline != "" && runtime != "" {
			out = append(out, finding.Observation{
				Kind: ObservedStoreShared, Severity: max(f.Severity, finding.High), Title: "CI and runtime share a value: " + title,
				Detail:   fmt.Sprintf("CI reads it at %s, a running system at %s.", pipeline, runtime),
				Advice:   "Issue one credential for the pipeline and another for the running system, each with only the rights it needs.",
				Findings: []string{f.ID},
			})
		}
		if len(names) > 1 {
			out = append(out, finding.Observation{
				Kind: ObservedStoreReuse, Severity: f.Severity, Title: "One value at several paths: " + title,
				Detail:   "It is kept at " + strings.Join(names, ", ") + ".",
				Advice:   "Rotate it at all of them at once, then give each its own.",
				Findings: []string{f.ID},
			})
		}
	}
	return out
}
