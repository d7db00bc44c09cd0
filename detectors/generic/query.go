package generic

import "bytes"

// parameter returns where in v the next parameter of a query begins, &name= or &amp;, and 0 where none does.
func parameter(v []byte) int {
	k := bytes.IndexByte(v, '&')
	if k <= 0 {
		return 0
	}
	if string(v[k+1:]) == "amp" {
		return k // what follows the semicolon is no part of v
	}
	start := k + 1
	i := start
	for i < len(v) && isName(v[i]) {
		i++
	}
	if i > start && i < len(v) && v[i] == '=' {
		return k
	}
	return 0
}

// apostrophe tells whether t[i] is a single quotation mark inside a word, the last of its line.
func apostrophe(t []byte, i int) bool {
	return i > 0 && i+1 < len(t) && t[i] == '\'' && isAlnum(t[i-1]) && isAlnum(t[i+1]) && bytes.IndexByte(t[i+1:], '\'') < 0
}
