package report

import (
	"bytes"
	"encoding/json"
	"testing"
)

// TestJSONInShares: what is written in shares is what one encoder writes.
func TestJSONInShares(t *testing.T) {
	for _, n := range []int{0, 1, 3, 600} {
		r := *fixture()
		few := r.Findings
		r.Findings = nil
		for i := range n {
			r.Findings = append(r.Findings, few[i%len(few)])
		}
		v := newView(&r, Options{})
		var got, want bytes.Buffer
		if err := writeJSON(&got, v); err != nil {
			t.Fatal(err)
		}
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(toJSON(v)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%d findings: %d bytes, want %d", n, got.Len(), want.Len())
		}
	}
}
