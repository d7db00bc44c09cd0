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

// placeholder tells what a value that cannot be a random credential is. One byte that makes up most of it stands for no
// value at all: filler says so. Runs such as 0123456789 or abcdefgh that do so make it a sample, as documentation
// prints them: worth a line in a report, but no alarm.
func placeholder(b []byte) (filler string, sample bool) {
	if len(b) < 8 {
		return "", false
	}
	same, ascending := 1, 1
	longestSame, longestRun := 1, 1
	repeats, runs := 0, 0
	for i := 1; i < len(b); i++ {
		if b[i] == b[i-1] {
			same++
		} else {
			repeats += runLength(same)
			same = 1
		}
		if b[i] == b[i-1]+1 || b[i-1] == '9' && b[i] == '0' {
			ascending++
		} else {
			runs += runLength(ascending)
			ascending = 1
		}
		longestSame, longestRun = max(longestSame, same), max(longestRun, ascending)
	}
	repeats += runLength(same)
	runs += runLength(ascending)
	switch {
	case 2*longestSame > len(b):
		return "one character repeated", false
	case 3*repeats > 2*len(b):
		return "made of repeated characters", false
	}
	return "", 2*longestRun > len(b) || 3*(repeats+runs) > 2*len(b)
}

// madeUp tells whether a value is either kind of placeholder.
func madeUp(b []byte) bool {
	filler, sample := placeholder(b)
	return filler != "" || sample
}

// runLength returns n where a run of n is more than chance.
func runLength(n int) int {
	if n < 4 {
		return 0
	}
	return n
}
