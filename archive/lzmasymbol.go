package archive

// lzmaStep is what decode ended for.
type lzmaStep uint8

const (
	lzmaFull   lzmaStep = iota // the limit was reached
	lzmaHungry                 // the input is used up
	lzmaMark                   // the end mark
	lzmaBad                    // damaged
)

// decode decodes symbols until the window holds limit bytes, or while in has lzmaSymbol bytes before upto.
func (d *lzmaCore) decode(limit, upto int) lzmaStep {
	d.copy(limit)
	for d.pos < limit {
		if d.at > upto {
			return lzmaHungry
		}
		place := int(d.seen & d.posMask)
		if d.bit(&d.model.match[d.state<<4|place]) == 0 {
			d.oneLiteral()
			continue
		}
		var n int
		if d.bit(&d.model.rep[0][d.state]) == 0 {
			n = d.match(place)
			if d.rep[0] == 0xffffffff {
				return lzmaMark
			}
		} else if n = d.repeat(place); n == 0 { // a byte of its own
			n = 1
		}
		if uint64(d.rep[0]) >= min(d.seen, uint64(d.size)) {
			return lzmaBad
		}
		d.left = n
		d.copy(limit)
	}
	return lzmaFull
}

// before returns the byte so many bytes before the next, from 1 on.
func (d *lzmaCore) before(n int) byte {
	i := d.pos - n
	if i < 0 {
		i += len(d.window)
	}
	return d.window[i]
}

func (d *lzmaCore) oneLiteral() {
	var last uint
	if d.seen > 0 {
		last = uint(d.before(1))
	}
	row := uint(d.seen&d.lMask)<<d.lc | last>>(8-d.lc)
	p := d.model.literal[row]
	if p == nil || p[0] == 0 {
		p = d.model.row(row)
	}
	var c byte
	if d.state < lzmaLitStates {
		c = d.literal(p)
	} else {
		c = d.unlike(p, uint32(d.before(int(d.rep[0])+1)))
	}
	d.window[d.pos] = c
	d.pos++
	d.seen++
	switch {
	case d.state < 4:
		d.state = 0
	case d.state < 10:
		d.state -= 3
	default:
		d.state -= 6
	}
}

// match decodes a match with a distance of its own, and returns its length.
func (d *lzmaCore) match(place int) int {
	d.rep[3], d.rep[2], d.rep[1] = d.rep[2], d.rep[1], d.rep[0]
	n := d.length(&d.model.length, place)
	if d.state < lzmaLitStates {
		d.state = 7
	} else {
		d.state = 10
	}
	slot := d.tree(d.model.slot[min(n, 3)][:], 6)
	if slot < 4 {
		d.rep[0] = slot
		return n + lzmaMinMatch
	}
	low := int(slot>>1) - 1
	dist := (2 | slot&1) << low
	if slot < 14 {
		dist += d.reverse(d.model.special[dist-slot:], low)
	} else {
		dist += d.direct(low-4) << 4
		dist += d.reverse(d.model.align[:], 4)
	}
	d.rep[0] = dist
	return n + lzmaMinMatch
}

// direct decodes bits that are as often set as not.
func (d *lzmaCore) direct(n int) uint32 {
	var v uint32
	for range n {
		d.rng >>= 1
		d.code -= d.rng
		under := -(d.code >> 31) // all ones where the bit is zero
		d.code += d.rng & under
		v = v<<1 + under + 1
		if d.rng < lzmaTop {
			d.rng <<= 8
			d.code = d.code<<8 | uint32(d.in[d.at])
			d.at++
		}
	}
	return v
}

// repeat decodes a match at one of the last four distances and returns its length, 0 for a single byte.
func (d *lzmaCore) repeat(place int) int {
	after := func(literal, match int) int {
		if d.state < lzmaLitStates {
			return literal
		}
		return match
	}
	if d.bit(&d.model.rep[1][d.state]) == 0 {
		if d.bit(&d.model.longRep[d.state<<4|place]) == 0 {
			d.state = after(9, 11)
			return 0
		}
	} else {
		i := 1
		for i < 3 && d.bit(&d.model.rep[i+1][d.state]) == 1 {
			i++
		}
		dist := d.rep[i]
		copy(d.rep[1:i+1], d.rep[:i])
		d.rep[0] = dist
	}
	n := d.length(&d.model.again, place)
	d.state = after(8, 11)
	return n + lzmaMinMatch
}

// length decodes a length less the least.
func (d *lzmaCore) length(l *lzmaLength, place int) int {
	if d.bit(&l.choice[0]) == 0 {
		return int(d.tree(l.low[place][:], 3))
	}
	if d.bit(&l.choice[1]) == 0 {
		return 8 + int(d.tree(l.mid[place][:], 3))
	}
	return 16 + int(d.tree(l.high[:], 8))
}

// copy copies what is left of a match, as far as there is room before limit.
func (d *lzmaCore) copy(limit int) {
	dist := int(d.rep[0]) + 1
	for n := min(d.left, limit-d.pos); n > 0; n = min(d.left, limit-d.pos) {
		from := d.pos - dist
		if from < 0 {
			from += len(d.window)
		}
		k := copy(d.window[d.pos:d.pos+n], d.window[from:min(len(d.window), from+dist)])
		d.pos += k
		d.left -= k
		d.seen += uint64(k)
	}
}
