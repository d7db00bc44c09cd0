package report

import (
	"fmt"

	"github.com/unleak/unleak/finding"
)

// stored writes where secret stores keep the value, and where they keep it besides.
func (t *terminal) stored(s *finding.Stored) {
	if s == nil {
		return
	}
	sgr := yellow
	switch {
	case s.Current():
		sgr = bold + ";" + red
	case len(s.Refs) > 0:
		sgr = green
	}
	t.styled("stored", s.Says(), sgr)
	const most = 5
	pipeline, runtime := false, false
	for i := range s.Refs {
		r := &s.Refs[i]
		pipeline, runtime = pipeline || r.Use == finding.PlacePipeline, runtime || r.Use == finding.PlaceRuntime
		if i == most {
			t.field("", fmt.Sprintf("and %s", plural(len(s.Refs)-most, "more path")))
		}
		if i >= most {
			continue
		}
		text := r.String()
		if r.Current {
			text += ", current"
		}
		if !r.Changed.IsZero() {
			text += ", written " + r.Changed.UTC().Format("2006-01-02")
		}
		if r.Use != "" {
			text += ", used by " + map[bool]string{true: "CI", false: "a running system"}[r.Use == finding.PlacePipeline]
		}
		t.field("", text+" in "+r.Store)
	}
	if pipeline && runtime {
		t.styled("", "CI and a running system share this value", yellow)
	}
}
