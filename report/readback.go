package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/unleak/unleak/finding"
)

// Read reads a report in the JSON or JSONL format back. Values that were masked stay masked: such a report can be
// compared, merged and converted by its ids, and says nothing of the values.
func Read(name string, r io.Reader) (*finding.Report, error) {
	b := bufio.NewReader(r)
	d := json.NewDecoder(b)
	var first json.RawMessage
	if err := d.Decode(&first); err != nil {
		return nil, fmt.Errorf("%s: no JSON report: %w", name, err)
	}
	var kind struct {
		Type   string `json:"type"`
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(first, &kind); err != nil || kind.Schema == "" {
		return nil, fmt.Errorf("%s: no unleak report: a report starts with \"schema\": %q (write one with --format json)", name, Schema)
	}
	if kind.Schema != Schema {
		return nil, fmt.Errorf("%s: schema %q is not known, only %q", name, kind.Schema, Schema)
	}
	var in jsonReport
	err := json.Unmarshal(first, &in)
	if err == nil && kind.Type == "report" {
		err = readLines(d, &in)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return fromJSON(name, &in)
}

// readLines reads what follows the head of a JSONL report.
func readLines(d *json.Decoder, in *jsonReport) error {
	for n := 2; ; n++ {
		var line json.RawMessage
		err := d.Decode(&line)
		if errors.Is(err, io.EOF) {
			return errors.New("cut off: the line of type \"coverage\" that ends a report is missing")
		}
		var kind struct {
			Type string `json:"type"`
		}
		if err == nil {
			err = json.Unmarshal(line, &kind)
		}
		if err == nil {
			switch kind.Type {
			case "finding":
				var f jsonFinding
				err = json.Unmarshal(line, &f)
				in.Findings = append(in.Findings, f)
			case "final":
				var f jsonFinding
				err = json.Unmarshal(line, &f)
				in.settle(f.ID, &f)
			case "withdrawn":
				var f typedID
				err = json.Unmarshal(line, &f)
				in.settle(f.ID, nil)
			case "observation":
				var o jsonObservation
				err = json.Unmarshal(line, &o)
				in.Observations = append(in.Observations, o)
			case "coverage":
				return json.NewDecoder(bytes.NewReader(line)).Decode(in)
			default:
				err = fmt.Errorf("unknown type %q", kind.Type)
			}
		}
		if err != nil {
			return fmt.Errorf("object %d: %w", n, err)
		}
	}
}

// settle puts what is known at the end in the place of what was told of a credential before; nil: nothing.
func (r *jsonReport) settle(id string, final *jsonFinding) {
	is := func(f jsonFinding) bool { return f.ID == id }
	i := slices.IndexFunc(r.Findings, is)
	if final == nil {
		r.Findings = slices.DeleteFunc(r.Findings, is)
		return
	}
	if i < 0 {
		r.Findings = append(r.Findings, *final)
		return
	}
	r.Findings[i] = *final
}

func fromJSON(name string, in *jsonReport) (*finding.Report, error) {
	r := &finding.Report{
		Version: in.Tool.Version, Command: in.Command, Targets: in.Targets,
		Findings: make([]finding.Finding, len(in.Findings)),
		Coverage: finding.Coverage{
			Bytes: in.Coverage.Bytes, Counts: in.Coverage.Counts, Skipped: in.Coverage.Skipped,
			Examples: in.Coverage.Examples, Notes: in.Coverage.Notes,
		},
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
	}
	for _, p := range in.Parts {
		f.Parts = append(f.Parts, finding.Part{Name: p.Name, Value: finding.NewSecret(p.Value), Rule: p.Rule, Span: finding.Span(p.Span)})
	}
	for _, p := range in.Places {
		f.Places = append(f.Places, finding.Place{
			Origin: p.Origin, Start: finding.Position(p.Start), End: finding.Position(p.End),
			Decoded: p.Decoded, Line: p.Line, Mark: finding.Span(p.Mark), Allow: p.Allow,
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
