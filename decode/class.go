package decode

// Classes of bytes, one table for all decoders.
const (
	inBase64 uint8 = 1 << iota // both alphabets of RFC 4648 sections 4 and 5
	inHex
	inBase32 // upper case and 2-7, RFC 4648 section 6
	inList   // may stand in a list of numbers
	inToken  // may stand inside a token or an assignment
	inText   // printable ASCII, tab, CR, LF
	inSpace  // space, tab, CR, LF
)

var class = func() (t [256]uint8) {
	set := func(bit uint8, chars string) {
		for i := range len(chars) {
			t[chars[i]] |= bit
		}
	}
	const upper, lower, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
	set(inBase64, upper+lower+digits+"+/-_")
	set(inHex, digits+"abcdefABCDEF")
	set(inBase32, upper+"234567")
	set(inList, digits+"abcdefABCDEFxX:,;- \t\r\n")
	set(inToken, upper+lower+digits+"_-+/=.~:@%!$&*?#|^")
	set(inSpace, " \t\r\n")
	set(inText, "\t\r\n")
	for c := byte(' '); c < 0x7f; c++ {
		t[c] |= inText
	}
	return t
}()

func is(bit uint8, c byte) bool { return class[c]&bit != 0 }

// isAt reports whether text has a byte of the class at i.
func isAt(bit uint8, text []byte, i int) bool {
	return uint(i) < uint(len(text)) && class[text[i]]&bit != 0
}

// nibble is the value of a hex digit, or -1.
func nibble(c byte) int { return int(digitValue[c]) }

// digitValue is looked up, since which digits are letters cannot be foretold.
var digitValue = func() (t [256]int8) {
	for c := range t {
		t[c] = -1
	}
	for i, c := range "0123456789abcdef" {
		t[c] = int8(i)
	}
	for i, c := range "ABCDEF" {
		t[c] = int8(10 + i)
	}
	return t
}()

// hexValue reads the hex digits text[from:to], all of them, at most eight.
func hexValue(text []byte, from, to int) (v int, ok bool) {
	if to > len(text) || to <= from || to-from > 8 {
		return 0, false
	}
	for _, c := range text[from:to] {
		n := nibble(c)
		if n < 0 {
			return 0, false
		}
		v = v<<4 | n
	}
	return v, true
}

// readable reports whether an escape that stands for this ASCII or Latin-1 code is worth undoing: no control
// characters but white space, escape (colours) and what UTF-8 is made of.
func readable(v int) bool {
	return v >= 0x20 && v != 0x7f || v == '\t' || v == '\n' || v == '\r' || v == 0x1b
}
