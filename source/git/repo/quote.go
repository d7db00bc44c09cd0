package repo

import "strings"

// unquote reads a path as git quotes those with special bytes: in double quotes, with C's escapes and octal numbers of
// three digits (quote_c_style in git's quote.c). It returns false for anything else.
func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	s = s[1 : len(s)-1]
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '"' {
			return "", false
		}
		if c != '\\' {
			b.WriteByte(c)
			continue
		}
		if i++; i == len(s) {
			return "", false
		}
		if k := strings.IndexByte(`abfnrtv\"`, s[i]); k >= 0 {
			b.WriteByte("\a\b\f\n\r\t\v\\\""[k])
			continue
		}
		if i+2 >= len(s) {
			return "", false
		}
		n := 0
		for _, d := range []byte(s[i : i+3]) {
			if d < '0' || d > '7' {
				return "", false
			}
			n = n*8 + int(d-'0')
		}
		if n > 255 {
			return "", false
		}
		b.WriteByte(byte(n))
		i += 2
	}
	return b.String(), true
}
