package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// GitLab's secret detection report, version 15 of its security report schemas (secret-detection-report-format.json,
// 15.2, 2024). One vulnerability a place; GitLab tells them apart by location and first identifier.
type (
	gitlabReport struct {
		Version         string                `json:"version"`
		Scan            gitlabScan            `json:"scan"`
		Vulnerabilities []gitlabVulnerability `json:"vulnerabilities"`
	}
	gitlabScan struct {
		Analyzer  gitlabTool      `json:"analyzer"`
		Scanner   gitlabTool      `json:"scanner"`
		Type      string          `json:"type"`
		StartTime string          `json:"start_time"`
		EndTime   string          `json:"end_time"`
		Status    string          `json:"status"`
		Messages  []gitlabMessage `json:"messages,omitempty"`
	}
	gitlabTool struct {
		ID      string       `json:"id"`
		Name    string       `json:"name"`
		URL     string       `json:"url"`
		Vendor  gitlabVendor `json:"vendor"`
		Version string       `json:"version"`
	}
	gitlabVendor struct {
		Name string `json:"name"`
	}
	gitlabMessage struct {
		Level string `json:"level"`
		Value string `json:"value"`
	}
	gitlabVulnerability struct {
		ID          string             `json:"id"`
		Name        string             `json:"name"`
		Description string             `json:"description"`
		Severity    string             `json:"severity"`
		Solution    string             `json:"solution,omitempty"`
		Extract     string             `json:"raw_source_code_extract,omitempty"`
		Identifiers []gitlabIdentifier `json:"identifiers"`
		Location    gitlabLocation     `json:"location"`
		Flags       []gitlabFlag       `json:"flags,omitempty"`
	}
	gitlabIdentifier struct {
		Type  string `json:"type"`
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	gitlabLocation struct {
		File      string       `json:"file,omitempty"`
		StartLine int          `json:"start_line,omitempty"`
		EndLine   int          `json:"end_line,omitempty"`
		Commit    gitlabCommit `json:"commit"`
	}
	gitlabCommit struct {
		Author  string `json:"author,omitempty"`
		Date    string `json:"date,omitempty"`
		Message string `json:"message,omitempty"`
		SHA     string `json:"sha"`
	}
	gitlabFlag struct {
		Type        string `json:"type"`
		Origin      string `json:"origin"`
		Description string `json:"description"`
	}
)

// noCommit is what GitLab's own analyzer writes for files without history.
const noCommit = "0000000"

const gitlabTime = "2006-01-02T15:04:05"

func writeGitLab(w io.Writer, v *view) error {
	tool := gitlabTool{ID: "unleak", Name: "unleak", URL: homepage, Vendor: gitlabVendor{"unleak"}, Version: cmp.Or(strings.TrimPrefix(v.Version, "v"), "0.0.0")}
	at := v.time().Format(gitlabTime)
	out := gitlabReport{Version: "15.2.1", Vulnerabilities: []gitlabVulnerability{},
		Scan: gitlabScan{Analyzer: tool, Scanner: tool, Type: "secret_detection", StartTime: at, EndTime: at, Status: "success"}}
	if v.Coverage.Skipped[finding.SkipInterrupted] > 0 || v.Coverage.Empty() {
		out.Scan.Status = "failure"
	}
	for _, s := range v.Coverage.Examples {
		if !s.Reason.ByChoice() {
			out.Scan.Messages = append(out.Scan.Messages, gitlabMessage{"warn", strings.TrimSuffix(fmt.Sprintf("%s: %s: %s", s.Name, s.Reason, s.Detail), ": ")})
		}
	}
	for _, n := range v.Coverage.Notes {
		out.Scan.Messages = append(out.Scan.Messages, gitlabMessage{"info", n})
	}
	active, _ := v.split()
	for _, f := range active {
		for i := range f.Places {
			if f.Places[i].Silenced != "" {
				continue
			}
			out.Vulnerabilities = append(out.Vulnerabilities, gitlabFinding(v, f, i))
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func gitlabFinding(v *view, f *finding.Finding, i int) gitlabVulnerability {
	p := &f.Places[i]
	title := cmp.Or(f.Title, f.Rule)
	out := gitlabVulnerability{
		ID: fmt.Sprintf("%s-%d", cmp.Or(f.ID, f.Rule), i), Name: shorten(title, 255), Description: sentences(title+" at "+location(p), origin(p, false)),
		Severity: strings.ToUpper(f.Severity.String()[:1]) + f.Severity.String()[1:], Extract: p.Line,
		Identifiers: []gitlabIdentifier{{"unleak_rule_id", "unleak rule " + f.Rule, f.Rule}},
		Location:    gitlabLocation{File: placeName(&p.Origin), StartLine: max(1, p.Start.Line), EndLine: max(1, p.Start.Line, p.End.Line), Commit: gitlabCommit{SHA: noCommit}},
	}
	if f.ID != "" {
		out.Identifiers = append(out.Identifiers, gitlabIdentifier{"unleak_finding_id", "unleak finding " + f.ID, f.ID})
	}
	if rule := v.rule(f.Rule); rule != nil {
		out.Solution = strings.Join(rule.Remediation, " ")
		if rule.Opens != "" {
			out.Description = sentences(out.Description, rule.Opens)
		}
	}
	if g := p.Origin.Git; g != nil && g.Commit != "" {
		out.Location.Commit = gitlabCommit{Author: g.Author, Message: g.Subject, SHA: g.Commit}
		if !g.Date.IsZero() {
			out.Location.Commit.Date = g.Date.UTC().Format(time.RFC3339)
		}
	}
	if f.Verdict != nil && f.Verdict.Status == finding.Dead {
		out.Flags = []gitlabFlag{{"flagged-as-likely-false-positive", "unleak", "The issuer says that the credential is dead."}}
	}
	return out
}

// sentences joins texts into one with full stops between.
func sentences(texts ...string) string {
	var b strings.Builder
	for _, s := range texts {
		if s = strings.TrimSuffix(s, "."); s != "" {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(s + ".")
		}
	}
	return b.String()
}

// codeIssue is one entry of GitLab's Code Quality report, a subset of the Code Climate format (GitLab docs, "Code
// Quality report format", 2026-08).
type codeIssue struct {
	Description string       `json:"description"`
	CheckName   string       `json:"check_name"`
	Fingerprint string       `json:"fingerprint"`
	Severity    string       `json:"severity"`
	Location    codeLocation `json:"location"`
}

type codeLocation struct {
	Path  string    `json:"path"`
	Lines codeLines `json:"lines"`
}

type codeLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

func writeCodeQuality(w io.Writer, v *view) error {
	out := []codeIssue{}
	active, _ := v.split()
	for _, f := range active {
		seen := map[string]int{} // fingerprints must be unique, and stay when lines move
		for i := range f.Places {
			p := &f.Places[i]
			name := strings.TrimPrefix(cleanPath(placeName(&p.Origin)), "./")
			now, first, last, _ := standing(p)
			seen[name]++
			if p.Silenced != "" {
				continue
			}
			out = append(out, codeIssue{
				Description: cmp.Or(f.Title, f.Rule) + ": " + firstLine(f.Secret.Reveal()), CheckName: f.Rule,
				Fingerprint: fingerprint(cmp.Or(f.ID, f.Rule), name, fmt.Sprint(seen[name])), Severity: codeSeverity(f.Severity),
				Location: codeLocation{strings.TrimPrefix(cleanPath(now), "./"), codeLines{first, last}},
			})
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func codeSeverity(s finding.Severity) string {
	return [...]string{"info", "minor", "major", "critical", "blocker"}[min(max(s, finding.Info), finding.Critical)]
}
