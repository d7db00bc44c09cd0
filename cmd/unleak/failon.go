package main

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/unleak/unleak/finding"
)

// fails tells whether a finding that is not silenced makes the run fail.
func (s *settings) fails(findings []finding.Finding) bool {
	return slices.ContainsFunc(findings, func(f finding.Finding) bool { return s.reaches(&f) && !s.aside(&f) })
}

// reaches tells whether a finding counts and is as grave as --fail-on says. What is live always is.
func (s *settings) reaches(f *finding.Finding) bool {
	if s.failOn == "none" || f.Suppression != nil {
		return false
	}
	least, err := finding.ParseSeverity(s.failOn)
	return live(f) || err == nil && f.Severity >= least
}

// aside tells whether --ignore-tests lets a finding pass. A live credential passes nowhere.
func (s *settings) aside(f *finding.Finding) bool {
	return s.ignoreTests && !live(f) && (slices.Contains(f.Tags, "test") || slices.Contains(f.Tags, "docs") || slices.Contains(f.Tags, "example"))
}

func live(f *finding.Finding) bool { return f.Verdict != nil && f.Verdict.Status == finding.Live }

// setTestsAside says in the report how many findings --ignore-tests lets pass.
func (s *settings) setTestsAside(r *finding.Report) {
	n := 0
	for i := range r.Findings {
		if f := &r.Findings[i]; s.reaches(f) && s.aside(f) {
			n++
		}
	}
	if n > 0 {
		r.Coverage.Note(fmt.Sprintf("%s in test code or examples, which the exit status leaves aside (--ignore-tests)", number(n, "finding is", "findings are")))
	}
}

// number writes a number with the word for one or for many.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits + " " + many
}
