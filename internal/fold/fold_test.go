package fold

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

func word(r *rand.Rand, letters string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

// TestIndex holds the search by the rarest byte to one that tries every place.
func TestIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	found := 0
	for range 20000 {
		text, lower := []byte(word(r, "abAB_k", r.IntN(40))), strings.ToLower(word(r, "abAB_k", r.IntN(5)))
		want := bytes.Index(bytes.ToLower(text), []byte(lower))
		if got := Index(text, lower); got != want {
			t.Fatalf("Index(%q, %q) = %d, want %d", text, lower, got, want)
		}
		if want > 0 {
			found++
		}
	}
	if found < 1000 {
		t.Errorf("only %d found behind the start", found)
	}
}

// TestFree asks about stretches in any order, and of each what a search of it alone finds.
func TestFree(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	free := 0
	for range 500 {
		text := []byte(word(r, "aaaaabB c", 300))
		f := Free{Words: []string{"ab c", "bbb"}}
		at := 0
		for range 40 {
			if at += r.IntN(20); r.IntN(5) == 0 {
				at = r.IntN(200)
			}
			from, to := min(at, len(text)), min(len(text), at+r.IntN(60))
			want := Index(text[from:to], "ab c") < 0 && Index(text[from:to], "bbb") < 0
			if got := f.Of(text, from, to); got != want {
				t.Fatalf("%q[%d:%d]: free %v, want %v", text, from, to, got, want)
			}
			if want {
				free++
			}
		}
	}
	if free < 5000 || free > 19000 {
		t.Errorf("%d of 20000 stretches are free, which tests nothing", free)
	}
}
