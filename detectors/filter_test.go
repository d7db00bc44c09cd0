package detectors

import (
	"math/rand/v2"
	"testing"

	"github.com/unleak/unleak/rules/builtin"
)

// TestBlocksAgree holds the fast test of grams to the slow one, on text that is full of literals and on noise.
func TestBlocksAgree(t *testing.T) {
	if !simd {
		t.Skip("no fast path on this processor")
	}
	e, err := New(builtin.Rules(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	var text []byte
	for len(text) < 1<<18 {
		l := e.literals[r.IntN(len(e.literals))].text
		switch r.IntN(3) {
		case 0:
			text = append(text, l...)
		case 1:
			text = append(text, l[:r.IntN(len(l))]...)
		default:
			text = append(text, byte(r.Uint32()))
		}
	}
	var masks [blockBytes / 32]uint32
	passed := 0
	for from := 0; from+blockBytes+spare <= len(text); from += blockBytes {
		gramsAVX2(&text[from], blockBytes, e.filter, &masks[0])
		for i := range blockBytes {
			at := text[from+i:]
			key := (uint32(at[0]) | uint32(at[1])<<8 | uint32(at[2])<<16 | uint32(at[3])<<24) | foldBits
			want := e.filter.may(key, fourth(uint64(key))>>24) & 1
			if got := masks[i/32] >> (i % 32) & 1; got != want {
				t.Fatalf("byte %d, %q: %d, want %d", from+i, at[:4], got, want)
			}
			passed += int(want)
		}
	}
	if passed == 0 {
		t.Error("no gram passed")
	}
}
