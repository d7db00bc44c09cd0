package newline

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestLastIsLastIndexByte(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20000 {
		text := make([]byte, rng.IntN(40))
		for i := range text {
			text[i] = []byte{'\n', 0x0b, 0x8a, 0, 'x', 0xff}[rng.IntN(6)]
		}
		if rng.IntN(2) == 0 {
			text = bytes.ReplaceAll(text, []byte("\n"), []byte("y"))
		}
		if got, want := Last(text), bytes.LastIndexByte(text, '\n'); got != want {
			t.Fatalf("%q: %d, want %d", text, got, want)
		}
	}
}
