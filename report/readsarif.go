package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/sarif"
)

// sarifResultNotes and sarifPlaceNotes are what sarifProperties and placeProperties write.
type sarifResultNotes struct {
	Severity     finding.Severity `json:"severity"`
	Confidence   float64          `json:"confidence"`
	Proofs       []finding.Proof  `json:"proofs"`
	Tags         []string         `json:"tags"`
	Verification *jsonVerdict     `json:"verification"`
}

type sarifPlaceNotes struct {
	Kind    finding.Kind       `json:"kind"`
	Decoded string             `json:"decoded"`
	Git     *finding.GitOrigin `json:"git"`
	Image   *finding.ImageRef  `json:"image"`
	Log     *finding.LogOrigin `json:"log"`
}

// fromSARIF reads a SARIF log of ours back, as far as it tells: ids, rules, places, verdicts and coverage. It holds values in
// prose alone, so they count as masked.
func fromSARIF(name string, text []byte) (*finding.Report, error) {
	var log sarif.Log
	if err := json.Unmarshal(text, &log); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r := &finding.Report{Command: "SARIF"}
	for i := range log.Runs {
		run := &log.Runs[i]
		if run.Tool.Driver.Name != "unleak" {
			return nil, fmt.Errorf("%s: a SARIF log of %q, not of unleak", name, run.Tool.Driver.Name)
		}
		r.Version = run.Tool.Driver.Version
		for _, inv := range run.Invocations {
			var said struct {
				Coverage jsonCoverage `json:"coverage"`
			}
			if err := remarshal(inv.Properties, &said); err != nil {
				return nil, fmt.Errorf("%s: coverage: %w", name, err)
			}
			r.Coverage.Add(said.Coverage.coverage())
		}
		titles := map[string]string{}
		for _, d := range run.Tool.Driver.Rules {
			if d.ShortDescription != nil {
				titles[d.ID] = d.ShortDescription.Text
			}
		}
		for k := range run.Results {
			f, err := fromSARIFResult(&run.Results[k])
			if err != nil {
				return nil, fmt.Errorf("%s: result %d: %w", name, k+1, err)
			}
			f.Title = titles[f.Rule]
			r.Findings = append(r.Findings, f)
		}
	}
	return r, nil
}

func fromSARIFResult(res *sarif.Result) (finding.Finding, error) {
	f := finding.Finding{ID: res.PartialFingerprints["unleakId/v1"], Rule: res.RuleID, Secret: finding.NewSecret(maskAll)}
	var notes sarifResultNotes
	if err := remarshal(res.Properties, &notes); err != nil {
		return f, err
	}
	f.Severity, f.Confidence, f.Proofs, f.Tags = notes.Severity, notes.Confidence, notes.Proofs, notes.Tags
	if v := notes.Verification; v != nil {
		if !known(v.Status) {
			return f, fmt.Errorf("status %q is not known", v.Status)
		}
		verdict := finding.Verdict(*v)
		f.Verdict = &verdict
	}
	for _, s := range res.Suppressions {
		f.Suppression = &finding.Suppression{By: s.Kind, Reason: s.Justification}
	}
	for _, l := range slices.Concat(res.Locations, res.RelatedLocations) {
		p, ok, err := fromSARIFLocation(&l)
		if err != nil {
			return f, err
		}
		if ok {
			f.Places = append(f.Places, p)
		}
	}
	if f.ID == "" || f.Rule == "" || len(f.Places) == 0 {
		return f, fmt.Errorf("it lacks its id, rule or places")
	}
	return f, nil
}

// fromSARIFLocation reads a place; ok is false of one that only says where a place of the history stands by now.
func fromSARIFLocation(l *sarif.Location) (p finding.Place, ok bool, err error) {
	if l.PhysicalLocation == nil || l.Properties == nil {
		return p, false, nil
	}
	var notes sarifPlaceNotes
	if err := remarshal(l.Properties, &notes); err != nil {
		return p, false, err
	}
	uri := l.PhysicalLocation.ArtifactLocation.URI
	path, err := url.PathUnescape(strings.TrimPrefix(uri, "file://"))
	if err != nil {
		return p, false, fmt.Errorf("%q is no URI", uri)
	}
	members := strings.Split(path, "!")
	p.Origin = finding.Origin{Kind: notes.Kind, Path: members[0], Inside: members[1:], Git: notes.Git, Image: notes.Image, Log: notes.Log}
	p.Decoded = notes.Decoded
	if r := l.PhysicalLocation.Region; r != nil {
		p.Start = finding.Position{Line: r.StartLine, Column: r.StartColumn}
		p.End = finding.Position{Line: cmp.Or(r.EndLine, r.StartLine), Column: r.EndColumn}
		if r.Snippet != nil {
			p.Line = r.Snippet.Text
		}
	}
	return p, true, nil
}

func remarshal(from map[string]any, to any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}
