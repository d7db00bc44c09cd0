package report

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/sarif"
)

func TestCSVIsHarmless(t *testing.T) {
	r := everywhere("harmless-value-1", "=1+1")
	for _, start := range []string{"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1"} {
		f := passwordFinding()
		f.Places[0].Line, f.Places[0].Mark = start, finding.Span{}
		f.Places[0].Origin.Path, f.Places[0].Origin.Git.Author = start, start
		r.Findings = append(r.Findings, f)
	}
	rows, err := csv.NewReader(strings.NewReader(render(t, "csv", r, Options{}))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r＝", []rune(cell)[0]) {
				t.Errorf("cell %q starts a formula", cell)
			}
		}
	}
	if want := 1 + 5 + 5 + 7; len(rows) != want {
		t.Errorf("%d rows, want %d", len(rows), want)
	}
}

func TestJUnitCounts(t *testing.T) {
	for name, r := range reports() {
		var s struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Suite    struct {
				Cases []struct {
					Failure *struct{} `xml:"failure"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal([]byte(render(t, "junit", r, Options{})), &s); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		failures := 0
		for _, c := range s.Suite.Cases {
			if c.Failure != nil {
				failures++
			}
		}
		if s.Tests != len(r.Findings)+1 || s.Tests != len(s.Suite.Cases) || s.Failures != failures {
			t.Errorf("%s: %d tests with %d failures for %d findings", name, s.Tests, s.Failures, len(r.Findings))
		}
	}
}

// TestGitHubCommands reads annotations as the runner does: one a line, properties by comma, data unescaped.
func TestGitHubCommands(t *testing.T) {
	r := everywhere("harmless-value-1", "a,b:c%0A\n::error::forged\r\n::set-output name=x::y")
	for line := range strings.Lines(render(t, "github", r, Options{})) {
		if !strings.HasPrefix(line, "::error ") && !strings.HasPrefix(line, "::warning ") && !strings.HasPrefix(line, "::notice ") {
			t.Errorf("line %q is no annotation", line)
		}
		properties, _, ok := strings.Cut(line[2:], "::")
		if !ok || strings.Contains(properties, "forged") && strings.Contains(properties, "\n") {
			t.Errorf("line %q breaks out of its properties", line)
		}
	}
	if got := commandProperty("a:b,c%\n"); got != "a%3Ab%2Cc%25%0A" {
		t.Errorf("property %q", got)
	}
}

func TestCodeQualityFingerprints(t *testing.T) {
	read := func(r *finding.Report) map[string]bool {
		var issues []codeIssue
		if err := json.Unmarshal([]byte(render(t, "codequality", r, Options{})), &issues); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, i := range issues {
			if seen[i.Fingerprint] {
				t.Errorf("fingerprint %s comes twice", i.Fingerprint)
			}
			seen[i.Fingerprint] = true
		}
		return seen
	}
	before := read(fixture())
	moved := fixture()
	for i := range moved.Findings {
		for j := range moved.Findings[i].Places {
			moved.Findings[i].Places[j].Start.Line += 7
		}
	}
	after := read(moved)
	if len(before) == 0 || fmt.Sprint(len(before)) != fmt.Sprint(len(after)) {
		t.Fatalf("%d fingerprints, then %d", len(before), len(after))
	}
	for f := range before {
		if !after[f] {
			t.Errorf("fingerprint %s changes when lines move", f)
		}
	}
}

func TestGitLabReport(t *testing.T) {
	for name, r := range reports() {
		var g gitlabReport
		if err := json.Unmarshal([]byte(render(t, "gitlab", r, Options{Rule: catalogue, Time: day("2026-11-23")})), &g); err != nil {
			t.Fatal(name, err)
		}
		if g.Version == "" || g.Scan.Type != "secret_detection" || g.Scan.StartTime != "2026-11-23T00:00:00" || g.Vulnerabilities == nil {
			t.Errorf("%s: %+v", name, g.Scan)
		}
		seen := map[string]bool{}
		for _, v := range g.Vulnerabilities {
			if v.ID == "" || len(v.Identifiers) == 0 || v.Location.Commit.SHA == "" || v.Location.StartLine < 1 || v.Location.EndLine < v.Location.StartLine {
				t.Errorf("%s: %+v", name, v)
			}
			if !strings.Contains("Info Low Medium High Critical", v.Severity) {
				t.Errorf("%s: severity %q", name, v.Severity)
			}
			if name != "odd" && name != "many" && seen[v.ID] { // these repeat a finding
				t.Errorf("%s: id %s comes twice", name, v.ID)
			}
			seen[v.ID] = true
		}
	}
}

func TestSARIFLimits(t *testing.T) {
	r := &finding.Report{}
	for i := range sarifResults + 10 {
		f := passwordFinding()
		f.Suppression = nil
		f.Severity = finding.Severity(i % 5)
		f.ID = fmt.Sprintf("%020x", i)
		r.Findings = append(r.Findings, f)
	}
	for range 300 {
		r.Findings[4].Places = append(r.Findings[4].Places, r.Findings[4].Places[0])
	}
	run := sarifRun(newView(r, Options{}))
	if len(run.Results) != sarifResults {
		t.Errorf("%d results", len(run.Results))
	}
	for i, res := range run.Results {
		if len(res.Locations) != 1 || len(res.RelatedLocations) > sarifLocations {
			t.Errorf("result %d has %d and %d locations", i, len(res.Locations), len(res.RelatedLocations))
		}
	}
	if first, last := run.Results[0].Properties["severity"], run.Results[sarifResults-1].Properties["severity"]; first != "critical" || last != "info" {
		t.Errorf("the gravest results do not come first: %v ... %v", first, last)
	}
	notes := run.Invocations[0].ToolExecutionNotifications
	if len(notes) == 0 || !strings.Contains(notes[len(notes)-1].Message.Text, "10 results left out") {
		t.Errorf("notifications %+v", notes)
	}
}

func TestSARIFPlaces(t *testing.T) {
	for path, want := range map[string]string{
		"a b/ä%.txt": "a%20b/%C3%A4%25.txt", "./x/../y": "y", "c:d/e": "c%3Ad/e", "/abs/x#y?": "file:///abs/x%23y%3F", "a\xff": "a%FF", "[x]": "%5Bx%5D",
	} {
		if got := artifact(&finding.Origin{Kind: finding.KindFile, Path: path}).URI; got != want {
			t.Errorf("%q becomes %q, want %q", path, got, want)
		}
	}
	f := githubFinding()
	if got := sarifResult(&f, 0); got.Level != sarif.Error || got.PartialFingerprints["unleakId/v1"] != f.ID {
		t.Errorf("%+v", got)
	}
	f.Verdict.Status = finding.Dead
	if got := sarifResult(&f, 0).Level; got != sarif.Note {
		t.Errorf("a dead credential has the level %s", got)
	}
	weak := passwordFinding()
	if got := sarifResult(&weak, 0); got.Level != sarif.Note || len(got.Suppressions) != 1 || got.Suppressions[0].Kind != "external" {
		t.Errorf("a suppressed guess: %+v", got)
	}
}
