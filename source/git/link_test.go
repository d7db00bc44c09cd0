package git

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestByOffset(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, most := range []int64{1, 2, 2047, 2048, 1 << 31, 1<<63 - 1} {
		for _, n := range []int{0, 1, 2, 1000} {
			all := make([]placed, n)
			for i := range all {
				all[i] = placed{rng.Int64N(most) - 1, int32(i)}
			}
			want := slices.SortedStableFunc(slices.Values(all), func(a, b placed) int { return cmp.Compare(a.offset, b.offset) })
			if got := byOffset(all); !slices.Equal(got, want) {
				t.Errorf("%d offsets below %d are not in order", n, most)
			}
		}
	}
}
