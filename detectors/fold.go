package detectors

import "github.com/unleak/unleak/internal/fold"

// lastFold returns where lower last stands in text.
func lastFold(text []byte, lower string) int {
	for i := len(text) - len(lower); i >= 0; i-- {
		if fold.Equal(text[i:i+len(lower)], lower) {
			return i
		}
	}
	return -1
}

// endsFold tells whether text ends in lower, which is in lower case, ASCII case aside.
func endsFold(text []byte, lower string) bool {
	return len(text) >= len(lower) && fold.Equal(text[len(text)-len(lower):], lower)
}
