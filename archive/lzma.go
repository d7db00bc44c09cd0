package archive

import (
	"errors"
	"math/bits"
)

// LZMA as the LZMA specification of the LZMA SDK has it (Igor Pavlov, 2015): a range coder of adaptive bits, with a
// model of literals, matches and the last four distances. .xz, .lzma and .lz files hold it; packages of distributions
// are most of the work of reading an image, so that it has to be quick: bits are decoded in registers, symbol by symbol.
const (
	lzmaStates    = 12
	lzmaPosMax    = 1 << 4
	lzmaLitStates = 7 // states below it follow a literal
	lzmaHalf      = 1 << 10
	lzmaTop       = 1 << 24
	lzmaMinMatch  = 2
	lzmaSymbol    = 20 // the most bytes that one symbol takes up, and fewer than the padding of input
	lzmaPad       = 32
	lzmaFirst     = 64 << 10 // bytes of a window at first; it grows as far as it must
)

var errLzma = errors.New("lzma: the data is damaged")

// lzmaModel holds the probability of a zero bit in every context.
type lzmaModel struct {
	match, longRep [lzmaStates * lzmaPosMax]uint16
	rep            [4][lzmaStates]uint16 // is it one; not the first; nor the second; nor the third
	slot           [4][64]uint16
	special        [128]uint16
	align          [16]uint16
	length, again  lzmaLength       // of matches; of repeated distances
	literal        []*[0x300]uint16 // nil, or the first, which is no probability, zero: the row is still to be made even
}

type lzmaLength struct {
	choice   [2]uint16
	low, mid [lzmaPosMax][8]uint16
	high     [256]uint16
}

// lzmaCore decodes symbols into a window.
type lzmaCore struct {
	rng, code uint32
	in        []byte // lzmaPad bytes longer than what there is
	at, end   int    // of what there is in in

	window []byte // a ring, once it has grown to the size of the dictionary
	size   int    // of the dictionary
	pos    int    // where the next byte goes
	out    int    // what lies before it was read
	seen   uint64 // bytes since the dictionary was reset

	state          int
	rep            [4]uint32
	left           int // bytes of a match that had no room
	lc             uint
	posMask, lMask uint64
	model          lzmaModel
}

// properties sets what the first byte of a header says; false where it is none.
func (d *lzmaCore) properties(b byte) bool {
	if b >= 9*5*5 {
		return false
	}
	lc, lp, pb := uint(b%9), uint(b/9%5), uint(b/45)
	d.lc, d.lMask, d.posMask = lc, 1<<lp-1, 1<<pb-1
	if n := 1 << (lc + lp); cap(d.model.literal) < n {
		d.model.literal = make([]*[0x300]uint16, n)
	} else {
		d.model.literal = d.model.literal[:n]
	}
	return true
}

// reset makes the model and the state what they are at the start.
func (d *lzmaCore) reset() {
	m := &d.model
	even(m.match[:])
	even(m.longRep[:])
	for i := range m.rep {
		even(m.rep[i][:])
		even(m.slot[i][:])
	}
	even(m.special[:])
	even(m.align[:])
	for _, l := range []*lzmaLength{&m.length, &m.again} {
		even(l.choice[:])
		even(l.high[:])
		for i := range l.low {
			even(l.low[i][:])
			even(l.mid[i][:])
		}
	}
	for _, p := range m.literal { // a stream may ask for a reset every few bytes: rows are made even when they are first used
		if p != nil {
			p[0] = 0
		}
	}
	d.state, d.rep, d.left = 0, [4]uint32{}, 0
}

// row returns a row of literals, made even.
func (m *lzmaModel) row(i uint) *[0x300]uint16 {
	if m.literal[i] == nil {
		m.literal[i] = new([0x300]uint16)
	}
	even(m.literal[i][:])
	return m.literal[i]
}

func even(probs []uint16) {
	for i := range probs {
		probs[i] = lzmaHalf
	}
}

// start reads the first five bytes of a range coder's input.
func (d *lzmaCore) start() bool {
	if d.end-d.at < 5 || d.in[d.at] != 0 {
		return false
	}
	d.rng, d.code = 0xffffffff, 0
	for _, c := range d.in[d.at+1 : d.at+5] {
		d.code = d.code<<8 | uint32(c)
	}
	d.at += 5
	return true
}

// forget resets the dictionary.
func (d *lzmaCore) forget(size int) {
	d.size, d.seen, d.pos, d.out = size, 0, 0, 0
	if len(d.window) > size || len(d.window) == 0 {
		d.window = make([]byte, min(size, lzmaFirst))
	}
}

// room makes room behind pos where there is none, once everything before was read.
func (d *lzmaCore) room() {
	if d.pos < len(d.window) {
		return
	}
	if len(d.window) == d.size {
		d.pos, d.out = 0, 0
		return
	}
	grown := make([]byte, min(2*len(d.window), d.size))
	copy(grown, d.window)
	d.window = grown
}

// bit decodes one bit.
func (d *lzmaCore) bit(p *uint16) uint32 {
	v := uint32(*p)
	bound := d.rng >> 11 * v
	var b uint32
	if d.code < bound {
		d.rng = bound
		*p = uint16(v + (2048-v)>>5)
	} else {
		d.rng -= bound
		d.code -= bound
		*p = uint16(v - v>>5)
		b = 1
	}
	if d.rng < lzmaTop {
		d.rng <<= 8
		d.code = d.code<<8 | uint32(d.in[d.at])
		d.at++
	}
	return b
}

// tree decodes a number of so many bits, the highest first.
func (d *lzmaCore) tree(p []uint16, n int) uint32 {
	rng, code, at, in := d.rng, d.code, d.at, d.in
	m := uint32(1)
	for range n {
		v := uint32(p[m])
		bound := rng >> 11 * v
		if code < bound {
			rng = bound
			p[m] = uint16(v + (2048-v)>>5)
			m <<= 1
		} else {
			rng -= bound
			code -= bound
			p[m] = uint16(v - v>>5)
			m = m<<1 | 1
		}
		if rng < lzmaTop {
			rng <<= 8
			code = code<<8 | uint32(in[at])
			at++
		}
	}
	d.rng, d.code, d.at = rng, code, at
	return m - 1<<n
}

// reverse decodes a number of so many bits, the lowest first.
func (d *lzmaCore) reverse(p []uint16, n int) uint32 {
	m := uint32(1)
	for range n {
		m = m<<1 | d.bit(&p[m])
	}
	return bits.Reverse32(m<<(32-n)) & (1<<n - 1)
}

// literal decodes a byte that follows no match.
func (d *lzmaCore) literal(p *[0x300]uint16) byte {
	rng, code, at, in := d.rng, d.code, d.at, d.in
	m := uint32(1)
	for m < 0x100 {
		v := uint32(p[m])
		bound := rng >> 11 * v
		if code < bound {
			rng = bound
			p[m] = uint16(v + (2048-v)>>5)
			m <<= 1
		} else {
			rng -= bound
			code -= bound
			p[m] = uint16(v - v>>5)
			m = m<<1 | 1
		}
		if rng < lzmaTop {
			rng <<= 8
			code = code<<8 | uint32(in[at])
			at++
		}
	}
	d.rng, d.code, d.at = rng, code, at
	return byte(m)
}

// unlike decodes a byte that follows a match, which it would go on with like.
func (d *lzmaCore) unlike(p *[0x300]uint16, like uint32) byte {
	rng, code, at, in := d.rng, d.code, d.at, d.in
	m, same := uint32(1), uint32(0x100)
	for m < 0x100 {
		like <<= 1
		i := same + like&same + m
		v := uint32(p[i])
		bound := rng >> 11 * v
		if code < bound {
			rng = bound
			p[i] = uint16(v + (2048-v)>>5)
			m <<= 1
			same &^= like
		} else {
			rng -= bound
			code -= bound
			p[i] = uint16(v - v>>5)
			m = m<<1 | 1
			same &= like
		}
		if rng < lzmaTop {
			rng <<= 8
			code = code<<8 | uint32(in[at])
			at++
		}
	}
	d.rng, d.code, d.at = rng, code, at
	return byte(m)
}
