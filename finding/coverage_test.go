package finding

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Which names are kept depends neither on the order of the calls nor on how the work was shared out.
func TestSkipOrder(t *testing.T) {
	for _, n := range []int{19, 20, 21, 500, maxExamples + maxFurther, maxExamples + maxFurther + 1} {
		var all []Skip
		for i := range n {
			all = append(all, Skip{Name: fmt.Sprint("file", i), Reason: SkipLFS})
		}
		var want Coverage
		for _, s := range all {
			want.Skip(s)
		}
		names, unnamed := want.LeftOut()
		if n <= maxExamples+maxFurther && (len(names) != n || len(unnamed) > 0) {
			t.Errorf("%d left out: %d names, without names %v", n, len(names), unnamed)
		}
		if n > maxExamples+maxFurther && !slices.Equal(unnamed, []SkipReason{SkipLFS}) {
			t.Errorf("%d left out: without names %v", n, unnamed)
		}
		shares := make([]Coverage, 3)
		random := rand.New(rand.NewPCG(uint64(n), 1))
		for _, i := range random.Perm(n) {
			shares[random.IntN(len(shares))].Skip(all[i])
		}
		var got Coverage
		for _, s := range shares {
			got.Add(s)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%d left out: %s", n, d)
		}
	}
}

// What was asked for and not read makes a scan incomplete, and has examples alone.
func TestGapsHaveExamples(t *testing.T) {
	var c Coverage
	for i := range 50 {
		c.Skip(Skip{Name: fmt.Sprint(i), Reason: SkipUnreadable})
	}
	if len(c.Examples) != maxExamples || c.Further != nil || !c.Incomplete() {
		t.Errorf("%d examples, further %v", len(c.Examples), c.Further)
	}
}
