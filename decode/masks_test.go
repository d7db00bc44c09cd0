package decode

import (
	"math/rand/v2"
	"testing"
)

// TestMasksAgree holds the fast classification to the slow one, for every pair of bytes and at every length.
func TestMasksAgree(t *testing.T) {
	if !simd {
		t.Skip("no fast path on this processor")
	}
	r := rand.New(rand.NewPCG(1, 2))
	check := func(text []byte, from, to int) {
		t.Helper()
		var fast, slow masks
		n := fast.classify(text, from, to)
		for w := range n {
			slow.word(w, text, from+32*w, min(from+32*w+32, to))
			if fast.pairs[w] != slow.pairs[w] || fast.base[w] != slow.base[w] || fast.list[w] != slow.list[w] {
				t.Fatalf("word %d of %q[%d:%d] differs", w, text, from, to)
			}
		}
	}
	var all []byte
	for a := range 256 {
		for b := range 256 {
			all = append(all, byte(a), byte(b))
		}
	}
	for i := 0; i < len(all); i += blockBytes {
		check(all, i, i+blockBytes)
	}
	for n := range 200 {
		text := make([]byte, n)
		for i := range text {
			text[i] = byte(r.Uint32())
		}
		from := r.IntN(n + 1)
		check(text, from, n)
		check(text, from, from+r.IntN(n-from+1))
	}
}

// TestTriggersSeeEveryEscape holds the pairs to the decoders: where one of these undoes something, a pair says so.
func TestTriggersSeeEveryEscape(t *testing.T) {
	var m masks
	seen := map[string]bool{}
	for _, c := range losses() {
		text := []byte(c.text)
		if len(text) > blockBytes {
			continue
		}
		m.classify(text, 0, len(text))
		for i := range text {
			f := familyOf[text[i]]
			if f == 0 || f > len(families) {
				continue
			}
			if n, _, name := families[f-1].undo(text, i); n > 0 {
				seen[name] = true
				if m.pairs[i/32]>>(i%32)&1 == 0 {
					t.Errorf("%s: no pair at %d of %q", name, i, text)
				}
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("cases use %d kinds of escapes only: %v", len(seen), seen)
	}
}
