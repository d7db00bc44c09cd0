package rules

import (
	"math"
	"slices"
	"strings"
)

// frequency estimates how often text of source code and configuration holds one of the literals, as a probability a
// byte. It only has to rank sets of literals.
func frequency(lits []Literal) float64 {
	sum := 0.0
	for _, l := range lits {
		sum += math.Exp2(-rarity(l.Text, l.Fold))
	}
	return sum
}

// commonWords are what code and configuration are full of, in bits: "key" stands about once in 2^8 bytes. Counted over
// some 40 MB of public source in thirty languages, and rounded.
var commonWords = []struct {
	word string
	bits float64
}{
	{"https://", 10}, {"password", 11}, {"account", 11}, {"session", 11}, {"private", 11}, {"access", 11},
	{"client", 10}, {"github", 11}, {"config", 10}, {"string", 9}, {"secret", 11}, {"token", 10}, {"login", 11},
	{"value", 9}, {"error", 9}, {"_test", 11}, {"test_", 11}, {"http", 10}, {"user", 10}, {"name", 9}, {"path", 9},
	{"type", 9}, {"data", 9}, {"file", 9}, {"auth", 10}, {"pass", 10}, {"host", 10}, {".com", 10}, {"://", 10},
	{"email", 11}, {"key", 9}, {"api", 10}, {"url", 10}, {"_id", 10},
}

// rarity returns how many bits of surprise a string is. The same byte over and over is none: rulers, fillers, zeros in
// base64.
func rarity(text string, fold bool) float64 {
	text = squeezed(text)
	lower := asciiLower(text)
	for _, w := range commonWords {
		if i := strings.Index(lower, w.word); i >= 0 {
			rest := lower[:i] + lower[i+len(w.word):]
			return w.bits + letters(rest) + caseBits(text, fold)/2
		}
	}
	return letters(lower) + caseBits(text, fold)
}

// squeezed leaves two of each stretch of the same byte.
func squeezed(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if i < 2 || s[i] != s[i-1] || s[i] != s[i-2] {
			out = append(out, s[i])
		}
	}
	return string(out)
}

func letters(s string) float64 {
	sum := 0.0
	for _, c := range []byte(s) {
		switch {
		case strings.IndexByte("etaoinsrlcdup", c) >= 0:
			sum += 3.3
		case c >= 'a' && c <= 'z':
			sum += 4.5
		case c >= '0' && c <= '9', slices.Contains([]byte("-_./\"= "), c):
			sum += 4.5
		default:
			sum += 6
		}
	}
	return sum
}

// caseBits is what upper-case letters add where case counts.
func caseBits(text string, fold bool) float64 {
	if fold {
		return 0
	}
	sum := 0.0
	for _, c := range []byte(text) {
		if c >= 'A' && c <= 'Z' {
			sum += 1.5
		}
	}
	return sum
}
