package rotate

import (
	"cmp"
	"time"

	"github.com/unleak/unleak/finding"
)

// Outcome is what became of a leaked credential.
type Outcome string

// The outcomes of a check.
const (
	Rotated   Outcome = "rotated"    // replaced in its store, and nothing says that the old value still works
	Revoked   Outcome = "revoked"    // its issuer takes it no longer
	StillLive Outcome = "STILL LIVE" // its issuer takes it, or a store still hands it out
	Unknown   Outcome = "unknown"    // neither issuer nor store could tell
)

// Result is the outcome for one finding, with what it rests on.
type Result struct {
	Finding  string           `json:"finding"`
	Rule     string           `json:"rule"`
	Title    string           `json:"title"`
	Severity finding.Severity `json:"severity"`
	Secret   string           `json:"secret"` // masked
	Outcome  Outcome          `json:"outcome"`
	Evidence []Evidence       `json:"evidence"`
}

// Evidence is one thing that was learnt.
type Evidence struct {
	Time  time.Time `json:"time"`
	From  string    `json:"from"` // "issuer HOST", "store NAME"
	Shows string    `json:"shows"`
}

// Check judges the findings of a masked report whose verdicts and stores are of now. What is silenced is left out.
func Check(r *finding.Report, now time.Time) []Result {
	now = now.UTC().Truncate(time.Second)
	out := []Result{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Suppression != nil {
			continue
		}
		out = append(out, Result{
			Finding: f.ID, Rule: f.Rule, Title: cmp.Or(f.Title, f.Rule), Severity: f.Severity, Secret: f.Secret.Reveal(),
			Outcome: outcome(f), Evidence: evidence(f, now),
		})
	}
	return out
}

// outcome weighs what issuer and stores say. The issuer has the last word on what works; that a store still hands the
// value out means that it was not replaced, unless the issuer calls it dead.
func outcome(f *finding.Finding) Outcome {
	status := finding.NotChecked
	if f.Verdict != nil {
		status = f.Verdict.Status
	}
	replaced := f.Stored != nil && len(f.Stored.Refs) > 0 && !f.Stored.Current()
	switch {
	case status == finding.Live:
		return StillLive
	case (status == finding.Dead || status == finding.Expired) && replaced:
		return Rotated
	case status == finding.Dead || status == finding.Expired:
		return Revoked
	case f.Stored != nil && f.Stored.Current():
		return StillLive
	case replaced:
		return Rotated
	}
	return Unknown
}

func evidence(f *finding.Finding, now time.Time) []Evidence {
	out := []Evidence{}
	v := f.Verdict
	switch {
	case v == nil || v.Status == finding.NotChecked:
		cause := "nobody was asked"
		if v != nil && v.Cause != "" {
			cause = v.Cause
		}
		out = append(out, Evidence{now, "issuer", "not checked: " + cause})
	default:
		shows := string(v.Status)
		if v.Cause != "" {
			shows += ": " + v.Cause
		}
		from := "issuer"
		if v.Host != "" {
			from += " " + v.Host
		}
		out = append(out, Evidence{now, from, shows})
	}
	if f.Stored == nil {
		return out
	}
	if len(f.Stored.Refs) == 0 {
		return append(out, Evidence{now, "stores", f.Stored.Says()})
	}
	for _, r := range f.Stored.Refs {
		shows := "older version, replaced: " + r.String()
		if r.Current {
			shows = "current version: " + r.String()
		}
		if !r.Changed.IsZero() {
			shows += ", written " + r.Changed.UTC().Format(time.RFC3339)
		}
		out = append(out, Evidence{now, "store " + r.Store, shows})
	}
	return out
}

// Count returns how many results have an outcome.
func Count(all []Result, o Outcome) int {
	n := 0
	for _, r := range all {
		if r.Outcome == o {
			n++
		}
	}
	return n
}
