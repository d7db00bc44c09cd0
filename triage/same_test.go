package triage

import (
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

// One value under several rules is told as one credential; what is silenced or masked is told of none.
func TestSame(t *testing.T) {
	one := func(id, value string) finding.Finding {
		return finding.Finding{ID: id, Rule: "rule-" + id, Secret: finding.NewSecret(value), Places: []finding.Place{{}}}
	}
	all := []finding.Finding{one("c", "x1"), one("b", "y2"), one("a", "x1"), one("d", "x1"), one("e", "********"), one("f", "********")}
	all[3].Suppression = &finding.Suppression{By: ByInline}
	Same(all)
	Same(all)
	var got []string
	for _, f := range all {
		got = append(got, f.ID+":"+strings.Join(f.Same, ","))
	}
	if s := strings.Join(got, " "); s != "c:a b: a:c d: e: f:" {
		t.Errorf("got %s", s)
	}
}

// A merged report has the ids of each, and none of what it lacks.
func TestMergeSame(t *testing.T) {
	one := func(id string, same ...string) finding.Finding {
		return finding.Finding{ID: id, Rule: "r" + id, Same: same, Places: []finding.Place{{}}}
	}
	a := &finding.Report{Findings: []finding.Finding{one("1", "2", "9"), one("2", "1", "9")}}
	b := &finding.Report{Findings: []finding.Finding{one("1", "3"), one("3", "1")}}
	for _, f := range Merge(a, b).Findings {
		want := map[string]string{"1": "2 3", "2": "1", "3": "1"}[f.ID]
		if got := strings.Join(f.Same, " "); got != want {
			t.Errorf("%s: same as %q, want %q", f.ID, got, want)
		}
	}
}
