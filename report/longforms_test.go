package report

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestLongFormsAreAllFound: what holds but the beginnings of encodings masks what one that holds them whole does.
func TestLongFormsAreAllFound(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	value := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "aZ0+/\n\"<%\x01\xc3\xa9 "[random.IntN(12)]
		}
		return string(b)
	}
	hidden := 0
	for range 300 {
		long := []string{value(longValue + random.IntN(200)), value(2000)}
		var all forms
		for _, v := range long {
			all.add(v)
		}
		var cut []masked
		s := &secrets{words: map[string]string{}}
		for _, v := range long {
			cut = append(cut, masked{v, "v"})
		}
		whole := newMatcher(cut, all.masked(), nil)
		var starts forms
		for _, v := range long {
			if b := beginning(v); len(b) < len(v) {
				s.long = append(s.long, v)
				starts.add(b)
			} else {
				starts.add(v)
			}
		}
		lazy := newMatcher(cut, starts.masked(), nil)
		lazy.long.learn(s.long[:1])
		for i, form := range all.masked() {
			edge := form.text[:min(len(form.text), 4+random.IntN(maxCut-10))]
			for _, text := range []string{"x " + edge, "y" + form.text + "z", edge[:min(len(edge), shortText-1)]} {
				if i == len(all.masked())/2 {
					lazy.long.learn(s.long[1:]) // late: some of the texts before were long
				}
				if i < len(all.masked())/2 && len(s.long) > 1 {
					continue
				}
				want, from, to := cover(text, whole.findCut(text, whole.find(text, nil)), 0, 0)
				got, f, e := cover(text, lazy.findCut(text, lazy.find(text, nil)), 0, 0)
				if fmt.Sprint(got, f, e) != fmt.Sprint(want, from, to) {
					t.Fatalf("%d bytes of form %d: %q, want %q", len(text), i, got, want)
				}
				if want != text {
					hidden++
				}
			}
		}
	}
	if hidden == 0 {
		t.Error("nothing was found at all")
	}
}
