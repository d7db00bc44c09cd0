// Package arrange sorts slices of any type with one copy of the algorithm: slices.SortFunc is compiled anew for each type,
// which takes 16 KB of the program a time. Where it is the sorting that takes the time, slices.SortFunc is the better choice.
package arrange

import (
	"cmp"
	"slices"
)

// short is how many elements are sorted in place, one after the other.
const short = 12

// By sorts a slice by a comparison as slices.SortStableFunc wants it: equal elements keep their order. It takes eight bytes
// an element beside the slice, unless that is short.
func By[S ~[]T, T any](s S, compare func(a, b T) int) {
	if len(s) <= short {
		for i := 1; i < len(s); i++ {
			for k := i; k > 0 && compare(s[k], s[k-1]) < 0; k-- {
				s[k], s[k-1] = s[k-1], s[k]
			}
		}
		return
	}
	from := ranked(len(s), func(a, b int) int { return compare(s[a], s[b]) })
	for i := range from { // around each cycle of the permutation; what is in its place names itself
		first := s[i]
		at := i
		for from[at] != i {
			next := from[at]
			s[at], from[at] = s[next], at
			at = next
		}
		s[at], from[at] = first, at
	}
}

// ranked returns the indices of n elements in their order.
func ranked(n int, compare func(a, b int) int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(a, b int) int { return cmp.Or(compare(a, b), cmp.Compare(a, b)) })
	return out
}
