package decode

// undoANSI drops a terminal control sequence (ECMA-48 sections 5.4 and 5.6: CSI and OSC) that stands at a token: CI logs colour
// parts of words; the final letter of a sequence would seem to belong to the word after it, and a sequence behind a value
// to the value.
func undoANSI(text []byte, i int) (int, repl, string) {
	n := sequence(text, i)
	if n == 0 {
		return 0, repl{}, ""
	}
	for end := i + n; ; n = end - i {
		more := 0
		if end < len(text) && text[end] == 0x1b && end-i < ContextBytes/2 {
			more = sequence(text, end)
		}
		if more == 0 {
			break
		}
		end += more
	}
	if !colours(text, i+n) && !colours(text, i-1) {
		return 0, repl{}, ""
	}
	return n, repl{}, nameANSI
}

// colours tells whether the byte at i is one of a token or of its quotes.
func colours(text []byte, i int) bool {
	return isAt(inToken, text, i) || i >= 0 && i < len(text) && quote(text[i])
}

// sequence is the length of the control sequence at i, or 0.
func sequence(text []byte, i int) int {
	if i+1 >= len(text) {
		return 0
	}
	j, stop := i+2, min(len(text), i+ContextBytes/2)
	switch text[i+1] {
	case '[':
		for j < stop && text[j] >= 0x20 && text[j] <= 0x3f {
			j++
		}
		if j < stop && text[j] >= 0x40 && text[j] <= 0x7e {
			return j + 1 - i
		}
	case ']':
		for ; j < stop; j++ {
			if text[j] == 0x07 {
				return j + 1 - i
			}
			if text[j] == 0x1b {
				if j+1 < stop && text[j+1] == '\\' {
					return j + 2 - i
				}
				return 0
			}
		}
	case '(', ')':
		if j < stop {
			return 3
		}
	case '=', '>', '7', '8', 'c', 'M':
		return 2
	}
	return 0
}

// undoZeroWidth drops characters that take no room on the screen, where they stand inside a token.
func undoZeroWidth(text []byte, i int) (int, repl, string) {
	end := i
	for {
		n := invisible(text, end)
		if n == 0 {
			break
		}
		if end += n; end-i > 96 {
			return 0, repl{}, ""
		}
	}
	if end == i || !isAt(inToken, text, end) || !isAt(inToken, text, i-1) {
		return 0, repl{}, ""
	}
	return end - i, repl{}, nameZeroWidth
}

// invisible is the length of the zero-width character at i, or 0: soft hyphen, U+200B-F, U+202A-E, U+2060-9, U+FEFF.
func invisible(text []byte, i int) int {
	if i+1 >= len(text) {
		return 0
	}
	if text[i] == 0xc2 && text[i+1] == 0xad {
		return 2
	}
	if i+2 >= len(text) {
		return 0
	}
	c := text[i+2]
	switch {
	case text[i] == 0xef && text[i+1] == 0xbb && c == 0xbf,
		text[i] == 0xe2 && text[i+1] == 0x80 && (c >= 0x8b && c <= 0x8f || c >= 0xaa && c <= 0xae),
		text[i] == 0xe2 && text[i+1] == 0x81 && c >= 0xa0 && c <= 0xa9:
		return 3
	}
	return 0
}
