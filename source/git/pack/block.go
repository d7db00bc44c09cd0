package pack

import "encoding/binary"

// block decodes a block of codes into out from n on.
func (f *Inflater) block(out []byte, n int) (int, error) {
	size := len(out)
	wide := out[:min(cap(out), size+Slack)]
	fast := len(wide) - Slack + 8 // below it no bounds need checking before a copy; what is too long is noticed after
	in, pos, buf, have := f.in, f.pos, f.bits, f.have
	lit, dist := &f.lit, &f.dist
	litMask, distMask := f.litMask, f.distMask
	for n < fast && len(in)-pos >= 16 {
		buf |= binary.LittleEndian.Uint64(in[pos:]) << (have & 63)
		pos += int(63-have) >> 3
		have |= 56
		e := lit[buf&litMask&(tableSize-1)]
		if e&literalFlag != 0 {
			wide[n] = byte(e >> 16)
			n++
			buf >>= e & 15
			have -= uint(e & 15)
			e = lit[buf&litMask&(tableSize-1)]
			if e&literalFlag != 0 {
				wide[n] = byte(e >> 16)
				n++
				buf >>= e & 15
				have -= uint(e & 15)
				e = lit[buf&litMask&(tableSize-1)]
				if e&literalFlag != 0 {
					wide[n] = byte(e >> 16)
					n++
					buf >>= e & 15
					have -= uint(e & 15)
					continue
				}
			}
			buf |= binary.LittleEndian.Uint64(in[pos:]) << (have & 63)
			pos += int(63-have) >> 3
			have |= 56
		}
		if e&subFlag != 0 {
			buf >>= e & 15
			have -= uint(e & 15)
			e = lit[(e>>16+uint32(buf)&(1<<(e>>8&15)-1))&(tableSize-1)]
		}
		buf >>= e & 15
		have -= uint(e & 15)
		if e&literalFlag != 0 {
			wide[n] = byte(e >> 16)
			n++
			continue
		}
		if e&(endFlag|15) == 0 || e&endFlag != 0 {
			f.pos, f.bits, f.have = pos, buf&(1<<have-1), have
			if e&endFlag == 0 {
				return n, errInflate
			}
			if n > size {
				return n, errTooLong
			}
			return n, nil
		}
		extra := e >> 8 & 15
		length := int(e>>16) + int(buf&(1<<extra-1))
		buf >>= extra
		have -= uint(extra)
		e = dist[buf&distMask&(tableSize-1)]
		if e&subFlag != 0 {
			buf >>= e & 15
			have -= uint(e & 15)
			e = dist[(e>>16+uint32(buf)&(1<<(e>>8&15)-1))&(tableSize-1)]
		}
		buf >>= e & 15
		have -= uint(e & 15)
		extra = e >> 8 & 15
		back := int(e>>16) + int(buf&(1<<extra-1))
		buf >>= extra
		have -= uint(extra)
		if back > n || e == 0 {
			return n, errInflate
		}
		end := n + length
		if back >= 8 {
			for at := n; at < end; at += 8 {
				binary.LittleEndian.PutUint64(wide[at:], binary.LittleEndian.Uint64(wide[at-back:]))
			}
		} else {
			for at := n; at < end; at++ {
				wide[at] = wide[at-back]
			}
		}
		n = end
	}
	f.pos, f.bits, f.have = pos, buf&(1<<have-1), have
	if n > size {
		return n, errTooLong
	}
	return f.careful(out, n)
}

// careful is block near the ends of input and output.
func (f *Inflater) careful(out []byte, n int) (int, error) {
	for {
		e, ok := f.symbol(&f.lit, f.litMask)
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
		length, ok := f.value(e)
		if !ok {
			return n, errInflate
		}
		if e, ok = f.symbol(&f.dist, f.distMask); !ok {
			return n, errInflate
		}
		back, ok := f.value(e)
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

// symbol decodes the next code.
func (f *Inflater) symbol(table *[tableSize]uint32, mask uint64) (uint32, bool) {
	f.need(15)
	e := table[f.bits&mask]
	if e&subFlag != 0 {
		if uint(e&15) > f.have {
			return 0, false
		}
		f.take(uint(e & 15))
		e = table[(e>>16+uint32(f.bits)&(1<<(e>>8&15)-1))&(tableSize-1)]
	}
	if e == 0 || uint(e&15) > f.have {
		return 0, false
	}
	f.take(uint(e & 15))
	return e, true
}

// value adds the extra bits of a length or distance.
func (f *Inflater) value(e uint32) (int, bool) {
	extra := uint(e >> 8 & 15)
	if !f.need(extra) {
		return 0, false
	}
	return int(e>>16) + int(f.take(extra)), true
}
