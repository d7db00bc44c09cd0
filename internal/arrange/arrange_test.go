package arrange

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

type pair struct {
	key, at int
	_       [3]string // as wide as what is sorted
}

func compareKeys(a, b pair) int { return cmp.Compare(a.key, b.key) }

// By does what slices.SortStableFunc does, for every length, with many equal elements and with few.
func TestBy(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		for _, keys := range []int{1, 3, 1000} {
			list := make([]pair, n)
			for i := range list {
				list[i] = pair{key: random.IntN(keys), at: i}
			}
			want := slices.Clone(list)
			slices.SortStableFunc(want, compareKeys)
			By(list, compareKeys)
			if !slices.Equal(list, want) {
				t.Fatalf("%d elements, %d keys: %v, want %v", n, keys, list, want)
			}
			slices.Reverse(want)
			By(want, func(a, b pair) int { return cmp.Or(compareKeys(a, b), cmp.Compare(a.at, b.at)) })
			if !slices.Equal(list, want) {
				t.Fatalf("%d elements, %d keys, reversed: %v", n, keys, want)
			}
		}
	}
}

func BenchmarkBy(b *testing.B)     { bench(b, By[[]pair]) }
func BenchmarkSlices(b *testing.B) { bench(b, slices.SortStableFunc[[]pair]) }

func bench(b *testing.B, sort func([]pair, func(x, y pair) int)) {
	list := make([]pair, 1000)
	for i := range list {
		list[i].key = i * 7919 % 1000
	}
	work := make([]pair, len(list))
	for b.Loop() {
		copy(work, list)
		sort(work, compareKeys)
	}
}
