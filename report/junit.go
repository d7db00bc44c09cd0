package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/unleak/unleak/finding"
)

// The JUnit XML dialect that CI servers read (JUnit 10 schema of the Jenkins xUnit plugin): a test case a finding,
// failed where it counts and skipped where it is suppressed, and one for the coverage.
type (
	junitSuites struct {
		XMLName  xml.Name `xml:"testsuites"`
		Name     string   `xml:"name,attr"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Errors   int      `xml:"errors,attr"`
		Suites   []junitSuite
	}
	junitSuite struct {
		XMLName    xml.Name        `xml:"testsuite"`
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		XMLName   xml.Name      `xml:"testcase"`
		ClassName string        `xml:"classname,attr"`
		Name      string        `xml:"name,attr"`
		File      string        `xml:"file,attr,omitempty"`
		Line      int           `xml:"line,attr,omitempty"`
		Failure   *junitMessage `xml:"failure"`
		Error     *junitMessage `xml:"error"`
		Skipped   *junitMessage `xml:"skipped"`
	}
	junitMessage struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func writeJUnit(w io.Writer, v *view) error {
	suite := junitSuite{Name: "unleak", Properties: junitProperties(v)}
	for i := range v.Findings {
		f := &v.Findings[i]
		c := junitFinding(f)
		if c.Failure != nil {
			suite.Failures++
		} else {
			suite.Skipped++
		}
		suite.Cases = append(suite.Cases, c)
	}
	c := junitCoverage(v)
	if c.Error != nil {
		suite.Errors++
	}
	suite.Cases = append(suite.Cases, c)
	suite.Tests = len(suite.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	err := e.Encode(junitSuites{Name: "unleak", Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Suites: []junitSuite{suite}})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n")
	return err
}

func junitFinding(f *finding.Finding) junitCase {
	best := &f.Places[bestPlace(f)]
	title := cmp.Or(f.Title, f.Rule)
	c := junitCase{ClassName: f.Rule, Name: strings.TrimSpace(title + " " + f.ID), File: placeName(&best.Origin), Line: best.Start.Line}
	if f.Suppression != nil {
		c.Skipped = &junitMessage{Message: strings.TrimSuffix(f.Suppression.Who()+": "+f.Suppression.Reason, ": ")}
		return c
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s, severity %s, confidence %.2f\n", firstLine(f.Secret.Reveal()), f.Severity, f.Confidence)
	for i := range f.Places {
		p := &f.Places[i]
		fmt.Fprintf(&text, "%s %s\n", location(p), origin(p, false))
	}
	c.Failure = &junitMessage{Type: f.Severity.String(), Message: title + " at " + location(best), Text: text.String()}
	return c
}

func junitCoverage(v *view) junitCase {
	c := junitCase{ClassName: "coverage", Name: "everything was read"}
	var text strings.Builder
	for _, r := range sortedKeys(v.Coverage.Skipped) {
		fmt.Fprintf(&text, "%s%s\n", skipText(v.Coverage.Skipped[r], r), examples(&v.Coverage, r))
	}
	switch {
	case v.Coverage.Empty():
		c.Error = &junitMessage{Type: "empty", Message: "nothing was read", Text: text.String()}
	case v.Coverage.Incomplete():
		c.Error = &junitMessage{Type: "incomplete", Message: "the scan is incomplete", Text: text.String()}
	}
	return c
}

func junitProperties(v *view) []junitProperty {
	out := []junitProperty{{"version", v.Version}, {"bytes", fmt.Sprint(v.Coverage.Bytes)}}
	for _, u := range sortedKeys(v.Coverage.Counts) {
		out = append(out, junitProperty{u, fmt.Sprint(v.Coverage.Counts[u])})
	}
	for _, r := range sortedKeys(v.Coverage.Skipped) {
		out = append(out, junitProperty{"skipped: " + string(r), fmt.Sprint(v.Coverage.Skipped[r])})
	}
	for _, n := range v.Coverage.Notes {
		out = append(out, junitProperty{"note", n})
	}
	return out
}
