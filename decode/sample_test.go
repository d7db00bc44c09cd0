package decode

import (
	"math/rand/v2"
	"testing"
)

// TestLongRuns compares with counting.
func TestLongRuns(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		m := rng.Uint64() | rng.Uint64() | rng.Uint64() | rng.Uint64()
		m |= (1<<(rng.IntN(40)) - 1) << rng.IntN(40)
		var want uint32
		for i := range 32 {
			if m>>i&(1<<minBase64-1) == 1<<minBase64-1 {
				want |= 1 << i
			}
		}
		if got := longRuns(m); got != want {
			t.Fatalf("%064b: %032b, want %032b", m, got, want)
		}
	}
}
