package detectors

import (
	"math/rand/v2"
	"testing"
)

func TestNthNewlineIsTheNth(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	for range 20000 {
		text := make([]byte, rng.IntN(200))
		for i := range text {
			text[i] = "\nxxxxxxxx\x0b\x8a"[rng.IntN(11)]
		}
		n := 1 + rng.IntN(20)
		want := -1
		for i, left := 0, n; i < len(text); i++ {
			if text[i] == '\n' {
				if left--; left == 0 {
					want = i
				}
			}
		}
		if got := nthNewline(text, n); got != want {
			t.Fatalf("%q, line break %d: %d, want %d", text, n, got, want)
		}
	}
}
