package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"time"
)

// The parts of the HTML format. They are put into one file, which asks nobody for anything: its content security
// policy allows the one script and the one style sheet by their hashes, and nothing else.
var (
	//go:embed html/page.html
	htmlPage string
	//go:embed html/style.css
	htmlStyle string
	//go:embed html/app.js
	htmlScript string
)

// htmlReport is what the page's script reads: the JSON format, with what is known of the rules.
type htmlReport struct {
	jsonReport
	Findings []htmlFinding       `json:"findings"`
	Rules    map[string]htmlRule `json:"rules"`
	Newest   string              `json:"newest"` // date in the report; ages count back from it
}

type htmlFinding struct {
	jsonFinding
	Best int `json:"best"` // index of the place to show first
}

type htmlRule struct {
	Provider    string   `json:"provider"`
	Opens       string   `json:"opens"`
	Remediation []string `json:"remediation"`
}

func writeHTML(w io.Writer, v *view) error {
	data, err := htmlData(v)
	if err != nil {
		return err
	}
	style, script := "\n"+htmlStyle, "\n"+htmlScript
	_, err = strings.NewReplacer(
		"{{style-hash}}", sourceHash(style), "{{script-hash}}", sourceHash(script),
		"{{style}}", style, "{{script}}", script, "{{data}}", data,
	).WriteString(w, htmlPage)
	return err
}

// sourceHash is a source expression of Content Security Policy Level 3 (W3C, 2.3.1).
func sourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// htmlData encodes the report. Each < is written as an escape, so nothing in it can end the element it stands in (HTML
// Living Standard, 4.12.1.3), nor open a comment there. & and > stay: escapes behind a mask would make it look like a value
// to whoever scans the report.
func htmlData(v *view) (string, error) {
	r := htmlReport{jsonReport: toJSON(v), Rules: map[string]htmlRule{}}
	r.Findings = make([]htmlFinding, len(r.jsonReport.Findings))
	var newest time.Time
	for i := range v.Findings {
		f := &v.Findings[i]
		r.Findings[i] = htmlFinding{r.jsonReport.Findings[i], bestPlace(f)}
		if _, ok := r.Rules[f.Rule]; !ok {
			if rule := v.rule(f.Rule); rule != nil {
				r.Rules[f.Rule] = htmlRule{rule.Provider, rule.Opens, list(rule.Remediation)}
			}
		}
		for j := range f.Places {
			o := &f.Places[j].Origin
			if o.Git != nil {
				newest = latest(newest, o.Git.Date, o.Git.LastDate)
			}
			if o.Log != nil {
				newest = latest(newest, o.Log.Time)
			}
		}
	}
	r.jsonReport.Findings = nil
	r.Newest = newest.UTC().Format(time.RFC3339)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(r)
	return strings.ReplaceAll(b.String(), "<", `\u003c`), err
}

func latest(times ...time.Time) time.Time {
	var out time.Time
	for _, t := range times {
		if t.After(out) {
			out = t
		}
	}
	return out
}
