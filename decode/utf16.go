package decode

import "unicode/utf8"

// unit reports whether c may be the low byte of a code unit of text.
func unit(c byte) bool { return is(inText, c) || c >= 0xa0 }

// wideAt decodes the run that the zero byte at z belongs to, and returns where to search on.
func (l *level) wideAt(z int) int {
	text := l.text
	// Characters stand at z-1, z+1, z+3 and so on, zeros between them.
	start := z - 1
	if z == 0 || !unit(text[z-1]) {
		start = z + 1
	}
	if start >= len(text) || !unit(text[start]) {
		return z + 1
	}
	for start >= 2 && unit(text[start-2]) && text[start-1] == 0 && z-start < Overlap {
		start -= 2
	}
	end := start + 1 // after the last character
	for end+1 < len(text) && text[end] == 0 && unit(text[end+1]) && end-start < MaxPiece {
		end += 2
	}
	units := (end-start)/2 + 1
	next := end
	if end-start >= MaxPiece {
		next = end - Overlap
	}
	l.wideTo = max(next, z+1)
	if units < minUnits {
		return end
	}
	zeroBefore, zeroAfter := start > 0 && text[start-1] == 0, end < len(text) && text[end] == 0
	switch {
	case zeroAfter: // also where zeros surround it: strings end with one
		l.emitWide(start, end, false)
	case zeroBefore:
		l.emitWide(start, end, true)
	default: // one zero too few: either the first or the last character does not belong
		l.emitWide(start, end-2, false)
		l.emitWide(start+2, end, true)
	}
	return l.wideTo
}

// emitWide yields the characters that stand at every other byte of [start, end).
func (l *level) emitWide(start, end int, big bool) {
	l.begin()
	source, name, lead := Span{start, min(end+1, len(l.text))}, nameUTF16LE, 0
	if big {
		source, name, lead = Span{start - 1, end}, nameUTF16BE, 1
	}
	ascii := true
	for i := start; i < end; i += 2 {
		ascii = ascii && l.text[i] < utf8.RuneSelf
	}
	if ascii { // a byte of text is two symbols of four bits
		l.pieces = append(l.pieces, piece{size: 1, step: 1})
		for i := start; i < end; i += 2 {
			l.out = append(l.out, l.text[i])
		}
		l.emit(name, source, 4, nil)
		return
	}
	for i := start; i < end; i += 2 {
		at := int32(i - lead - source.Start)
		l.pieces = append(l.pieces, piece{at: int32(len(l.out)), src: at, size: 2})
		l.out = utf8.AppendRune(l.out, rune(l.text[i]))
	}
	l.emit(name, source, 8, nil)
}
