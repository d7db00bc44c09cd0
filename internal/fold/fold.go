// Package fold searches texts for words whose case does not matter. Case is that of ASCII; words are in lower case.
package fold

import (
	"bytes"
	"strings"
)

// Index returns where lower first stands in text; -1: nowhere. It goes from one place of lower's rarest byte, in either
// case, to the next.
func Index(text []byte, lower string) int {
	if len(text) < len(lower) {
		return -1
	}
	if lower == "" {
		return 0
	}
	k := rarest(lower)
	text, small, big := text[:len(text)-len(lower)+k+1], lower[k], lower[k]
	if small >= 'a' && small <= 'z' {
		big -= 'a' - 'A'
	}
	full := text[:len(text)+len(lower)-k-1]
	next := [2]int{find(text, small, k), -1}
	if big != small {
		next[1] = find(text, big, k)
	}
	for next[0] >= 0 || next[1] >= 0 {
		which := 0
		if next[0] < 0 || next[1] >= 0 && next[1] < next[0] {
			which = 1
		}
		at := next[which]
		if Equal(full[at-k:at-k+len(lower)], lower) {
			return at - k
		}
		next[which] = find(text, text[at], at+1)
	}
	return -1
}

// find returns where c stands first in text from an offset on; -1: nowhere.
func find(text []byte, c byte, from int) int {
	i := bytes.IndexByte(text[min(from, len(text)):], c)
	if i >= 0 {
		i += from
	}
	return i
}

// rarest returns the index of the byte of s that English text holds least; signs and digits are rarer than letters.
func rarest(s string) int {
	const order = " etaoinsrhldcumfpgwybvkxjqz"
	best, rank := 0, -1
	for i := range len(s) {
		r := strings.IndexByte(order, s[i])
		if r < 0 {
			r = len(order)
		}
		if r > rank {
			best, rank = i, r
		}
	}
	return best
}

// Equal tells whether text, which is as long, is lower.
func Equal(text []byte, lower string) bool {
	for i, c := range text {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// Free tells of stretches of one text whether they hold none of some words, and looks at no byte of it again that it
// found free of them: the stretches around many places of a text overlap.
type Free struct {
	Words    []string
	from, to int // known to be free
}

// Reset forgets the text.
func (f *Free) Reset() { f.from, f.to = 0, 0 }

// Of tells whether no word stands in text[from:to).
func (f *Free) Of(text []byte, from, to int) bool {
	if f.from <= from && from < f.to {
		if to <= f.to {
			return true
		}
		if f.none(text[max(f.from, f.to-f.longest()):to]) {
			f.to = to
			return true
		}
		return f.none(text[from:to])
	}
	if !f.none(text[from:to]) {
		return false
	}
	f.from, f.to = from, to
	return true
}

func (f *Free) none(text []byte) bool {
	for _, w := range f.Words {
		if Index(text, w) >= 0 {
			return false
		}
	}
	return true
}

func (f *Free) longest() int {
	n := 0
	for _, w := range f.Words {
		n = max(n, len(w))
	}
	return n
}
