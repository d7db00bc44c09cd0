package pack

import "encoding/binary"

// block decodes a block of codes into out from n on.
func (f *Inflater) block(out []byte, n int) (int, error) {
	c := cursor{in: f.in, pos: f.pos, bits: f.bits, have: f.have, out: out[:min(cap(out), len(out)+Slack)], n: n}
	verdict := c.run(f)
	f.pos, f.bits, f.have = c.pos, c.bits&(1<<c.have-1), c.have
	switch {
	case verdict == damaged:
		return c.n, errInflate
	case c.n > len(out):
		return c.n, errTooLong
	case verdict == ended:
		return c.n, nil
	}
	return f.careful(out, c.n)
}

// cursor is where a block is being decoded. Until it stops, what it decodes may run over the result's end into the slack.
type cursor struct {
	in   []byte
	pos  int
	bits uint64
	have uint
	out  []byte // with the slack
	n    int
}

// A verdict is why a cursor stopped.
type verdict int

const (
	halted  verdict = iota // too near to an end of input or output to go on without care
	ended                  // the block ended
	damaged                // what comes next is no code, or goes back too far
)

// What a turn of a cursor takes and makes at most. Nothing within it is checked.
const (
	inMargin  = 16               // two refills
	outMargin = 6 + 1 + 258 + 32 // literals, a match, and what its copies run over
)

// runGo decodes until there is a verdict.
func (c *cursor) runGo(f *Inflater) verdict {
	in, pos, buf, have := c.in, c.pos, c.bits, c.have
	out, n := c.out, c.n
	lit, dist := &f.lit, &f.dist
	mask := uint64(1)<<(f.litWidth&63) - 1
	v := halted
	for n <= len(out)-outMargin && pos <= len(in)-inMargin {
		buf |= binary.LittleEndian.Uint64(in[pos:]) << (have & 63)
		pos += int(63-have) >> 3
		have |= 56
		e := lit[buf&mask&(litSize-1)]
		saved := buf
		buf >>= e & 63
		have -= uint(e & 63)
		if e&literalFlag != 0 {
			out[n] = byte(e >> 16)
			n++
			e = lit[buf&mask&(litSize-1)]
			saved = buf
			buf >>= e & 63
			have -= uint(e & 63)
			if e&literalFlag != 0 {
				out[n] = byte(e >> 16)
				n++
				e = lit[buf&mask&(litSize-1)]
				saved = buf
				buf >>= e & 63
				have -= uint(e & 63)
				if e&literalFlag != 0 {
					out[n] = byte(e >> 16)
					n++
					continue
				}
			}
		}
		if e&specialFlag != 0 {
			if e&subFlag != 0 {
				e = lit[(e>>16+uint32(buf)&(1<<(e>>8&31)-1))&(litSize-1)]
				saved = buf
				buf >>= e & 63
				have -= uint(e & 63)
				if e&literalFlag != 0 {
					out[n] = byte(e >> 16)
					n++
					continue
				}
			}
			if e&specialFlag != 0 {
				v = damaged
				if e&endFlag != 0 {
					v = ended
				}
				break
			}
		}
		length := int(e>>16&255) + 3 + int(saved&(1<<(e&63)-1)>>(e>>8&31))
		e = dist[buf&(1<<distBits-1)]
		buf |= binary.LittleEndian.Uint64(in[pos:]) << (have & 63)
		pos += int(63-have) >> 3
		have |= 56
		if e&specialFlag != 0 {
			if e&subFlag != 0 {
				buf >>= distBits
				have -= distBits
				e = dist[(e>>16+uint32(buf)&(1<<(e>>8&31)-1))&(distSize-1)]
			}
			if e&specialFlag != 0 {
				v = damaged
				break
			}
		}
		back := int(e>>16) + int(buf&(1<<(e&63)-1)>>(e>>8&31))
		buf >>= e & 63
		have -= uint(e & 63)
		if back > n {
			v = damaged
			break
		}
		repeat(out, n, back, length)
		n += length
	}
	c.pos, c.bits, c.have, c.n = pos, buf, have, n
	return v
}

// repeat copies length bytes from back bytes before n, and up to 15 more.
func repeat(out []byte, n, back, length int) {
	end := n + length
	switch {
	case back >= 16:
		for at := n; at < end; at += 16 {
			to, from := out[at:at+16], out[at-back:at-back+16]
			low, high := binary.LittleEndian.Uint64(from), binary.LittleEndian.Uint64(from[8:])
			binary.LittleEndian.PutUint64(to, low)
			binary.LittleEndian.PutUint64(to[8:], high)
		}
	case back >= 8:
		for at := n; at < end; at += 8 {
			binary.LittleEndian.PutUint64(out[at:], binary.LittleEndian.Uint64(out[at-back:]))
		}
	default:
		for at := n; at < end; at++ {
			out[at] = out[at-back]
		}
	}
}

// careful is block near the ends of input and output.
func (f *Inflater) careful(out []byte, n int) (int, error) {
	for {
		e, ok := f.symbol(f.lit[:], f.litWidth)
		switch {
		case !ok:
			return n, errInflate
		case e&literalFlag != 0:
			if n == len(out) {
				return n, errTooLong
			}
			out[n] = byte(e >> 16)
			n++
			continue
		case e&endFlag != 0:
			return n, nil
		}
		extra, ok := f.extra(e)
		if !ok {
			return n, errInflate
		}
		length := int(e>>16&255) + 3 + extra
		if e, ok = f.symbol(f.dist[:], distBits); !ok {
			return n, errInflate
		}
		extra, ok = f.extra(e)
		back := int(e>>16) + extra
		if !ok || back > n {
			return n, errInflate
		}
		if length > len(out)-n {
			return n, errTooLong
		}
		for end := n + length; n < end; n++ {
			out[n] = out[n-back]
		}
	}
}

// symbol decodes the next code: a literal, a length, a distance or the block's end.
func (f *Inflater) symbol(table []uint32, width uint) (uint32, bool) {
	f.need(15)
	e := table[f.bits&(1<<(width&63)-1)]
	if e&subFlag != 0 && e&specialFlag != 0 {
		if width > f.have {
			return 0, false
		}
		f.take(width)
		e = table[e>>16+uint32(f.bits)&(1<<(e>>8&31)-1)]
	}
	size := uint(e >> 8 & 31)
	if e&specialFlag != 0 && e&endFlag == 0 || size > f.have {
		return 0, false
	}
	f.take(size)
	return e, true
}

// extra reads the extra bits of a length or distance.
func (f *Inflater) extra(e uint32) (int, bool) {
	n := uint(e&63) - uint(e>>8&31)
	if !f.need(n) {
		return 0, false
	}
	return int(f.take(n)), true
}
