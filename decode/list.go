package decode

// A list of numbers that are bytes, in one of three spellings. A number may fit several until its neighbours decide.
const (
	spellHex   uint8 = 1 << iota // 67:68:70, 67 68 70, 67-68-70
	spell0x                      // 0x67, 0x68
	spellComma                   // 103, 104, 112
)

var spellings = [...]struct {
	bit   uint8
	value int // which of a number's values counts
	name  string
}{{spellHex, 0, nameColonHex}, {spell0x, 0, nameByteArray}, {spellComma, 1, nameDecimal}}

// list decodes the lists of numbers around text[i].
func (l *level) list(i int) {
	text := l.text
	a, b := i, i
	for a > 0 && is(inList, text[a-1]) && i-a < MaxRun/2 {
		a--
	}
	for b < len(text) && is(inList, text[b]) && b-i < MaxRun/2 {
		b++
	}
	l.listsTo = b
	if b-i >= MaxRun/2 {
		l.listsTo = b - Overlap
	}
	for p := a; p < b; {
		if !is(inHex, text[p]) {
			p++
			continue
		}
		end, count, fits := l.numbers(p, b)
		if count >= minNumbers {
			for _, s := range spellings {
				if fits&s.bit != 0 && streak(l.values[s.value][:count]) {
					l.spell(s.value, s.name, p, end, count)
				}
			}
		}
		p = max(end, p+1)
		for count < 2 && p < b && (is(inHex, text[p]) || text[p]|0x20 == 'x') {
			p++
		}
	}
}

// numbers reads a list from p on: where it ends, how many numbers it has, and the spellings all of them fit. It leaves the
// numbers in l.values and where they stand, from p on, in l.spots.
func (l *level) numbers(p, stop int) (end, count int, fits uint8) {
	from := p
	fits, end = 0xff, p
	l.values[0], l.values[1], l.spots = l.values[0][:0], l.values[1][:0], l.spots[:0]
	for p < stop {
		if fits&spell0x != 0 {
			if next, last := l.hexBytes(from, p, stop); next > p {
				p, end, fits = next, last, spell0x
				continue
			}
		}
		q, v, f := number(l.text, p, stop)
		if fits&f == 0 {
			return end, len(l.values[0]), fits
		}
		fits &= f
		end = q
		l.spots = append(l.spots, piece{at: int32(len(l.values[0])), src: int32(p - from), size: int32(q - p)})
		l.values[0], l.values[1] = append(l.values[0], byte(v[0])), append(l.values[1], byte(v[1]))
		if p, f = separator(l.text, q, stop); fits&f == 0 {
			return end, len(l.values[0]), fits
		}
		fits &= f
	}
	return end, len(l.values[0]), fits
}

// hexBytes reads numbers of the usual form, "0x1f," and white space: where what follows begins, and where the last of them
// ends. What stands a blank apart is one piece. Such numbers have one reading, the first.
func (l *level) hexBytes(from, p, stop int) (next, end int) {
	const size, step = len("0x1f"), len("0x1f, ")
	text, values := l.text[:stop], l.values[0]
	for expected := -1; p+size+1 < stop && text[p] == '0' && text[p+1] == 'x' && text[p+size] == ','; {
		high, low := nibble(text[p+2]), nibble(text[p+3])
		if high < 0 || low < 0 {
			break
		}
		if p != expected {
			l.spots = append(l.spots, piece{at: int32(len(values)), src: int32(p - from), size: int32(size), step: int32(step)})
		}
		values = append(values, byte(high<<4|low))
		end, expected = p+size, p+step
		for p += size + 1; p < stop && is(inSpace, text[p]); p++ {
		}
	}
	l.values[0] = values
	return p, end
}

// separator reads what stands between two numbers: where it ends, and the spellings that have it; 0: none.
func separator(text []byte, q, stop int) (p int, fits uint8) {
	sep := byte(0)
	for p = q; p < stop && (is(inSpace, text[p]) || text[p] == ',' || text[p] == ':' || text[p] == ';' || text[p] == '-'); p++ {
		if is(inSpace, text[p]) {
			continue
		}
		if sep != 0 {
			return p, 0
		}
		sep = text[p]
	}
	switch {
	case p == q:
		return p, 0
	case sep == ':' || sep == '-':
		return p, spellHex
	case sep == ',' || sep == ';':
		return p, spellComma | spell0x | spellHex
	}
	return p, 0xff
}

// number reads one number at p: where it ends, its value in each spelling, and the spellings it fits.
func number(text []byte, p, stop int) (end int, v [2]int, fits uint8) {
	if p+2 < stop && text[p] == '0' && text[p+1]|0x20 == 'x' {
		end = p + 2
		for end < stop && is(inHex, text[end]) && end < p+5 {
			end++
		}
		if n, ok := hexValue(text, p+2, end); ok && n < 256 && end < p+5 {
			return end, [2]int{n, n}, spell0x
		}
		return end, v, 0
	}
	decimal := true
	for end = p; end < stop && is(inHex, text[end]) && end < p+4; end++ {
		decimal = decimal && text[end] <= '9'
		v[1] = v[1]*10 + int(text[end]-'0')
	}
	if end == p {
		return end, v, 0 // a letter that no number begins with
	}
	if decimal && end < p+4 && v[1] < 256 {
		fits |= spellComma
	}
	if end == p+2 {
		v[0], _ = hexValue(text, p, end)
		fits |= spellHex
	}
	return end, v, fits
}

// spell yields the count numbers of the list [from, to), read in one spelling.
func (l *level) spell(value int, name string, from, to, count int) {
	l.begin()
	l.out = append(l.out, l.values[value][:count]...)
	l.pieces = append(l.pieces, l.spots...)
	l.emit(name, Span{from, to}, 8, nil)
}
