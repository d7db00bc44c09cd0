package decode

import "bytes"

// quads maps symbols of both base64 alphabets to six bits, in place for each of four symbols.
var quads = func() (q [4][256]uint32) {
	const std = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var v [256]uint8
	for i := range len(std) {
		v[std[i]] = uint8(i)
	}
	v['-'], v['_'] = 62, 63
	for c := range v {
		for k := range q {
			q[k][c] = uint32(v[c]) << (18 - 6*k)
		}
	}
	return q
}()

// block decodes the run of the segments given, joined, in every encoding that its symbols may be.
func (l *level) block(segs []segment) {
	syms := l.text[segs[0].start:segs[0].end]
	if len(segs) > 1 {
		l.symbols = l.symbols[:0]
		for _, s := range segs {
			l.symbols = append(l.symbols, l.text[s.start:s.end]...)
		}
		syms = l.symbols
	}
	if len(syms) < minBase64 {
		return
	}
	var done [4]bool
	for r := range 4 {
		if at := streak64(syms, r); at >= 0 {
			done[r] = true
			l.emit64(segs, syms, r)
			l.split64(segs, syms, r, at)
		}
	}
	l.packed(segs, syms, done)
	l.hex(segs, syms)
	l.base32(segs, syms)
}

// groupsOf is how many groups of three bytes must be text for a run of n symbols to be worth decoding: twelve bytes, but
// eighteen for long runs, in which noise has twelve by chance. A token of twenty bytes always covers six groups.
func groupsOf(n int) int {
	if n > longNoise {
		return 6
	}
	return 4
}

// longNoise is the length from which more text is asked for.
const longNoise = 2 << 10

// streak64 returns where groups of four symbols stand in a row that decode, r symbols after the start, to text: the index
// of the first symbol, or -1.
func streak64(syms []byte, r int) int {
	n := (len(syms) - r) / 4 // groups
	need := groupsOf(len(syms))
	for g := 0; g+need <= n; {
		k := need - 1
		for k >= 0 {
			if v := quad(syms, r+4*(g+k)); v == 0 || v&0x808080 != 0 {
				break
			}
			k--
		}
		if k >= 0 {
			g += k + 1
			continue
		}
		at := r + 4*g
		if need == 4 && plausible64(syms[at:at+16]) || need == 6 && plausible64(syms[at:at+16]) && plausible64(syms[at+8:at+24]) {
			return at
		}
		g++
	}
	return -1
}

func quad(s []byte, i int) uint32 {
	q := s[i : i+4 : i+4]
	return quads[0][q[0]] | quads[1][q[1]] | quads[2][q[2]] | quads[3][q[3]]
}

// plausible64 reports whether sixteen symbols decode to twelve bytes of text.
func plausible64(s []byte) bool {
	var b [12]byte
	for g := range 4 {
		v := quad(s, 4*g)
		b[3*g], b[3*g+1], b[3*g+2] = byte(v>>16), byte(v>>8), byte(v)
	}
	return plausible(b[:])
}

// plausible reports whether all of b is text: printable ASCII and white space, or UTF-16 of such.
func plausible(b []byte) bool {
	zeros := 0
	for _, c := range b {
		if c == 0 {
			zeros++
		} else if !is(inText, c) {
			return false
		}
	}
	if zeros == 0 {
		return true
	}
	if zeros < len(b)/2 {
		return false
	}
	for i := 1; i < len(b); i++ {
		if (b[i] == 0) == (b[i-1] == 0) {
			return false
		}
	}
	return true
}

// emit64 yields the run decoded from symbol r on.
func (l *level) emit64(segs []segment, syms []byte, r int) {
	l.begin()
	s := syms[r:]
	for len(s) >= 4 {
		v := quad(s, 0)
		l.out = append(l.out, byte(v>>16), byte(v>>8), byte(v))
		s = s[4:]
	}
	switch len(s) {
	case 3:
		v := quads[0][s[0]] | quads[1][s[1]] | quads[2][s[2]]
		l.out = append(l.out, byte(v>>16), byte(v>>8))
	case 2:
		v := quads[0][s[0]] | quads[1][s[1]]
		l.out = append(l.out, byte(v>>16))
	}
	l.emitRun(nameBase64, segs, r, len(syms), 6)
}

// emitRun yields out as what the symbols [from, to) of the joined segments decode to.
func (l *level) emitRun(name string, segs []segment, from, to, bits int) {
	source := Span{-1, 0}
	at := 0
	for _, s := range segs {
		lo, hi := max(from, at), min(to, at+s.end-s.start)
		if lo < hi {
			start := s.start + lo - at
			if source.Start < 0 {
				source.Start = start
			}
			source.End = start + hi - lo
			l.pieces = append(l.pieces, piece{at: int32(lo - from), src: int32(start - source.Start), size: 1, step: 1})
		}
		at += s.end - s.start
	}
	if source.Start < 0 {
		return
	}
	for k := 0; k < maxPadding && source.End < len(l.text) && l.text[source.End] == '='; k++ {
		source.End++ // padding
	}
	l.emit(name, source, bits, nil)
}

// split64 yields the part after a path prefix once more on its own, since what the prefix decodes to may seem to belong
// to the text after it. A plausible part starts at symbol at, in alignment r.
func (l *level) split64(segs []segment, syms []byte, r, at int) {
	for p := min(at+8, len(syms)-minLine) - 1; p >= max(0, at-32); p-- {
		switch syms[p] {
		case '/', '+', '-', '_':
			if (p+1-r)%4 == 0 && p+1 > r {
				l.emit64(segs, syms, p+1)
				return
			}
		}
	}
}

// packed looks for compressed streams: gzip anywhere in the run, zlib at its start. From
// these starts the run was decoded before.
func (l *level) packed(segs []segment, syms []byte, done [4]bool) {
	p := bytes.IndexByte(syms, 'H')
	if p >= 0 {
		p = bytes.Index(syms, []byte("H4sI"))
	}
	if p >= 0 && len(syms)-p >= minBase64 && !(p < 4 && done[p]) {
		l.emit64(segs, syms, p)
	}
	if v := quad(syms, 0) >> 8; !done[0] && v>>8 == 0x78 && v%31 == 0 && v&0x20 == 0 {
		l.emit64(segs, syms, 0)
	}
}
