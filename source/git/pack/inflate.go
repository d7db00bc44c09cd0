package pack

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"github.com/klauspost/compress/zlib"
)

// Inflater inflates zlib streams (RFC 1950, 1951). One goroutine uses it at a time.
//
// The objects of a pack are small, lie in memory and say how long they are, so Inflate decodes straight from the mapped
// pack into a buffer of the right size: no window, no reader, and tables no larger than the codes need. On the packs
// of git and redis that takes half the time of a streaming decoder. Open is for what is too large to hold.
type Inflater struct {
	in   []byte
	pos  int
	bits uint64
	have uint // valid bits; more may be set above them

	lit      [litSize]uint32
	dist     [distSize]uint32
	litWidth uint
	lens     [288 + 32 + 8]uint8
	fixed    bool // the tables are those of fixed codes

	stream io.ReadCloser
}

// Slack is how many bytes behind the result Inflate may use as scratch, if the buffer's capacity allows: decoding is
// faster then.
const Slack = 320

var (
	errInflate  = errors.New("zlib stream is damaged")
	errTooLong  = errors.New("zlib stream is longer than its object claims")
	errTooShort = errors.New("zlib stream is shorter than its object claims")
	errSum      = errors.New("zlib stream has another checksum than it claims")
)

// Inflate reads the stream at the start of data, which must hold exactly len(out) bytes, into out.
func (f *Inflater) Inflate(data, out []byte) error {
	if len(data) < 2 || data[0]&15 != 8 || data[0]>>4 > 7 || data[1]&32 != 0 || (uint(data[0])<<8|uint(data[1]))%31 != 0 {
		return errInflate
	}
	f.in, f.pos, f.bits, f.have = data, 2, 0, 0
	defer func() { f.in = nil }()
	n := 0
	for last := false; !last; {
		if !f.need(3) {
			return errInflate
		}
		last = f.take(1) == 1
		var err error
		switch f.take(2) {
		case 0:
			n, err = f.stored(out, n)
		case 1:
			f.fixedTables()
			n, err = f.block(out, n)
		case 2:
			if err = f.dynamicTables(); err == nil {
				n, err = f.block(out, n)
			}
		default:
			err = errInflate
		}
		if err != nil {
			return err
		}
	}
	if n != len(out) {
		return errTooShort
	}
	f.take(f.have & 7)
	if !f.need(32) {
		return errInflate
	}
	sum := bits.ReverseBytes32(uint32(f.take(32)))
	if sum != adler(out) {
		return errSum
	}
	return nil
}

// Consumed returns how many bytes the stream took that Inflate read last, without error.
func (f *Inflater) Consumed() int { return f.pos - int(f.have>>3) }

// refill tops up the bits to at least 56, if there are so many.
func (f *Inflater) refill() {
	if len(f.in)-f.pos >= 8 {
		f.bits |= binary.LittleEndian.Uint64(f.in[f.pos:]) << (f.have & 63)
		f.pos += int(63-f.have) >> 3
		f.have |= 56
		return
	}
	for f.have <= 56 && f.pos < len(f.in) {
		f.bits |= uint64(f.in[f.pos]) << f.have
		f.pos++
		f.have += 8
	}
}

func (f *Inflater) need(n uint) bool {
	if f.have < n {
		f.bits &= 1<<f.have - 1
		f.refill()
	}
	return f.have >= n
}

func (f *Inflater) take(n uint) uint64 {
	v := f.bits & (1<<n - 1)
	f.bits >>= n
	f.have -= n
	return v
}

// stored copies a block that is not compressed.
func (f *Inflater) stored(out []byte, n int) (int, error) {
	f.take(f.have & 7)
	if !f.need(32) {
		return n, errInflate
	}
	size, check := int(f.take(16)), int(f.take(16))
	if size != check^0xffff {
		return n, errInflate
	}
	f.pos -= int(f.have >> 3) // whole bytes that were taken in too early
	f.bits, f.have = 0, 0
	if size > len(f.in)-f.pos {
		return n, errInflate
	}
	if size > len(out)-n {
		return n, errTooLong
	}
	copy(out[n:], f.in[f.pos:f.pos+size])
	f.pos += size
	return n + size, nil
}

// Open returns a reader of the stream at the start of source, valid until the next call of Open.
func (f *Inflater) Open(source io.Reader) (io.Reader, error) {
	var err error
	if f.stream == nil {
		f.stream, err = zlib.NewReader(source)
	} else {
		err = f.stream.(zlib.Resetter).Reset(source, nil)
	}
	if err != nil {
		f.stream = nil
		return nil, fmt.Errorf("zlib stream: %w", err)
	}
	return f.stream, nil
}
