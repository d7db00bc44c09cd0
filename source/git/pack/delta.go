package pack

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"github.com/unleak/unleak/finding"
)

// Run is a stretch of a delta's result that is copied from its base.
type Run struct{ Base, Out, Len int }

// Delta is what a delta does: where its result is copied and where it is new. Fields are reused by Parse. One of more runs
// than maxRuns, as git makes none, counts as new throughout.
type Delta struct {
	BaseSize, Size int
	Runs           []Run          // in the order of the result; neighbours that continue each other are one
	Dirty          []finding.Span // of the result: what was inserted, and every seam where copies meet that did not in the base
	body           []byte
	coarse         bool // there are more runs
}

// maxRuns bounds what is remembered of a delta: one of a kilobyte, inflated, can copy single bytes millions of times.
const maxRuns = 1 << 20

// MaxSize is the most bytes an object may have; larger ones are not read.
const MaxSize = 2 << 30

// MaxMade is the most bytes that deltas are made of and make, if not more memory was granted: a delta of a kilobyte can
// copy gigabytes together. git makes no delta of a file of this size (core.bigFileThreshold, git-config(1)).
const MaxMade = 512 << 20

var (
	errDelta     = errors.New("delta: runs past its end or its base")
	errDeltaSize = errors.New("delta: result has not the size it claims")
	errTooLarge  = errors.New("object is over the limit of 2 GiB")
)

// Parse reads a delta against a base of baseSize bytes and checks all of it: afterwards Apply cannot fail.
func (d *Delta) Parse(delta []byte, baseSize int) error {
	d.Runs, d.Dirty = d.Runs[:0], d.Dirty[:0]
	base, p := uvarint(delta, 0)
	size, p := uvarint(delta, p)
	if p < 0 || base != baseSize {
		return errDelta
	}
	if size > MaxSize {
		return errTooLarge
	}
	d.BaseSize, d.Size, d.body, d.coarse = base, size, delta[p:], false
	if err := d.parseBody(); err != nil {
		return err
	}
	if d.coarse {
		d.Runs, d.Dirty = d.Runs[:0], append(d.Dirty[:0], finding.Span{Start: 0, End: size})
		return nil
	}
	d.close()
	return nil
}

func (d *Delta) parseBody() error {
	out := 0
	for p := 0; p < len(d.body); {
		c := d.body[p]
		if c&0x80 == 0 {
			n := int(c)
			if n == 0 || p+1+n > len(d.body) || out+n > d.Size {
				return errDelta
			}
			d.dirty(out, out+n)
			out += n
			p += 1 + n
			continue
		}
		from, n, next := copyOp(d.body, p)
		if next < 0 || from+n > d.BaseSize || out+n > d.Size {
			return errDelta
		}
		d.copied(from, out, n)
		out += n
		p = next
	}
	if out != d.Size {
		return errDeltaSize
	}
	return nil
}

// copied adds a copy; one that continues the last copy extends it.
func (d *Delta) copied(from, out, n int) {
	if d.coarse {
		return
	}
	if k := len(d.Runs) - 1; k >= 0 {
		last := &d.Runs[k]
		if last.Out+last.Len == out && last.Base+last.Len == from {
			last.Len += n
			return
		}
	}
	if out == 0 && from != 0 {
		d.dirty(0, 0)
	}
	if k := len(d.Runs) - 1; k >= 0 && d.Runs[k].Out+d.Runs[k].Len == out {
		d.dirty(out, out)
	}
	d.Runs = append(d.Runs, Run{Base: from, Out: out, Len: n})
	d.coarse = len(d.Runs) > maxRuns
}

func (d *Delta) dirty(start, end int) {
	if d.coarse {
		return
	}
	if k := len(d.Dirty) - 1; k >= 0 && d.Dirty[k].End == start {
		d.Dirty[k].End = end
		return
	}
	d.Dirty = append(d.Dirty, finding.Span{Start: start, End: end})
}

// close marks the result's end as dirty where the base went on or nothing was copied.
func (d *Delta) close() {
	k := len(d.Runs) - 1
	if k < 0 || d.Runs[k].Out+d.Runs[k].Len == d.Size && d.Runs[k].Base+d.Runs[k].Len != d.BaseSize {
		d.dirty(d.Size, d.Size)
	}
}

// Apply appends the result to out[:0]. base and the delta must be those given to Parse.
func (d *Delta) Apply(base, out []byte) []byte {
	out = slices.Grow(out[:0], d.Size)
	for p := 0; p < len(d.body); {
		c := d.body[p]
		if c&0x80 == 0 {
			out = append(out, d.body[p+1:p+1+int(c)]...)
			p += 1 + int(c)
			continue
		}
		from, n, next := copyOp(d.body, p)
		out = append(out, base[from:from+n]...)
		p = next
	}
	return out
}

// copyOp reads the copy instruction at p; next is -1 if it runs past the end.
func copyOp(b []byte, p int) (from, n, next int) {
	o := &copyOps[b[p]&0x7f]
	p++
	var v uint64
	if p+8 <= len(b) {
		v = binary.LittleEndian.Uint64(b[p:])
	} else {
		for k, c := range b[p:] {
			v |= uint64(c) << (8 * k)
		}
	}
	if p += int(o.used); p > len(b) {
		return 0, 0, -1
	}
	v &= o.keep
	v = v&^o.move4 | v&o.move4<<32
	v = v&^o.move2 | v&o.move2<<16
	v = v&^o.move1 | v&o.move1<<8
	if n = int(v >> 32); n == 0 {
		n = 0x10000
	}
	return int(v & math.MaxUint32), n, p
}

// spread tells how the bytes behind a copy instruction, of which there are as many as it has bits set, get to the places
// that the bits stand for: four of the offset, three of the length. Each moves by as many places as bits are not set below
// its own: four, then two, then one, or not.
type spread struct {
	keep, move4, move2, move1 uint64 // masks of bytes
	used                      uint8
}

// copyOps is how the instructions spread, by their lower seven bits. It does not change once made.
var copyOps = func() (all [128]spread) {
	for c := range all {
		o := &all[c]
		for place := range 7 {
			if c>>place&1 == 0 {
				continue
			}
			at := int(o.used)
			o.keep |= 0xff << (8 * at)
			by := place - at
			if by&4 != 0 {
				o.move4 |= 0xff << (8 * at)
				at += 4
			}
			if by&2 != 0 {
				o.move2 |= 0xff << (8 * at)
				at += 2
			}
			if by&1 != 0 {
				o.move1 |= 0xff << (8 * at)
			}
			o.used++
		}
	}
	return all
}()

// uvarint reads a size, low bits first; the position it returns is -1 if there is none.
func uvarint(b []byte, p int) (v, next int) {
	if p < 0 {
		return 0, -1
	}
	for shift := 0; p < len(b) && shift < 56; shift += 7 {
		c := b[p]
		p++
		v |= int(c&0x7f) << shift
		if c&0x80 == 0 {
			return v, p
		}
	}
	return 0, -1
}
