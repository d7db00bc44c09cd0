package byteregex

// Classes of Perl's, and what they leave out: digits, white space, parts of words.
var digit, space, wordly = ranges("09"), ranges("\t\n\f\r  "), ranges("09AZaz__")

// ranges returns the set of some ranges, each given by its ends.
func ranges(ends string) (s byteSet) {
	for i := 0; i+1 < len(ends); i += 2 {
		s.addRange(ends[i], ends[i+1])
	}
	return s
}

// perlClass returns the set that a letter behind a backslash stands for.
func perlClass(c byte) (s byteSet, ok bool) {
	switch c {
	case 'd', 'D':
		s = digit
	case 's', 'S':
		s = space
	case 'w', 'W':
		s = wordly
	default:
		return s, false
	}
	if c < 'a' {
		s.invert()
	}
	return s, true
}

// anyByte returns the set of a dot.
func anyByte(lineBreaks bool) (s byteSet) {
	s.invert()
	if !lineBreaks {
		s[0] &^= 1 << '\n'
	}
	return s
}

// one returns the set of a byte, in either case where fold.
func one(c byte, fold bool) (s byteSet) {
	s.add(c)
	if fold {
		s.fold()
	}
	return s
}

// class reads a class, of which the bracket is read.
func (p *parser) class() (s byteSet, ok bool) {
	not := p.at < len(p.text) && p.text[p.at] == '^'
	if not {
		p.at++
	}
	for first := true; ; first = false {
		if p.at == len(p.text) {
			return s, false
		}
		c := p.text[p.at]
		switch {
		case c == ']' && !first:
			p.at++
			if p.fold {
				s.fold()
			}
			if not {
				s.invert()
			}
			return s, true
		case c == '[' && p.at+1 < len(p.text) && p.text[p.at+1] == ':':
			return s, false
		case c == '\\' && p.at+1 < len(p.text):
			if named, is := perlClass(p.text[p.at+1]); is {
				s.join(&named)
				p.at += 2
				continue
			}
		}
		lo, ok := p.classByte()
		if !ok {
			return s, false
		}
		hi := lo
		if p.at+1 < len(p.text) && p.text[p.at] == '-' && p.text[p.at+1] != ']' {
			p.at++
			if hi, ok = p.classByte(); !ok || hi < lo {
				return s, false
			}
		}
		if p.fold && hi >= 0x80 {
			return s, false
		}
		s.addRange(lo, hi)
	}
}

// classByte reads one byte of a class.
func (p *parser) classByte() (c byte, ok bool) {
	if p.at == len(p.text) {
		return 0, false
	}
	if c = p.text[p.at]; c != '\\' {
		p.at++
		return c, true
	}
	c, p.at, ok = escaped(p.text, p.at)
	return c, ok
}

// escaped returns the byte that the backslash at an offset makes, and where the next begins.
func escaped(text string, at int) (c byte, next int, ok bool) {
	if at+1 >= len(text) {
		return 0, at, false
	}
	next = at + 2
	switch c = text[at+1]; c {
	case 'a':
		return '\a', next, true
	case 'f':
		return '\f', next, true
	case 'n':
		return '\n', next, true
	case 'r':
		return '\r', next, true
	case 't':
		return '\t', next, true
	case 'v':
		return '\v', next, true
	case 'x':
		if at+3 < len(text) {
			high, low := hexDigit(text[at+2]), hexDigit(text[at+3])
			return byte(high<<4 | low), at + 4, high >= 0 && low >= 0
		}
		return 0, at, false
	}
	return c, next, c < 0x80 && (c == '_' || !word[c])
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case lower(c) >= 'a' && lower(c) <= 'f':
		return int(lower(c)-'a') + 10
	}
	return -1
}

// backslash reads what a backslash begins.
func (p *parser) backslash() (int32, bool) {
	if p.at+1 < len(p.text) {
		c := p.text[p.at+1]
		if s, ok := perlClass(c); ok {
			p.at += 2
			return p.set(s), true
		}
		for i, known := range []byte("AzbB") {
			if c == known {
				p.at += 2
				return p.add(node{kind: isAssert, assert: opBeginText + operation(i), empty: true}), true
			}
		}
	}
	return p.literal()
}
