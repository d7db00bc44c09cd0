package report

import (
	"time"

	"github.com/unleak/unleak/finding"
)

// Schema names the version of the JSON format. Fields may be added to a version; a change of meaning makes a new one.
const Schema = "unleak-report/1"

// jsonReport is the JSON format, described by docs/schema/report.schema.json.
type jsonReport struct {
	Schema       string             `json:"schema"`
	Tool         jsonTool           `json:"tool"`
	Command      string             `json:"command"`
	Targets      []string           `json:"targets"`
	Revisions    []finding.Revision `json:"revisions,omitempty"`
	Tree         *finding.Tree      `json:"work_tree,omitempty"` // how paths of files are written from the top of the work tree
	Secrets      string             `json:"secrets"`             // "masked" or "shown"
	Summary      jsonSummary        `json:"summary"`
	Findings     []jsonFinding      `json:"findings"`
	Observations []jsonObservation  `json:"observations"`
	Coverage     jsonCoverage       `json:"coverage"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonSummary struct {
	Findings   int            `json:"findings"`   // that count
	Suppressed int            `json:"suppressed"` // that do not
	Places     int            `json:"places"`     // of those that count
	Severities map[string]int `json:"severities"`
	HiddenBy   map[string]int `json:"hidden_by"` // suppressed findings by who hid them
}

type jsonFinding struct {
	ID          string           `json:"id"`
	Rule        string           `json:"rule"`
	Title       string           `json:"title"`
	Severity    finding.Severity `json:"severity"`
	Confidence  float64          `json:"confidence"`
	Secret      string           `json:"secret"`
	Proofs      []finding.Proof  `json:"proofs"`
	Parts       []jsonPart       `json:"parts"`
	Tags        []string         `json:"tags"`
	Same        []string         `json:"same_value,omitempty"` // ids of other findings with this value
	Places      []jsonPlace      `json:"places"`
	Exposure    *jsonExposure    `json:"exposure,omitempty"`
	Verdict     *jsonVerdict     `json:"verdict,omitempty"`
	Stored      *jsonStored      `json:"stored,omitempty"`
	Suppression *jsonSuppression `json:"suppression,omitempty"`
}

type jsonPart struct {
	Name  string   `json:"name"`
	Value string   `json:"value"`
	Rule  string   `json:"rule,omitempty"`
	Span  jsonSpan `json:"span"`
}

type jsonSpan struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

type jsonPlace struct {
	Origin  finding.Origin `json:"origin"`
	Start   jsonPosition   `json:"start"`
	End     jsonPosition   `json:"end"`
	Decoded string         `json:"decoded,omitempty"`
	Line    string         `json:"line"`
	Mark    jsonSpan       `json:"mark"`
	Allow   string         `json:"allow,omitempty"`

	SilencedBy string `json:"silenced_by,omitempty"`
}

type jsonPosition struct {
	Line   int   `json:"line"`
	Column int   `json:"column"`
	Byte   int   `json:"byte"`
	Offset int64 `json:"offset"`
}

type jsonExposure struct {
	First  time.Time           `json:"first,omitzero"`
	Last   time.Time           `json:"last,omitzero"`
	Now    bool                `json:"now"`
	Places int                 `json:"places"`
	Kinds  []finding.PlaceKind `json:"kinds"`
	In     []string            `json:"in"`
	Owner  string              `json:"owner,omitempty"`
}

type jsonVerdict struct {
	Status finding.Status    `json:"status"`
	Cause  string            `json:"cause,omitempty"`
	Facts  map[string]string `json:"facts,omitempty"`
	Host   string            `json:"host,omitempty"`
}

// jsonStored says where secret stores keep the value.
type jsonStored struct {
	Says  string             `json:"says"`
	Refs  []finding.StoreRef `json:"refs"`
	Asked []string           `json:"asked"` // the stores
	Gaps  bool               `json:"gaps"`  // one of them could not be read wholly
}

func toJSONStored(s *finding.Stored) *jsonStored {
	if s == nil {
		return nil
	}
	return &jsonStored{s.Says(), list(s.Refs), list(s.Asked), s.Gaps}
}

type jsonSuppression struct {
	By     string `json:"by"`
	Where  string `json:"where,omitempty"`
	Reason string `json:"reason,omitempty"`
}

type jsonObservation struct {
	Kind     string           `json:"kind"`
	Severity finding.Severity `json:"severity"`
	Title    string           `json:"title"`
	Detail   string           `json:"detail,omitempty"`
	Advice   string           `json:"advice,omitempty"`
	Findings []string         `json:"findings"`
}

type jsonCoverage struct {
	Complete bool                            `json:"complete"`
	Bytes    int64                           `json:"bytes"`
	Counts   map[string]int64                `json:"counts"`
	Skipped  map[finding.SkipReason]int64    `json:"skipped"`
	Examples []finding.Skip                  `json:"examples"`
	Notes    []string                        `json:"notes"`
	Further  map[finding.SkipReason][]string `json:"further,omitempty"`
	Part     []string                        `json:"part,omitempty"`
	Scope    []string                        `json:"scope,omitempty"`
}

func toJSON(v *view) jsonReport {
	r := toJSONAround(v)
	r.Findings = make([]jsonFinding, len(v.Findings))
	for i := range v.Findings {
		r.Findings[i] = toJSONFinding(&v.Findings[i])
	}
	return r
}

// toJSONAround returns the report without its findings.
func toJSONAround(v *view) jsonReport {
	r := jsonReport{
		Schema: Schema, Tool: jsonTool{"unleak", v.Version}, Command: v.Command, Targets: list(v.Targets), Revisions: v.Revisions, Tree: v.Tree,
		Secrets: "masked", Summary: summarize(v), Findings: []jsonFinding{},
		Observations: make([]jsonObservation, len(v.Observations)), Coverage: toJSONCoverage(&v.Coverage),
	}
	if v.opts.ShowSecrets {
		r.Secrets = "shown"
	}
	for i, o := range v.Observations {
		r.Observations[i] = jsonObservation(o)
		r.Observations[i].Findings = list(o.Findings)
	}
	return r
}

func summarize(v *view) jsonSummary {
	s := jsonSummary{Severities: map[string]int{}, HiddenBy: map[string]int{}}
	for i := range v.Findings {
		f := &v.Findings[i]
		if f.Suppression != nil {
			s.Suppressed++
			s.HiddenBy[f.Suppression.Who()]++
			continue
		}
		s.Findings++
		s.Places += len(f.Places)
		s.Severities[f.Severity.String()]++
	}
	return s
}

func toJSONFinding(f *finding.Finding) jsonFinding {
	out := jsonFinding{
		ID: f.ID, Rule: f.Rule, Title: f.Title, Severity: f.Severity, Confidence: f.Confidence,
		Secret: f.Secret.Reveal(), Proofs: list(f.Proofs), Parts: make([]jsonPart, len(f.Parts)),
		Tags: list(f.Tags), Same: f.Same, Places: make([]jsonPlace, len(f.Places)),
	}
	for i, p := range f.Parts {
		out.Parts[i] = jsonPart{p.Name, p.Value.Reveal(), p.Rule, jsonSpan(p.Span)}
	}
	for i, p := range f.Places {
		out.Places[i] = jsonPlace{p.Origin, jsonPosition(p.Start), jsonPosition(p.End), p.Decoded, p.Line, jsonSpan(p.Mark), p.Allow, p.Silenced}
	}
	if f.Exposure != nil {
		e := jsonExposure(*f.Exposure)
		e.Kinds, e.In = list(e.Kinds), list(e.In)
		out.Exposure = &e
	}
	if f.Verdict != nil {
		v := jsonVerdict(*f.Verdict)
		out.Verdict = &v
	}
	out.Stored = toJSONStored(f.Stored)
	if f.Suppression != nil {
		s := jsonSuppression(*f.Suppression)
		out.Suppression = &s
	}
	return out
}

func toJSONCoverage(c *finding.Coverage) jsonCoverage {
	out := jsonCoverage{
		Complete: !c.Incomplete() && !c.Empty(), Bytes: c.Bytes, Counts: c.Counts, Skipped: c.Skipped,
		Examples: list(c.Examples), Notes: list(c.Notes), Further: c.Further, Part: c.Part, Scope: c.Scope,
	}
	if out.Counts == nil {
		out.Counts = map[string]int64{}
	}
	if out.Skipped == nil {
		out.Skipped = map[finding.SkipReason]int64{}
	}
	return out
}

// list turns nil into an empty list, which JSON shows as [].
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
