package decode

// hex decodes the parts of a run that are hex digits and hold text.
func (l *level) hex(segs []segment, syms []byte) {
	eachOf(inHex, syms, minHex, func(from, to int) {
		for r := range 2 {
			if streakHex(syms[from+r : to]) {
				l.begin()
				for i := from + r; i+1 < to; i += 2 {
					l.out = append(l.out, byte(nibble(syms[i])<<4|nibble(syms[i+1])))
				}
				l.emitRun(nameHex, segs, from+r, from+r+len(l.out)*2, 4)
			}
		}
	})
}

// eachOf calls do for the maximal parts of at least n symbols that are all of one class.
func eachOf(bit uint8, syms []byte, n int, do func(from, to int)) {
	for i := 0; i+n <= len(syms); {
		k := n - 1
		for k >= 0 && is(bit, syms[i+k]) {
			k--
		}
		if k >= 0 {
			i += k + 1
			continue
		}
		to := i + n
		for to < len(syms) && is(bit, syms[to]) {
			to++
		}
		do(i, to)
		i = to
	}
}

// streakHex reports whether hex digits decode to a streak of text somewhere.
func streakHex(s []byte) bool {
	need := 3 * groupsOf(len(s))
	for i, n := 0, len(s)/2; i+need <= n; {
		k := need - 1
		for k >= 0 {
			c := s[2*(i+k)]
			if c > '7' || c == '1' { // 0x80 and above, and most control characters
				break
			}
			k--
		}
		if k >= 0 {
			i += k + 1
			continue
		}
		var b [18]byte
		for j := range need {
			b[j] = byte(nibble(s[2*(i+j)])<<4 | nibble(s[2*(i+j)+1]))
		}
		if plausible(b[:need]) {
			return true
		}
		i++
	}
	return false
}

// streak reports whether b holds a streak of text somewhere.
func streak(b []byte) bool {
	for i := 0; i+minStreak <= len(b); {
		k := minStreak - 1
		for k >= 0 && (is(inText, b[i+k]) || b[i+k] == 0 && (k == minStreak-1 || b[i+k+1] != 0)) {
			k--
		}
		if k >= 0 {
			i += k + 1
			continue
		}
		if plausible(b[i : i+minStreak]) {
			return true
		}
		i++
	}
	return false
}
