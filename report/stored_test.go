package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// storedReport has a finding whose value came out of a store and stands in a file name as well.
func storedReport(value string) *finding.Report {
	start, end := at(3, 7, 7+len(value))
	f := finding.Finding{
		ID: "0123456789abcdef0123", Rule: "store-value", Title: "Value of secret/app#password (version 3)", Severity: finding.Critical, Confidence: 1,
		Secret: finding.NewHidden(value),
		Places: []finding.Place{{Origin: finding.Origin{Kind: finding.KindFile, Path: "backup-" + value + ".txt"}, Start: start, End: end, Line: "pass: " + value + " " + value, Mark: finding.Span{Start: 6, End: 6 + len(value)}}},
		Stored: &finding.Stored{Asked: []string{"vault https://vault.example"}, Refs: []finding.StoreRef{
			{Store: "vault https://vault.example", Path: "secret/app", Key: "password", Version: "3", Current: true, Changed: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Use: finding.PlaceRuntime},
			{Store: "vault https://vault.example", Path: "ci/app", Key: "password", Version: "1", Use: finding.PlacePipeline},
		}},
	}
	return &finding.Report{Command: "match", Targets: []string{"."}, Findings: []finding.Finding{f}, Coverage: finding.Coverage{Bytes: 1}}
}

// Not one character of a hidden value leaves in any format, even where secrets are to be shown.
func TestHiddenIsNeverShown(t *testing.T) {
	value := "Zk3Lq9" + "XwPm2RtYb8"
	for _, f := range Formats() {
		for _, show := range []bool{false, true} {
			var b bytes.Buffer
			opts := Options{ShowSecrets: show, Template: "{{range .Findings}}{{.}}{{end}}"}
			if err := Write(&b, f.Name, storedReport(value), opts); err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if strings.Contains(b.String(), value[:4]) {
				t.Errorf("%s (show %v) holds the beginning of the value:\n%s", f.Name, show, b.String())
			}
		}
	}
}

func TestStoredIsTold(t *testing.T) {
	r := storedReport("Zk3Lq9" + "XwPm2RtYb8")
	var text, js bytes.Buffer
	if err := Write(&text, "text", r, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"current version of secret/app#password: rotate now", "ci/app#password (version 1)", "CI and a running system share this value"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("text lacks %q:\n%s", want, text.String())
		}
	}
	for _, format := range []string{"csv", "sarif", "markdown", "ocsf", "ecs", "html", "jsonl"} {
		var b bytes.Buffer
		if err := Write(&b, format, r, Options{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.ReplaceAll(b.String(), `\`, ""), "rotate now") {
			t.Errorf("%s does not say what the store says", format)
		}
	}
	if err := Write(&js, "json", r, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := validator(t, "../docs/schema/report.schema.json")(js.String()); err != nil {
		t.Error(err)
	}
	back, err := Read("x", &js)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r.Findings[0].Stored, back.Findings[0].Stored); d != "" {
		t.Error(d)
	}
}
