package report

import (
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// recheckReport has one credential of each outcome, the live ones with rights.
func recheckReport(command string) *finding.Report {
	one := func(id string, status finding.Status, cause, scopes string) finding.Finding {
		f := finding.Finding{
			ID: id, Rule: "acme-token", Title: "Acme token", Severity: finding.High, Confidence: 0.9,
			Secret: finding.NewSecret("acme_" + id + "4Rk9Qz7mBn2Wp8Xc5"),
			Parts:  []finding.Part{{Name: "host", Value: finding.NewSecret("git.corp.example")}, {Name: "app id", Value: finding.NewSecret("a1b2c3d4e5f6")}},
			Places: []finding.Place{{Origin: finding.Origin{Kind: finding.KindFile, Path: id + ".env"}, Start: finding.Position{Line: 3, Column: 1}}},
		}
		f.Verdict = &finding.Verdict{Status: status, Cause: cause, Host: "git.corp.example"}
		if scopes != "" {
			f.Verdict.Facts = map[string]string{"scopes": scopes}
		}
		return f
	}
	return &finding.Report{Command: command, Findings: []finding.Finding{
		one("reads", finding.Live, "", "read:user"), one("rules", finding.Live, "", "admin:org"), one("ended", finding.Dead, "", ""),
		one("overs", finding.Expired, "", ""), one("quiet", finding.Unknown, "no answer in time\x1b[31m", ""),
	}}
}

func recheckText(t *testing.T, r *finding.Report) string {
	t.Helper()
	var b strings.Builder
	opts := Options{Rule: func(string) *rules.Rule {
		return &rules.Rule{ID: "acme-token", Opens: "the account", Remediation: []string{"First.", "Second.", "Third.", "Fourth."}}
	}}
	if err := Write(&b, "text", r, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRecheck says of each credential what came of it, and all steps for what is live, once.
func TestRecheck(t *testing.T) {
	got := recheckText(t, recheckReport("verify"))
	for text, n := range map[string]int{
		"STILL LIVE": 2, "rotated  HIGH": 2, "CANNOT TELL": 1, "4. Fourth.": 1, "unknown: no answer in time": 1,
		"2 still live, 2 rotated, 1 cannot be told": 1, "host: git.corp.example": 5, "ended.env:3": 1,
	} {
		if strings.Count(got, text) != n {
			t.Errorf("%q stands there %d times, want %d", text, strings.Count(got, text), n)
		}
	}
	for _, leak := range []string{"4Rk9Q", "a1b2c3d4e5f6", "\x1b"} {
		if strings.Contains(got, leak) {
			t.Errorf("%q is shown:\n%s", leak, got)
		}
	}
	r := recheckReport("verify")
	r.Findings = r.Findings[2:4]
	if got := recheckText(t, r); !strings.Contains(got, "keep this report as evidence") {
		t.Errorf("all rotated:\n%s", got)
	}
	r.Findings = nil
	if got := recheckText(t, r); !strings.Contains(got, "no credential") {
		t.Errorf("nothing:\n%s", got)
	}
	if got := recheckText(t, recheckReport("verify key")); !strings.Contains(got, "EXPIRED  HIGH") || strings.Contains(got, "STILL") {
		t.Errorf("one key:\n%s", got)
	}
}

// TestRightsFirst puts whoever may administer before whoever may read, in the report of a scan.
func TestRightsFirst(t *testing.T) {
	got := recheckText(t, recheckReport("scan"))
	if a, b := strings.Index(got, "scopes: admin:org"), strings.Index(got, "scopes: read:user"); a < 0 || b < a {
		t.Errorf("admin at %d, read at %d:\n%s", a, b, got)
	}
	if !strings.Contains(got, "verified  2 live, 1 expired, 1 dead, 1 unknown") {
		t.Errorf("no count:\n%s", got)
	}
}
