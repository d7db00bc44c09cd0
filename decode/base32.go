package decode

// base32 decodes the parts of a run that are base32 (RFC 4648 section 6, upper case) and hold text. Other symbols set
// such a part apart, so that it starts with a whole group, unless it is a piece of a longer one.
func (l *level) base32(segs []segment, syms []byte) {
	eachOf(inBase32, syms, minBase32, func(from, to int) {
		starts := 1
		if from == 0 && to-from >= MaxRun/2 {
			starts = 8
		}
		for r := range starts {
			l.begin()
			fill32(&l.out, syms[from+r:to])
			if streak(l.out) {
				l.emitRun(nameBase32, segs, from+r, to, 5)
			}
		}
	})
}

// fill32 appends what symbols decode to.
func fill32(out *[]byte, s []byte) {
	var acc uint32
	n := 0
	b := *out
	for _, c := range s {
		v := uint32(c - 'A')
		if c <= '7' {
			v = uint32(c-'2') + 26
		}
		acc = acc<<5 | v
		if n += 5; n >= 8 {
			n -= 8
			b = append(b, byte(acc>>n))
		}
	}
	*out = b
}
