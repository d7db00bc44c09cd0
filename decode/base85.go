package decode

import "bytes"

// ascii85 decodes `<~ ... ~>` that starts at i.
func (l *level) ascii85(i int) {
	text := l.text
	if i+1 >= len(text) || text[i+1] != '~' {
		return
	}
	i++
	if i >= l.adobe.to { // else a search from further back found the same end
		stop := min(len(text), i+MaxRun)
		l.adobe.end, l.adobe.to = -1, stop
		if n := bytes.Index(text[i+1:stop], []byte("~>")); n >= 0 {
			l.adobe.end = i + 1 + n
			l.adobe.to = l.adobe.end
		}
	}
	end := l.adobe.end
	if end < 0 {
		return
	}
	if !l.fill85(i-1, i+1, end, decode85Adobe) {
		return
	}
	l.emit(nameBase85, Span{i - 1, end + 2}, 8, nil)
}

// base85 decodes a quoted string that the text before it calls base85 ("b85decode(b'...')", "base85: '...'"), in the
// alphabet of RFC 1924 that Python and git use, or in Ascii85's. The "85" stands at i.
func (l *level) base85(i int) {
	text := l.text
	if i == 0 || i+1 >= len(text) || text[i+1] != '5' {
		return
	}
	switch text[i-1] | 0x20 {
	case 'a', 'b', 'e', 'i', 'z':
	default:
		return
	}
	stop := min(len(text), i+64)
	start := i + 2
	for start < stop && !quote(text[start]) {
		start++
	}
	if start >= stop || start == l.base85At {
		return
	}
	l.base85At = start
	n := bytes.IndexByte(text[start+1:min(len(text), start+MaxRun)], text[start])
	if n < minBase85 {
		return
	}
	start++
	if l.fill85(start, start, start+n, decode85RFC1924) || l.fill85(start, start, start+n, decode85Adobe) {
		l.emit(nameBase85, Span{start, start + n}, 8, nil)
	}
}

func decode85Adobe(c byte) int {
	if c < '!' || c > 'u' {
		return -1
	}
	return int(c - '!')
}

// alphabet1924 is RFC 1924 section 4.2.
const alphabet1924 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"

func decode85RFC1924(c byte) int {
	for i := range len(alphabet1924) {
		if alphabet1924[i] == c {
			return i
		}
	}
	return -1
}

// fill85 decodes text[from:to) into out and reports whether it holds text. Offsets count from base.
func (l *level) fill85(base, from, to int, value func(byte) int) bool {
	l.begin()
	var group [5]int
	n, at := 0, from
	flush := func(end int) {
		for k := n; k < 5; k++ {
			group[k] = 84
		}
		v := uint64(0)
		for _, d := range group {
			v = v*85 + uint64(d)
		}
		l.pieces = append(l.pieces, piece{at: int32(len(l.out)), src: int32(at - base), size: int32(end - at)})
		for k := range n - 1 {
			l.out = append(l.out, byte(v>>(24-8*k)))
		}
		n = 0
	}
	for i := from; i < to; i++ {
		c := l.text[i]
		if is(inSpace, c) {
			continue
		}
		if c == 'z' && n == 0 && value('z') < 0 {
			l.pieces = append(l.pieces, piece{at: int32(len(l.out)), src: int32(i - base), size: 1})
			l.out = append(l.out, 0, 0, 0, 0)
			continue
		}
		d := value(c)
		if d < 0 {
			return false
		}
		if n == 0 {
			at = i
		}
		group[n] = d
		if n++; n == 5 {
			flush(i + 1)
		}
	}
	if n > 1 {
		flush(to)
	}
	return streak(l.out)
}
