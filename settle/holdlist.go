package settle

import (
	"bytes"
)

// openNumbers finds a list of numbers that are bytes of text and may go on: 67:68, 0x67, 103.
func openNumbers(text []byte, from int) int {
	at := len(text)
	fits := [3]bool{true, true, true} // hex pairs, 0x, decimal
	for range minTail {
		for at > 0 && bytes.IndexByte([]byte(" \t\r\n,:;-"), text[at-1]) >= 0 {
			at--
		}
		end := at
		for at > 0 && (digit(text[at-1]) >= 0 || text[at-1]|0x20 == 'x') && end-at < 5 {
			at--
		}
		for k, v := range spelled(text[at:end]) {
			fits[k] = fits[k] && (v >= ' ' && v <= '~' || v == '\n' || v == '\r' || v == '\t' || v == 0)
		}
		if fits == [3]bool{} {
			return len(text)
		}
	}
	for floor := max(0, from-listLimit, len(text)-listLimit); at > floor && (digit(text[at-1]) >= 0 || bytes.IndexByte([]byte("xX:,;- \t\r\n"), text[at-1]) >= 0); {
		at--
	}
	for at > 0 && at < len(text) && letter(text[at-1]) && (letter(text[at]) || digit(text[at]) >= 0) { // the end of a word
		at++
	}
	for at < len(text) && bytes.IndexByte([]byte(" \t\r\n,:;-"), text[at]) >= 0 {
		at++
	}
	return lineStart(text, at)
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// spelled returns what a number stands for as a hex pair, with 0x and in decimals; -1 where it is none.
func spelled(s []byte) (v [3]int) {
	v = [3]int{-1, -1, -1}
	if len(s) == 2 && digit(s[0]) >= 0 && digit(s[1]) >= 0 {
		v[0] = digit(s[0])<<4 | digit(s[1])
	}
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' && len(s) <= 4 {
		v[1] = 0
		for _, c := range s[2:] {
			v[1] = v[1]<<4 | digit(c)
		}
	}
	if len(s) > 0 && len(s) <= 3 {
		v[2] = 0
		for _, c := range s {
			if c < '0' || c > '9' {
				v[2] = -1
				break
			}
			v[2] = v[2]*10 + int(c-'0')
		}
	}
	return v
}

// openBase85 finds text in Ascii85 ("<~ ... ~>") or a quoted string that is called base85, with no end yet.
func openBase85(text []byte, from int) int {
	floor := max(from, len(text)-maxHold)
	for at := floor; ; {
		i := bytes.Index(text[at:], []byte("<~"))
		if i < 0 {
			break
		}
		at += i + 2
		if only85(text[at:]) && !bytes.Contains(text[at:], []byte("~>")) {
			return lineStart(text, at)
		}
	}
	for at := floor; ; {
		i := bytes.Index(text[at:], []byte("85"))
		if i < 0 {
			return len(text)
		}
		if at += i + 2; at > 2 && called85(text[at-3]) && open85(text[at:]) {
			return lineStart(text, at)
		}
	}
}

// called85 tells whether c ends the word before "85" as in "base85", "b85", "a85", "z85".
func called85(c byte) bool { return bytes.IndexByte([]byte("abeiz"), c|0x20) >= 0 }

// open85 tells whether a string opens soon that may be base85 and has no end.
func open85(text []byte) bool {
	k := bytes.IndexAny(text[:min(len(text), 64)], "\"'`")
	return k >= 0 && bytes.IndexByte(text[k+1:], text[k]) < 0 && only85(text[k+1:])
}

// only85 tells whether text may be base85 in either alphabet, over lines.
func only85(text []byte) bool {
	for _, c := range text {
		if c > '~' || c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	adobe, rfc := true, true
	for _, c := range text {
		if c <= ' ' {
			continue
		}
		adobe = adobe && (c <= 'u' || c == 'z')
		rfc = rfc && bytes.IndexByte([]byte(`",./:[\]'`), c) < 0
	}
	return adobe || rfc
}
