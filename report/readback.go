package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/sarif"
)

// Read reads a report in the JSON or JSONL format back, and of a SARIF log of ours what it tells. Values that were masked stay masked: such a report can be
// compared, merged and converted by its ids, and says nothing of the values.
func Read(name string, r io.Reader) (*finding.Report, error) {
	b := bufio.NewReader(r)
	d := json.NewDecoder(b)
	var first json.RawMessage
	if err := d.Decode(&first); err != nil {
		return nil, fmt.Errorf("%s: no JSON report: %w", name, err)
	}
	var kind struct {
		Type    string          `json:"type"`
		Schema  string          `json:"schema"`
		Version string          `json:"version"`
		Runs    json.RawMessage `json:"runs"`
	}
	err := json.Unmarshal(first, &kind)
	if err == nil && kind.Version == sarif.Version && kind.Runs != nil {
		return fromSARIF(name, first)
	}
	if err != nil || kind.Schema == "" {
		return nil, fmt.Errorf("%s: no unleak report: a report starts with \"schema\": %q (write one with --format json)", name, Schema)
	}
	if kind.Schema != Schema {
		return nil, fmt.Errorf("%s: schema %q is not known, only %q", name, kind.Schema, Schema)
	}
	var in jsonReport
	err = json.Unmarshal(first, &in)
	if err == nil && kind.Type == "report" {
		err = readLines(d, &in)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return fromJSON(name, &in)
}

func fromJSON(name string, in *jsonReport) (*finding.Report, error) {
	r := &finding.Report{
		Version: in.Tool.Version, Command: in.Command, Targets: in.Targets, Revisions: in.Revisions, Tree: in.Tree,
		Findings: make([]finding.Finding, len(in.Findings)),
		Coverage: in.Coverage.coverage(),
	}
	for i := range in.Findings {
		f := &in.Findings[i]
		if f.ID == "" || f.Rule == "" || len(f.Places) == 0 {
			return nil, fmt.Errorf("%s: finding %d lacks its id, rule or places", name, i+1)
		}
		if f.Verdict != nil && !known(f.Verdict.Status) {
			return nil, fmt.Errorf("%s: finding %d: status %q is not known", name, i+1, f.Verdict.Status)
		}
		r.Findings[i] = fromJSONFinding(f)
	}
	for _, o := range in.Observations {
		r.Observations = append(r.Observations, finding.Observation(o))
	}
	return r, nil
}

func (c *jsonCoverage) coverage() finding.Coverage {
	return finding.Coverage{Bytes: c.Bytes, Counts: c.Counts, Skipped: c.Skipped, Examples: c.Examples, Further: c.Further, Notes: c.Notes, Part: c.Part, Scope: c.Scope}
}

func known(s finding.Status) bool {
	switch s {
	case finding.NotChecked, finding.Live, finding.Dead, finding.Expired, finding.Unknown, finding.Unreliable:
		return true
	}
	return false
}

func fromJSONFinding(in *jsonFinding) finding.Finding {
	f := finding.Finding{
		ID: in.ID, Rule: in.Rule, Title: in.Title, Severity: in.Severity, Confidence: in.Confidence,
		Secret: finding.NewSecret(in.Secret), Proofs: in.Proofs, Tags: in.Tags,
		Same: in.Same,
	}
	for _, p := range in.Parts {
		f.Parts = append(f.Parts, finding.Part{Name: p.Name, Value: finding.NewSecret(p.Value), Rule: p.Rule, Span: finding.Span(p.Span)})
	}
	for _, p := range in.Places {
		f.Places = append(f.Places, finding.Place{
			Origin: p.Origin, Start: finding.Position(p.Start), End: finding.Position(p.End),
			Decoded: p.Decoded, Line: p.Line, Mark: finding.Span(p.Mark), Allow: p.Allow, Silenced: p.SilencedBy,
		})
	}
	if in.Exposure != nil {
		e := finding.Exposure(*in.Exposure)
		f.Exposure = &e
	}
	if in.Verdict != nil {
		v := finding.Verdict(*in.Verdict)
		f.Verdict = &v
	}
	if in.Stored != nil {
		f.Stored = &finding.Stored{Refs: in.Stored.Refs, Asked: in.Stored.Asked, Gaps: in.Stored.Gaps}
	}
	if in.Suppression != nil {
		s := finding.Suppression(*in.Suppression)
		f.Suppression = &s
	}
	return f
}
