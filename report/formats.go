package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// Options of a report. The zero value of each field is a good default.
type Options struct {
	ShowSecrets bool                        // write values as they are
	Width       int                         // columns of the text format; 0: 100; kept within 60 to 200
	Color       bool                        // of the text format
	Rule        func(id string) *rules.Rule // what is known of a rule; nil, or a nil rule: nothing
	Template    string                      // text of the template format
	Time        time.Time                   // when the scan was made, for gitlab, ocsf and ecs, which must name one; zero: 1970
	MaxPlaces   int                         // places a finding shows in the text format; 0: 5; negative: all
}

// Format is one way to write a report.
type Format struct {
	Name      string
	About     string // one line for help
	Extension string // the usual one, with the dot; "" if none
	NeedsIDs  bool   // findings must have their ids
	write     func(w io.Writer, r *view) error
}

// Formats lists every format.
func Formats() []Format {
	return []Format{
		{"text", "for people at a terminal", ".txt", true, writeText},
		{"json", "everything, versioned (docs/schema/report.schema.json)", ".json", true, writeJSON},
		{"jsonl", "the same, one object a line", ".jsonl", true, writeJSONL},
		{"sarif", "SARIF 2.1.0 for code scanning platforms", ".sarif", true, writeSARIF},
		{"gitleaks", "the JSON shape of gitleaks, for tools that read it", "", false, writeGitleaks},
		{"html", "one file to mail: overview, table, a page a finding", ".html", true, writeHTML},
		{"csv", "one row a place, for spreadsheets", ".csv", true, writeCSV},
		{"junit", "test results for CI servers", ".xml", true, writeJUnit},
		{"markdown", "a summary for a job, merge request or ticket", ".md", true, writeMarkdown},
		{"github", "annotations of GitHub Actions", "", true, writeGitHub},
		{"gitlab", "GitLab secret detection report", "", true, writeGitLab},
		{"codequality", "GitLab Code Quality report", "", true, writeCodeQuality},
		{"ocsf", "OCSF events for a SIEM, one a line", "", true, writeOCSF},
		{"ecs", "Elastic Common Schema events, one a line", "", true, writeECS},
		{"template", "a Go template of your own", "", true, writeTemplate},
	}
}

// Lookup returns the format of a name.
func Lookup(name string) (Format, error) {
	var names []string
	for _, f := range Formats() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Format{}, fmt.Errorf("unknown report format %q (%s)", name, strings.Join(names, ", "))
}

// Write writes a report in a format of Formats. The report itself is not changed.
func Write(w io.Writer, format string, r *finding.Report, opts Options) error {
	f, err := Lookup(format)
	if err != nil {
		return err
	}
	if slices.Contains(wantTop, format) {
		r = fromTop(r)
	}
	if err := f.write(w, newView(r, opts)); err != nil {
		return fmt.Errorf("report in format %s: %w", format, err)
	}
	return nil
}

// Masked returns a copy of a report in which nothing holds a secret, for uses other than the formats.
func Masked(r *finding.Report) *finding.Report {
	return &newView(r, Options{}).Report
}
