package report

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// What is followed once is not followed again, and nothing is missed by that.
func TestFragmentsAreAllFound(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	text := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "ab"[random.IntN(2)]
		}
		return string(b)
	}
	found := 0
	for range 2000 {
		var list []string
		for range 1 + random.IntN(4) {
			list = append(list, text(24+random.IntN(40)))
		}
		line := text(10) + list[0][random.IntN(20):] + text(random.IntN(10)) + list[len(list)-1][:20]
		f := newFragments(list[:1])
		f.learn(list[1:])
		var want []hit
		for i := 0; i+fragmentRun <= len(line); i++ {
			n := 0
			for _, r := range slices.Backward(f.refs) {
				if f.run(&r) != load(line[i:]) || n == fragmentSame {
					continue
				}
				n++
				if start, end := follow(line, i, f.strings[r.of], int(r.at)); end-start >= fragmentLeast || start == 0 || end == len(line) {
					want = append(want, hit{start, end, maskAll})
				}
			}
		}
		got := f.find(line, nil)
		found += len(got)
		if !slices.Equal(distinct(got), distinct(want)) {
			t.Fatalf("%q in %q: %v, want %v", list, line, distinct(got), distinct(want))
		}
	}
	if found == 0 {
		t.Error("nothing was found at all")
	}
}

func distinct(hits []hit) []hit {
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	return slices.Compact(hits)
}
