package detectors

import "math"

// entropy returns the Shannon entropy of b in bits a byte.
func entropy(b []byte) float64 {
	if len(b) == 0 {
		return 0
	}
	var count [256]int
	for _, c := range b {
		count[c]++
	}
	sum := 0.0
	for _, n := range count {
		if n > 0 {
			sum += float64(n) * math.Log2(float64(n))
		}
	}
	return math.Log2(float64(len(b))) - sum/float64(len(b))
}

// alphabet returns how many symbols a random value of b's character classes would draw from.
func alphabet(b []byte) float64 {
	var lower, upper, digit, other, beyondHex bool
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digit = true
		case c >= 'a' && c <= 'z':
			lower = true
			beyondHex = beyondHex || c > 'f'
		case c >= 'A' && c <= 'Z':
			upper = true
			beyondHex = beyondHex || c > 'F'
		default:
			other = true
		}
	}
	n := 0.0
	if digit {
		n += 10
	}
	letters := 26.0
	if !beyondHex && digit && !other && lower != upper {
		letters = 6
	}
	if lower {
		n += letters
	}
	if upper {
		n += letters
	}
	if other {
		n += 10
	}
	return n
}

// randomEnough tells whether b has the entropy asked for, or as much as nearly all random values of its length and
// alphabet have: a random value of n bytes from an alphabet of k symbols has about log2(k) - (k-1)/(2 n ln 2) bits a
// byte (Miller's bias, 1955), and at most log2(n); 0.75 bits below that hardly one in a thousand values falls.
func randomEnough(b []byte, least float64) bool {
	k, n := alphabet(b), float64(len(b))
	expected := math.Log2(k) - (k-1)/(2*n*math.Ln2)
	if n < k { // the bias term holds for long values only
		expected = math.Max(expected, math.Log2(n)-n/k)
	}
	return entropy(b) >= math.Min(least, expected-0.75)
}

// placeholder returns why a value cannot be a random credential, or "": one byte, or runs such as 0123456789 or
// abcdefgh, make up most of it.
func placeholder(b []byte) string {
	if len(b) < 8 {
		return ""
	}
	same, ascending := 1, 1
	longestSame, longestRun := 1, 1
	covered := 0
	for i := 1; i < len(b); i++ {
		if b[i] == b[i-1] {
			same++
		} else {
			covered += runLength(same)
			same = 1
		}
		if b[i] == b[i-1]+1 || b[i-1] == '9' && b[i] == '0' {
			ascending++
		} else {
			covered += runLength(ascending)
			ascending = 1
		}
		longestSame, longestRun = max(longestSame, same), max(longestRun, ascending)
	}
	covered += runLength(same) + runLength(ascending)
	switch {
	case 2*longestSame > len(b):
		return "one character repeated"
	case 2*longestRun > len(b):
		return "characters in sequence"
	case 3*covered > 2*len(b):
		return "made of repeats and sequences"
	}
	return ""
}

// runLength returns n where a run of n is more than chance.
func runLength(n int) int {
	if n < 4 {
		return 0
	}
	return n
}
