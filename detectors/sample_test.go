package detectors_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

// TestSamples: a value that counts up is reported as an example, one of a single character not at all, and a short run
// inside a random value makes no difference.
func TestSamples(t *testing.T) {
	e := engine(t, detectors.Options{})
	s := e.NewScanner()
	random := "0f9c84e1d7b2a35c6e08f149d2b73a5e0c6d91f8e4a2b7350d1c96f8e2b4a703"
	for _, tt := range []struct {
		body     string
		severity finding.Severity
		found    bool
	}{
		{random, finding.Critical, true},
		{"12345678" + random[8:], finding.Critical, true},
		{strings.Repeat("1234567890abcdef", 4), finding.Info, true},
		{strings.Repeat("abcdef0123456789", 4), finding.Info, true},
		{strings.Repeat("0", 64), 0, false},
		{strings.Repeat("aaaaaaaabbbbbbbb", 4), 0, false},
	} {
		found := s.Scan([]byte("token: dop"+"_v1_"+tt.body+"\n"), nil, nil)
		i := slices.IndexFunc(found, func(m finding.Match) bool { return m.Rule == "digitalocean-pat" })
		if i >= 0 != tt.found {
			t.Errorf("%s: found %v, want %v", tt.body, i >= 0, tt.found)
			continue
		}
		if i < 0 {
			continue
		}
		if _, severity := e.Describe(&found[i]); severity != tt.severity {
			t.Errorf("%s: severity %v, want %v", tt.body, severity, tt.severity)
		}
		if sample := slices.Contains(found[i].Tags, "example"); sample != (tt.severity == finding.Info) {
			t.Errorf("%s: tags %v", tt.body, found[i].Tags)
		}
	}
}
