package detectors

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestIndexFold holds the search by the rarest byte to one that tries every place.
func TestIndexFold(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	const letters = "abAB_k"
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = letters[r.IntN(len(letters))]
		}
		return string(b)
	}
	found := 0
	for range 20000 {
		text, lower := []byte(word(r.IntN(40))), strings.ToLower(word(r.IntN(5)))
		want := bytes.Index(bytes.ToLower(text), []byte(lower))
		if got := indexFold(text, lower); got != want {
			t.Fatalf("indexFold(%q, %q) = %d, want %d", text, lower, got, want)
		}
		if want > 0 {
			found++
		}
	}
	if found < 1000 {
		t.Errorf("only %d found behind the start", found)
	}
}
