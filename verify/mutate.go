package verify

import (
	"crypto/sha256"
	"strings"
)

// how many characters of a credential the negative control changes, and how many at its end it leaves: the last
// character of a base64 text may have no other valid value
const (
	mutateCount = 8
	mutateTail  = 2
)

// mutate returns a value of the same shape: same length, same prefix, letters for letters, digits for digits, in the
// second half of which up to eight characters are others. It depends on the value alone. ok is false where nothing
// can be changed.
func mutate(value string) (string, bool) {
	b := []byte(value)
	var spots []int
	from, to := len(b)/2, len(b)-mutateTail
	if len(b) < 2*mutateCount {
		from, to = 0, len(b)
	}
	for i := from; i < to; i++ {
		if class(b[i]) != "" {
			spots = append(spots, i)
		}
	}
	sum := sha256.Sum256(append([]byte("unleak negative control\x00"), value...))
	for n, i := range spots[:min(len(spots), mutateCount)] {
		set := class(b[i])
		at := strings.IndexByte(set, b[i])
		b[i] = set[(at+1+int(sum[n])%(len(set)-1))%len(set)]
	}
	return string(b), len(spots) > 0
}

// class returns the characters that may stand for c: hexadecimal letters stay hexadecimal.
func class(c byte) string {
	switch {
	case c >= '0' && c <= '9':
		return "0123456789"
	case c >= 'a' && c <= 'f':
		return "abcdef"
	case c >= 'g' && c <= 'z':
		return "ghijklmnopqrstuvwxyz"
	case c >= 'A' && c <= 'F':
		return "ABCDEF"
	case c >= 'G' && c <= 'Z':
		return "GHIJKLMNOPQRSTUVWXYZ"
	}
	return ""
}
