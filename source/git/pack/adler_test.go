package pack

import (
	"bytes"
	"hash/adler32"
	"math/rand/v2"
	"testing"
)

func TestAdlerAgrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 3*adlerPart+100)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	for _, b := range [][]byte{b, bytes.Repeat([]byte{255}, len(b)), make([]byte, len(b))} {
		for _, n := range []int{0, 1, 31, 32, 63, 64, 65, 95, 96, adlerPart - 1, adlerPart, adlerPart + 1, adlerPart + 32, 2 * adlerPart, len(b)} {
			for from := range 3 {
				part := b[min(from, n):n]
				if got, want := adler(part), adler32.Checksum(part); got != want {
					t.Errorf("%d bytes of %d...: %#x, want %#x", len(part), b[0], got, want)
				}
			}
		}
	}
}

func BenchmarkAdler(b *testing.B) {
	text := make([]byte, 16<<10)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		adler(text)
	}
}
