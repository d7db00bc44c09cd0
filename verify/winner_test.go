package verify

import (
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

// TestWinnersCanBeAsked scans the examples of rules that can be asked about with all rules: when another rule takes the
// same value, it can be asked about as well, or users would not be told what the first one could tell.
func TestWinnersCanBeAsked(t *testing.T) {
	if testing.Short() {
		t.Skip("all rules over all examples take long")
	}
	all, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := detectors.New(all, detectors.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := engine.NewScanner()
	asks := map[string]bool{}
	for i := range all {
		asks[all[i].ID] = all[i].Verify != nil
	}
	seen := 0
	for i := range all {
		r := &all[i]
		if r.Verify == nil {
			continue
		}
		for n, text := range r.Examples {
			own, other := false, ""
			var won []finding.Match
			won = engine.Resolve(s.Scan([]byte(text), nil, won))
			for _, m := range won {
				own = own || m.Rule == r.ID
				if !asks[m.Rule] {
					other = m.Rule
				}
			}
			seen++
			if !own && other != "" && r.ID+" "+other != "npmrc-auth-token nexus-token" { // of a path in a registry that nobody tells
				t.Errorf("rule %q, example %d: won by %q, which nobody can be asked about", r.ID, n+1, other)
			}
		}
	}
	if seen < 500 {
		t.Errorf("only %d examples", seen)
	}
}
