package detectors

import (
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// holdsRun tells whether text holds a run.
func holdsRun(text []byte, run *rules.Run) bool { return runIn(text, run) >= 0 }

// runIn returns the start of the first run of run.Len bytes in text, or -1. It looks at every run.Len-th byte and back from
// there, so that most of a text without one is never looked at.
func runIn(text []byte, run *rules.Run) int {
	start := 0 // where a run may begin at the earliest
	for at := run.Len - 1; at < len(text); {
		i := at
		for i >= start && run.Has(text[i]) {
			i--
		}
		if i < start {
			return start
		}
		start = i + 1
		at = i + run.Len
	}
	if run.Len == 0 {
		return 0
	}
	return -1
}

// nextRun returns the first run at or behind from, to its end. All of a text is a run to a rule that knows of none.
func nextRun(text []byte, from int, run *rules.Run) (finding.Span, bool) {
	if run.Len == 0 {
		return finding.Span{Start: from, End: len(text)}, from < len(text)
	}
	at := runIn(text[from:], run)
	if at < 0 {
		return finding.Span{}, false
	}
	r := finding.Span{Start: from + at, End: from + at + run.Len}
	for r.End < len(text) && run.Has(text[r.End]) {
		r.End++
	}
	return r, true
}
