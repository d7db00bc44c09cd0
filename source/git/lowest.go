package git

import "math/bits"

// lowest is a set of numbers from 0 below a bound that gives out its smallest in a few steps: a bit for each, above these a
// bit for every 64 of which one is set, and so on up to a single word.
type lowest [][]uint64

func newLowest(bound int) lowest {
	var s lowest
	for {
		bound = max(1, (bound+63)/64)
		s = append(s, make([]uint64, bound))
		if bound == 1 {
			return s
		}
	}
}

func (s lowest) add(n int) {
	for _, words := range s {
		words[n/64] |= 1 << (n % 64)
		n /= 64
	}
}

// take removes the smallest number; false if there is none.
func (s lowest) take() (n int, ok bool) {
	if s[len(s)-1][0] == 0 {
		return 0, false
	}
	for level := len(s) - 1; level >= 0; level-- {
		n = n*64 + bits.TrailingZeros64(s[level][n])
	}
	at := n
	for _, words := range s {
		words[at/64] &^= 1 << (at % 64)
		if words[at/64] != 0 {
			break
		}
		at /= 64
	}
	return n, true
}
