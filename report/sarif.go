package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/sarif"
)

// Limits of GitHub's code scanning upload ("SARIF support for code scanning", 2026-07): files over the first number of
// a pair are refused, what is over the second is not shown.
const (
	sarifResults   = 25000 // results a run; the 5,000 gravest are shown, so they come first
	sarifLocations = 100   // locations a result shown
	sarifTags      = 10    // tags a rule shown, of 20 allowed
)

// sarifRoot stands for the folder or repository that was scanned.
const sarifRoot = "%SRCROOT%"

const homepage = "https://github.com/unleak/unleak"

func writeSARIF(w io.Writer, v *view) error {
	return sarif.Encode(w, sarif.NewLog(sarifRun(v)))
}

func sarifRun(v *view) sarif.Run {
	results := make([]*finding.Finding, len(v.Findings))
	for i := range v.Findings {
		results[i] = &v.Findings[i]
	}
	arrange.By(results, func(a, b *finding.Finding) int {
		return cmp.Or(cmp.Compare(boolInt(a.Suppression != nil), boolInt(b.Suppression != nil)),
			cmp.Compare(urgency(b), urgency(a)), cmp.Compare(b.Confidence, a.Confidence))
	})
	left := max(0, len(results)-sarifResults)
	results = results[:len(results)-left]
	run := sarif.Run{
		Tool:                     sarif.Tool{Driver: sarifDriver(v, results)},
		VersionControlProvenance: sarifProvenance(v),
		ColumnKind:               "unicodeCodePoints",
		Results:                  make([]sarif.Result, 0, len(results)),
		Invocations:              []sarif.Invocation{sarifInvocation(v, left)},
	}
	if !v.opts.ShowSecrets {
		run.RedactionTokens = []string{maskAll}
	}
	index := map[string]int{}
	for i, r := range run.Tool.Driver.Rules {
		index[r.ID] = i
	}
	for _, f := range results {
		run.Results = append(run.Results, sarifResult(f, index[f.Rule]))
	}
	return run
}

func sarifDriver(v *view, results []*finding.Finding) sarif.Component {
	d := sarif.Component{
		Name: "unleak", InformationURI: homepage, Version: v.Version,
		Rules: []sarif.ReportingDescriptor{}, Notifications: sarifReasons(),
	}
	if version := strings.TrimPrefix(v.Version, "v"); semantic(version) {
		d.SemanticVersion = version
	}
	first := map[string]*finding.Finding{}
	for _, f := range results {
		if first[f.Rule] == nil {
			first[f.Rule] = f
		}
	}
	for _, id := range sortedKeys(first) {
		d.Rules = append(d.Rules, sarifRule(first[id], v.rule(id)))
	}
	return d
}

// semantic tells whether s begins as Semantic Versioning 2.0.0 asks: three numbers.
func semantic(s string) bool {
	s, _, _ = strings.Cut(s, "+")
	s, _, _ = strings.Cut(s, "-")
	parts := strings.Split(s, ".")
	return len(parts) == 3 && !slices.ContainsFunc(parts, func(p string) bool {
		return p == "" || strings.Trim(p, "0123456789") != ""
	})
}

// resultLevel takes into account what was proved: a live credential is an error whatever its rule, a dead one a note,
// and a guess without proof counts one level less.
func resultLevel(f *finding.Finding) sarif.Level {
	if f.Verdict != nil {
		switch f.Verdict.Status {
		case finding.Live:
			return sarif.Error
		case finding.Dead, finding.Expired:
			return sarif.Note
		}
	}
	if len(f.Proofs) == 0 && f.Confidence < 0.5 {
		return sarifLevel(max(f.Severity-1, finding.Info))
	}
	return sarifLevel(f.Severity)
}

func sarifResult(f *finding.Finding, rule int) sarif.Result {
	rank := math.Round(f.Confidence*1000) / 10
	res := sarif.Result{
		RuleID: f.Rule, RuleIndex: rule, Kind: "fail", Level: resultLevel(f), Message: sarifMessage(f),
		OccurrenceCount: len(f.Places), Rank: &rank, Properties: sarifProperties(f),
	}
	if f.ID != "" {
		// GitHub tells alerts apart by the second, which its upload would else make of the line's text
		res.PartialFingerprints = map[string]string{"unleakId/v1": f.ID, "primaryLocationLineHash": f.ID + ":1"}
	}
	best := bestPlace(f)
	now, moved := sarifNow(&f.Places[best])
	if !moved {
		now = sarifLocation(&f.Places[best])
	}
	res.Locations = []sarif.Location{now}
	for i := range f.Places {
		if i == best && !moved || len(res.RelatedLocations) == sarifLocations {
			continue
		}
		l := sarifLocation(&f.Places[i])
		id := len(res.RelatedLocations) + 1
		l.ID = &id
		if l.Message == nil {
			l.Message = &sarif.Text{Text: "The same credential."}
		}
		res.RelatedLocations = append(res.RelatedLocations, l)
	}
	if f.Suppression != nil {
		res.Suppressions = []sarif.Suppression{sarifSuppression(f.Suppression)}
	}
	return res
}

func sarifMessage(f *finding.Finding) sarif.Text {
	text := cmp.Or(f.Title, f.Rule)
	if f.Verdict != nil && f.Verdict.Status != finding.NotChecked {
		text += " (" + string(f.Verdict.Status) + ")"
	}
	text += ": " + firstLine(f.Secret.Reveal())
	if len(f.Places) > 1 {
		text += fmt.Sprintf(", at %d places", len(f.Places))
	}
	for _, p := range f.Proofs {
		text += "; " + strings.TrimSuffix(p.Kind+": "+p.Detail, ": ")
	}
	if f.Stored != nil {
		text += "; " + f.Stored.Says()
	}
	// brackets make links and placeholders in SARIF messages (3.11.5, 3.11.6)
	return sarif.Text{Text: strings.NewReplacer("[", "(", "]", ")", "{", "(", "}", ")").Replace(text)}
}

func sarifProperties(f *finding.Finding) map[string]any {
	p := map[string]any{"severity": f.Severity.String(), "confidence": f.Confidence}
	if len(f.Proofs) > 0 {
		p["proofs"] = f.Proofs
	}
	if len(f.Tags) > 0 {
		p["tags"] = f.Tags
	}
	if f.Verdict != nil {
		p["verification"] = jsonVerdict(*f.Verdict)
	}
	if len(f.Same) > 0 {
		p["sameValue"] = f.Same
	}
	if f.Stored != nil {
		p["stored"] = toJSONStored(f.Stored)
	}
	if f.Exposure != nil {
		e := jsonExposure(*f.Exposure)
		e.Kinds, e.In = list(e.Kinds), list(e.In)
		p["exposure"] = e
	}
	return p
}

func sarifSuppression(s *finding.Suppression) sarif.Suppression {
	out := sarif.Suppression{Kind: "external", Status: "accepted", Justification: s.By}
	if s.By == "inline" {
		out.Kind = "inSource"
	}
	if s.Where != "" {
		out.Justification += " " + s.Where
	}
	if s.Reason != "" {
		out.Justification += ": " + s.Reason
	}
	return out
}

// cleanPath takes out "./" and "a/../b", which platforms do not match with the repository's paths.
func cleanPath(p string) string {
	if p == "" {
		return ""
	}
	return path.Clean(p)
}
