package detectors_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

// edKey is a PKCS#8 Ed25519 key made for this test.
const edKey = "-----BEGIN PRIVATE" + " KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMRE" + "ScVpe3cbXcCkRjX9xMyX\n-----END PRIVATE" + " KEY-----\n"

// TestLiteralAtRegionEdge: a change before a key is within the key's context although the key's literal begins at the
// very end of what has to be scanned.
func TestLiteralAtRegionEdge(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	for gap := 100; gap < 140; gap++ {
		pad := strings.Repeat("(;)\n", gap/4) + strings.Repeat(";", gap%4)
		text := []byte("abcde" + pad + edKey)
		dirty := []finding.Span{{Start: 0, End: 5}}
		want := touching(s.Scan(text, nil, nil), dirty)
		if got := s.Scan(text, dirty, nil); !slices.EqualFunc(want, got, sameMatch) {
			t.Errorf("gap of %d: %d matches in full, %d by spans", gap, len(want), len(got))
		}
	}
}

// TestKeysEndAtTheNext: a key whose end is missing ends where the next begins, so that many of them cost what one costs.
func TestKeysEndAtTheNext(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	body := strings.Join(strings.Split(edKey, "\n")[1:3], "")
	torn := "-----BEGIN PRIVATE" + " KEY-----" + strings.TrimSuffix(body, "-----END PRIVATE KEY-----")
	for _, m := range s.Scan([]byte(strings.Repeat(torn, 500)), nil, nil) {
		if len(m.Secret) > 2*len(edKey) {
			t.Fatalf("a torn key of %d bytes takes up %d", len(torn), len(m.Secret))
		}
	}
}
