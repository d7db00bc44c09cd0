package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// TestReadSARIF reads back what a SARIF log tells of a report: what its places are, what was found there, and verdicts.
func TestReadSARIF(t *testing.T) {
	r := fixture()
	var b bytes.Buffer
	if err := Write(&b, "sarif", r, Options{}); err != nil {
		t.Fatal(err)
	}
	got, err := Read("x.sarif", bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	tell := func(r *finding.Report) map[string][]string {
		out := map[string][]string{}
		for _, f := range r.Findings {
			lines := []string{f.Rule, f.Severity.String()}
			if f.Verdict != nil {
				lines = append(lines, string(f.Verdict.Status))
			}
			if f.Suppression != nil {
				lines = append(lines, "suppressed")
			}
			out[f.ID] = lines
		}
		return out
	}
	if diff := cmp.Diff(tell(r), tell(got)); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
	for i := range got.Findings {
		if got.Findings[i].Secret.Reveal() != maskAll {
			t.Errorf("finding %d has a value", i)
		}
	}
	places := func(r *finding.Report) int {
		n := 0
		for _, f := range r.Findings {
			n += len(f.Places)
		}
		return n
	}
	if places(got) != places(r) {
		t.Errorf("%d places, want %d", places(got), places(r))
	}
	for text, why := range map[string]string{
		strings.Replace(b.String(), `"name": "unleak"`, `"name": "other"`, 1):                         "not of unleak",
		strings.Replace(b.String(), "unleakId/v1", "otherId/v1", 1):                                   "lacks its id",
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"unleak"}},"results":[{"ruleId":1}]}]}`: "cannot unmarshal",
	} {
		if _, err := Read("x.sarif", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, want %q", err, why)
		}
	}
}
