package rotate

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/unleak/unleak/finding"
)

// IncidentSchema names the version of an incident file.
const IncidentSchema = "unleak-incident/1"

// Incident collects the evidence about the credentials of a report: where and since when they could be read, and every
// check with its time.
type Incident struct {
	Schema  string     `json:"schema"`
	Opened  time.Time  `json:"opened"`
	Closed  time.Time  `json:"closed,omitzero"` // of the first check that left nothing live or unknown, since the last one that did
	Report  string     `json:"report"`
	Targets []string   `json:"targets"`
	Leaks   []Leak     `json:"leaks"`
	Checks  []CheckRun `json:"checks"` // oldest first
}

// Leak is a credential of the incident.
type Leak struct {
	Finding  string              `json:"finding"`
	Rule     string              `json:"rule"`
	Title    string              `json:"title"`
	Severity finding.Severity    `json:"severity"`
	Secret   string              `json:"secret"` // masked
	Owner    string              `json:"owner,omitempty"`
	First    time.Time           `json:"first,omitzero"` // exposed since
	Last     time.Time           `json:"last,omitzero"`
	Now      bool                `json:"now"` // some place still holds it
	Kinds    []finding.PlaceKind `json:"kinds"`
	Places   []string            `json:"places"`
	More     int                 `json:"more_places,omitempty"` // beyond those listed
}

// CheckRun is one check of all of them.
type CheckRun struct {
	Time    time.Time `json:"time"`
	Results []Result  `json:"results"`
}

// maxListed places of a leak stand in an incident file.
const maxListed = 100

// NewIncident opens an incident for a masked report.
func NewIncident(name string, r *finding.Report, now time.Time) *Incident {
	in := &Incident{Schema: IncidentSchema, Opened: now.UTC().Truncate(time.Second), Report: name, Targets: append([]string{}, r.Targets...), Leaks: []Leak{}, Checks: []CheckRun{}}
	in.leaks(r)
	return in
}

// leaks adds the findings that the incident does not know yet.
func (in *Incident) leaks(r *finding.Report) {
	known := map[string]bool{}
	for _, l := range in.Leaks {
		known[l.Finding] = true
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Suppression != nil || known[f.ID] {
			continue
		}
		l := Leak{Finding: f.ID, Rule: f.Rule, Title: f.Title, Severity: f.Severity, Secret: f.Secret.Reveal(), Kinds: []finding.PlaceKind{}, Places: []string{}}
		if x := f.Exposure; x != nil {
			l.Owner, l.First, l.Last, l.Now, l.Kinds = x.Owner, x.First, x.Last, x.Now, append(l.Kinds, x.Kinds...)
		}
		for k := range f.Places {
			if k == maxListed {
				l.More = len(f.Places) - maxListed
				break
			}
			l.Places = append(l.Places, where(&f.Places[k]))
		}
		in.Leaks = append(in.Leaks, l)
	}
}

// Add appends a check. The incident is closed by the first check that proves everything, and opened again by one that
// does not.
func (in *Incident) Add(r *finding.Report, results []Result, now time.Time) {
	in.leaks(r)
	in.Checks = append(in.Checks, CheckRun{now.UTC().Truncate(time.Second), results})
	switch done := Count(results, StillLive)+Count(results, Unknown) == 0; {
	case !done:
		in.Closed = time.Time{}
	case in.Closed.IsZero():
		in.Closed = now.UTC().Truncate(time.Second)
	}
}

// ReadIncident reads an incident file.
func ReadIncident(name string, r io.Reader) (*Incident, error) {
	var in Incident
	if err := json.NewDecoder(r).Decode(&in); err != nil {
		return nil, fmt.Errorf("%s: no incident file: %w", name, err)
	}
	if in.Schema != IncidentSchema {
		return nil, fmt.Errorf("%s: schema %q is not %q", name, in.Schema, IncidentSchema)
	}
	return &in, nil
}

// WriteJSON writes anything of this package as JSON.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
