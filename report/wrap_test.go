package report

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A text of single-spaced ASCII is wrapped as any other is.
func TestWrapOfASCII(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		text := make([]byte, rng.IntN(60))
		for i := range text {
			text[i] = "a b~-  ccccccc"[rng.IntN(14)]
		}
		width := 1 + rng.IntN(20)
		if got, want := wrap(string(text), width), wrapWords(string(text), width); !slices.Equal(got, want) {
			t.Fatalf("%q in %d columns: %q, want %q", text, width, got, want)
		}
	}
}
