package archive

import (
	"bufio"
	"errors"
	"io"
)

// The .Z format of compress(1): a header of three bytes, the third having the longest code's bits and a mark for block
// mode, then LZW codes with their low bits first. Codes are nine bits long and grow as the table fills. They are written
// in groups of eight; when the length changes, or the table is cleared in block mode, the rest of a group is padding.
// Source: the program's own comments, ncompress 4.2.4 (2012).
const (
	lzwMinBits = 9
	lzwMaxBits = 16
	lzwClear   = 256 // in block mode
)

var errLzw = errors.New("compress: a code that is not in the table")

// lzwReader decompresses.
type lzwReader struct {
	in      *bufio.Reader
	block   bool
	maxBits uint

	bits   uint // of a code now
	next   int  // code to be given out
	last   int  // code before; -1: none
	first  byte // of what the last code stood for
	held   uint64
	have   uint // bits in held
	codes  uint // read since the length changed
	prefix [1 << lzwMaxBits]uint16
	suffix [1 << lzwMaxBits]byte
	stack  []byte // decoded and not yet read, last first
	err    error
}

func newLzwReader(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	var head [3]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, notEOF(err)
	}
	z := &lzwReader{in: in, block: head[2]&0x80 != 0, maxBits: uint(head[2] & 0x1f)}
	if z.maxBits < lzwMinBits || z.maxBits > lzwMaxBits {
		return nil, errors.New("compress: codes of a length that is not possible")
	}
	z.reset()
	return z, nil
}

func (z *lzwReader) reset() {
	z.bits, z.last = lzwMinBits, -1
	z.next = 256
	if z.block {
		z.next = lzwClear + 1
	}
	z.codes = 0
}

// Read implements io.Reader.
func (z *lzwReader) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		if len(z.stack) > 0 {
			last := len(z.stack) - 1
			b[n] = z.stack[last]
			z.stack = z.stack[:last]
			n++
			continue
		}
		if z.err == nil {
			z.err = z.decode()
		}
		if z.err != nil && len(z.stack) == 0 {
			if n > 0 {
				return n, nil
			}
			return 0, z.err
		}
	}
	return n, nil
}

// decode puts what the next code stands for on the stack.
func (z *lzwReader) decode() error {
	code, err := z.code()
	if err != nil {
		return err
	}
	if z.block && code == lzwClear {
		if err := z.align(); err != nil {
			return err
		}
		z.reset()
		return nil
	}
	at := code
	if code >= z.next {
		if code > z.next || z.last < 0 {
			return errLzw
		}
		z.stack = append(z.stack, z.first) // the code that is being made: the last one and its own first byte
		at = z.last
	}
	for at > 255 {
		z.stack = append(z.stack, z.suffix[at])
		at = int(z.prefix[at])
	}
	z.stack = append(z.stack, byte(at))
	z.first = byte(at)
	if z.last >= 0 && z.next < 1<<z.maxBits {
		z.prefix[z.next], z.suffix[z.next] = uint16(z.last), z.first
		z.next++
	}
	z.last = code
	if z.next >= 1<<z.bits && z.bits < z.maxBits {
		if err := z.align(); err != nil {
			return err
		}
		z.bits++
	}
	return nil
}

// code reads one code. The end of the stream is where no whole code is left.
func (z *lzwReader) code() (int, error) {
	for z.have < z.bits {
		c, err := z.in.ReadByte()
		if err != nil {
			return 0, err
		}
		z.held |= uint64(c) << z.have
		z.have += 8
	}
	code := int(z.held & (1<<z.bits - 1))
	z.held >>= z.bits
	z.have -= z.bits
	z.codes++
	return code, nil
}

// align drops the rest of a group of eight codes.
func (z *lzwReader) align() error {
	rest := (8 - z.codes%8) % 8 * z.bits
	for rest > 0 {
		if z.have == 0 {
			c, err := z.in.ReadByte()
			if err != nil {
				return err
			}
			z.held, z.have = uint64(c), 8
		}
		k := min(rest, z.have)
		z.held >>= k
		z.have -= k
		rest -= k
	}
	z.codes = 0
	return nil
}
