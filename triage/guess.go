package triage

import "strings"

// A value is taken for guessable when the estimate stays under this many bits. It leaves 16 bits of room above the 64
// that nobody tries out, for what the estimate does not see: known prefixes and favourite patterns.
const guessBits = 80

// longest value the estimate looks at; what is longer is text, a key or a token, and its first part decides
const guessLook = 512

// guessable estimates from above how many tries a value withstands of someone who knows how people choose passwords,
// and compares with guessBits. Words, years and repetitions count little; random text counts by its alphabet. Values
// with structure around a password (URLs, connection strings) always count as guessable: the rest is often public.
func guessable(value string) bool {
	if strings.HasPrefix(value, "-----BEGIN") {
		return false
	}
	if strings.Contains(value, "://") || strings.ContainsAny(value, ";\n") && strings.Contains(value, "=") {
		return true
	}
	if len(value) > guessLook {
		value = value[:guessLook]
	}
	letter := 4.7 // log2(26)
	if hexadecimal(value) {
		letter = 4 // of 16 digits, six of them letters, which seldom stand together
	}
	bits := 0.0
	seen := map[string]bool{}
	for rest := value; rest != "" && bits < guessBits; {
		n, class := run(rest)
		piece := rest[:n]
		rest = rest[n:]
		if seen[piece] && (n > 2 || class == runOther) {
			bits++
			continue
		}
		seen[piece] = true
		bits += runBits(n, class, letter)
	}
	return bits < guessBits
}

type runClass int

const (
	runLetters runClass = iota
	runDigits
	runRepeat // one character again and again
	runOther
)

// runBits is what one run is worth. A word of n letters costs a guesser 7+n bits at most (11 for a common word of four,
// 13 for one of six: the size of usual word lists), digits 8+n/2 (years, dates, sequences).
func runBits(n int, class runClass, letter float64) float64 {
	l := float64(n)
	switch class {
	case runLetters:
		return min(l*letter, 7+l)
	case runDigits:
		return min(l*3.32, 8+l/2)
	case runRepeat:
		return 5
	}
	return min(l*4, 5+l)
}

// run returns the length and class of the run s starts with: a word with or without its capital, capitals, digits, one
// repeated character, or others.
func run(s string) (int, runClass) {
	n := 1
	for n < len(s) && s[n] == s[0] {
		n++
	}
	if n >= 3 {
		return n, runRepeat
	}
	switch {
	case digit(s[0]):
		return span(s, digit), runDigits
	case lower(s[0]):
		return span(s, lower), runLetters
	case upper(s[0]):
		if len(s) > 1 && lower(s[1]) {
			return 1 + span(s[1:], lower), runLetters
		}
		return span(s, upper), runLetters
	}
	return span(s, func(c byte) bool { return !digit(c) && !lower(c) && !upper(c) }), runOther
}

func span(s string, in func(byte) bool) int {
	n := 0
	for n < len(s) && in(s[n]) {
		n++
	}
	return n
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
func lower(c byte) bool { return 'a' <= c && c <= 'z' }
func upper(c byte) bool { return 'A' <= c && c <= 'Z' }

func hexadecimal(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if !digit(s[i]) && (c < 'a' || c > 'f') && s[i] != '-' {
			return false
		}
	}
	return true
}
