package detectors

import (
	"bytes"
	"strings"
)

// indexFold returns where lower, which is in lower case, first stands in text, ASCII case aside; -1: nowhere. It goes from one
// place of lower's rarest byte, in either case, to the next.
func indexFold(text []byte, lower string) int {
	if len(text) < len(lower) {
		return -1
	}
	if lower == "" {
		return 0
	}
	k := rarestByte(lower)
	last := len(text) - len(lower) + k // the last place of that byte
	small := cursorTo(text[:last+1], lower[k], k)
	big := -1
	if c := lower[k]; c >= 'a' && c <= 'z' {
		big = cursorTo(text[:last+1], c-'a'+'A', k)
	}
	for small >= 0 || big >= 0 {
		at := small
		if small < 0 || big >= 0 && big < small {
			at = big
		}
		if equalFold(text[at-k:at-k+len(lower)], lower) {
			return at - k
		}
		if at == small {
			small = cursorTo(text[:last+1], text[at], at+1)
		} else {
			big = cursorTo(text[:last+1], text[at], at+1)
		}
	}
	return -1
}

// cursorTo returns where c stands first in text from an offset on; -1: nowhere.
func cursorTo(text []byte, c byte, from int) int {
	i := bytes.IndexByte(text[min(from, len(text)):], c)
	if i >= 0 {
		i += from
	}
	return i
}

// rarestByte returns the index of the byte of s that English text holds least; signs and digits are rarer than letters.
func rarestByte(s string) int {
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

// lastFold returns where lower last stands in text.
func lastFold(text []byte, lower string) int {
	for i := len(text) - len(lower); i >= 0; i-- {
		if equalFold(text[i:i+len(lower)], lower) {
			return i
		}
	}
	return -1
}

func equalFold(text []byte, lower string) bool {
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

// endsFold tells whether text ends in lower, which is in lower case, ASCII case aside.
func endsFold(text []byte, lower string) bool {
	return len(text) >= len(lower) && equalFold(text[len(text)-len(lower):], lower)
}
