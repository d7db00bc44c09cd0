package main

import (
	"testing"

	"github.com/unleak/unleak/finding"
)

func TestFails(t *testing.T) {
	low := finding.Finding{Severity: finding.Low}
	high := finding.Finding{Severity: finding.High}
	test := finding.Finding{Severity: finding.High, Tags: []string{"test"}}
	liveTest := finding.Finding{Severity: finding.Info, Tags: []string{"example"}, Verdict: &finding.Verdict{Status: finding.Live}}
	silenced := finding.Finding{Severity: finding.Critical, Suppression: &finding.Suppression{By: "inline"}}
	dead := finding.Finding{Severity: finding.High, Verdict: &finding.Verdict{Status: finding.Dead}}
	for _, c := range []struct {
		name        string
		f           finding.Finding
		failOn      string
		ignoreTests bool
		want        bool
	}{
		{"at the level", high, "high", false, true},
		{"above it", high, "low", false, true},
		{"below it", low, "high", false, false},
		{"none fails on nothing", high, "none", false, false},
		{"none, even live", liveTest, "none", false, false},
		{"only live, and it is not checked", high, "live", false, false},
		{"only live, and it is dead", dead, "live", false, false},
		{"live is grave at any severity", liveTest, "critical", false, true},
		{"silenced", silenced, "info", false, false},
		{"test code fails as any other", test, "high", false, true},
		{"unless left aside", test, "high", true, false},
		{"leaving tests aside hides nothing else", high, "high", true, true},
		{"a live credential passes nowhere", liveTest, "live", true, true},
	} {
		s := &settings{failOn: c.failOn, ignoreTests: c.ignoreTests}
		if got := s.fails([]finding.Finding{c.f}); got != c.want {
			t.Errorf("%s: fails %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSetTestsAsideCountsWhatPasses(t *testing.T) {
	s := &settings{failOn: "low", ignoreTests: true}
	r := &finding.Report{Findings: []finding.Finding{
		{Severity: finding.High, Tags: []string{"test"}}, {Severity: finding.High, Tags: []string{"example"}},
		{Severity: finding.Info, Tags: []string{"test"}}, {Severity: finding.High},
		{Severity: finding.High, Tags: []string{"test"}, Suppression: &finding.Suppression{}},
	}}
	s.setTestsAside(r)
	if want := "2 findings are in test code or examples, which the exit status leaves aside (--ignore-tests)"; len(r.Coverage.Notes) != 1 || r.Coverage.Notes[0] != want {
		t.Errorf("notes %q, want %q", r.Coverage.Notes, want)
	}
}
