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
// numbers in l.values.
func (l *level) numbers(p, stop int) (end, count int, fits uint8) {
	fits, end = 0xff, p
	l.values[0], l.values[1] = l.values[0][:0], l.values[1][:0]
	for p < stop {
		q, v, f := number(l.text, p, stop)
		if fits&f == 0 {
			return end, count, fits
		}
		fits &= f
		end, count = q, count+1
		l.values[0], l.values[1] = append(l.values[0], byte(v[0])), append(l.values[1], byte(v[1]))
		p = q
		sep := byte(0)
		for p < stop && (is(inSpace, l.text[p]) || l.text[p] == ',' || l.text[p] == ':' || l.text[p] == ';' || l.text[p] == '-') {
			if !is(inSpace, l.text[p]) {
				if sep != 0 {
					return end, count, fits
				}
				sep = l.text[p]
			}
			p++
		}
		switch {
		case p == q:
			return end, count, fits
		case sep == ':' || sep == '-':
			f = spellHex
		case sep == ',' || sep == ';':
			f = spellComma | spell0x | spellHex
		default:
			f = 0xff
		}
		if fits&f == 0 {
			return end, count, fits
		}
		fits &= f
	}
	return end, count, fits
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
	for p := from; p < to; {
		q, _, _ := number(l.text, p, to)
		l.pieces = append(l.pieces, piece{at: int32(len(l.pieces)), src: int32(p - from), end: int32(q - from)})
		for p = q; p < to && !is(inHex, l.text[p]); p++ {
		}
	}
	l.emit(name, Span{from, to}, 8, nil)
}
