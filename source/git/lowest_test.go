package git

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
)

type intHeap struct{ sort.IntSlice }

func (h *intHeap) Push(x any) { h.IntSlice = append(h.IntSlice, x.(int)) }
func (h *intHeap) Pop() any {
	last := h.Len() - 1
	x := h.IntSlice[last]
	h.IntSlice = h.IntSlice[:last]
	return x
}

// A set gives out what a heap does, in whatever order numbers are added and taken.
func TestLowest(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, bound := range []int{0, 1, 2, 63, 64, 65, 4096, 4097, 300_000} {
		set, want := newLowest(bound), &intHeap{}
		numbers := rng.Perm(bound)[:min(bound, 5000)]
		for len(numbers) > 0 || want.Len() > 0 {
			if len(numbers) > 0 && rng.IntN(3) > 0 {
				set.add(numbers[0])
				heap.Push(want, numbers[0])
				numbers = numbers[1:]
				continue
			}
			n, ok := set.take()
			if ok != (want.Len() > 0) {
				t.Fatalf("bound %d: took something %v, %d are in it", bound, ok, want.Len())
			}
			if ok && n != heap.Pop(want).(int) {
				t.Fatalf("bound %d: took %d", bound, n)
			}
		}
	}
}

// Commits come behind their parents, what a reference leads to first, and the smallest number of what may come.
func TestTopological(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		n := rng.IntN(40)
		names := rng.Perm(n) // a commit's parents have a smaller place in it
		h, reached := &history{commits: make([]revision, n)}, make([]bool, n)
		for place, i := range names {
			reached[i] = rng.IntN(3) > 0
			for k := 0; place > 0 && k < rng.IntN(4); k++ {
				h.commits[i].parents = append(h.commits[i].parents, int32(names[rng.IntN(place)]))
			}
		}
		h.topological(reached)
		var want []int32
		for len(want) < n {
			best := -1
			for i := range n {
				if slices.Contains(want, int32(i)) || slices.ContainsFunc(h.commits[i].parents, func(p int32) bool { return !slices.Contains(want, p) }) {
					continue
				}
				if best < 0 || reached[i] && !reached[best] {
					best = i
				}
			}
			want = append(want, int32(best))
		}
		if !slices.Equal(h.order, want) {
			t.Fatalf("order %v, want %v of %+v, reached %v", h.order, want, h.commits, reached)
		}
		for position, i := range h.order {
			if h.position[i] != int32(position) {
				t.Fatalf("commit %d is at %d, not %d", i, position, h.position[i])
			}
		}
	}
}
