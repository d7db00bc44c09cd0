package archive

import (
	"bufio"
	"errors"
	"io"
)

// Deflate64 is Deflate (RFC 1951) with a window of 64 KiB, two more distance codes, and a length code 285 that stands
// for 3 and sixteen further bits (APPNOTE 6.3.10, section 4.4.5, method 9).
const (
	d64Window   = 64 << 10
	d64MaxBits  = 15
	d64EndBlock = 256
)

var (
	errDeflate64 = errors.New("deflate64: damaged")

	d64LengthBase  = [29]uint32{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 3}
	d64LengthExtra = [29]uint{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 16}
	d64CodeOrder   = [19]byte{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

// deflate64 decompresses.
type deflate64 struct {
	in     *bufio.Reader
	held   uint64
	have   uint
	last   bool
	stored int // bytes left of a stored block
	packed bool
	codes  d64Table
	dists  d64Table

	window  [d64Window]byte
	at      uint16
	filled  int    // of the window, at most its size
	unread  int    // bytes of the window before at that were not handed out
	copying uint32 // bytes left of a copy
	from    uint16
	err     error
}

func newDeflate64(r io.Reader) *deflate64 { return &deflate64{in: bufio.NewReader(r)} }

// Close implements io.Closer.
func (d *deflate64) Close() error { return nil }

// Read implements io.Reader.
func (d *deflate64) Read(b []byte) (int, error) {
	for d.unread == 0 && d.err == nil {
		d.err = d.fill()
	}
	if d.unread == 0 {
		return 0, d.err
	}
	n := min(len(b), d.unread)
	start := int(d.at-uint16(d.unread)) & (d64Window - 1)
	if end := d64Window - start; n > end {
		n = end
	}
	copy(b[:n], d.window[start:start+n])
	d.unread -= n
	return n, nil
}

func (d *deflate64) put(c byte) {
	d.window[d.at] = c
	d.at++
	d.unread++
	d.filled = min(d.filled+1, d64Window)
}

// d64Chunk is how many bytes are made before they are handed out; less than the window, so that none is overwritten.
const d64Chunk = 16 << 10

// fill makes some bytes.
func (d *deflate64) fill() error {
	for d.unread < d64Chunk {
		switch {
		case d.copying > 0:
			d.put(d.window[d.from])
			d.from++
			d.copying--
		case d.stored > 0:
			c, err := d.bits(8)
			if err != nil {
				return err
			}
			d.put(byte(c))
			d.stored--
		case d.packed:
			if err := d.symbol(); err != nil {
				return err
			}
		case d.last:
			return io.EOF
		default:
			if err := d.block(); err != nil {
				return err
			}
		}
	}
	return nil
}

// bits reads n bits, the low ones first.
func (d *deflate64) bits(n uint) (uint32, error) {
	for d.have < n {
		c, err := d.in.ReadByte()
		if err != nil {
			return 0, notEOF(err)
		}
		d.held |= uint64(c) << d.have
		d.have += 8
	}
	v := uint32(d.held & (1<<n - 1))
	d.held >>= n
	d.have -= n
	return v, nil
}

// decode reads one symbol.
func (d *deflate64) decode(t *d64Table) (int, error) {
	code, first, index := 0, 0, 0
	for n := 1; n <= d64MaxBits; n++ {
		bit, err := d.bits(1)
		if err != nil {
			return 0, err
		}
		code |= int(bit)
		count := int(t.count[n])
		if code-count < first {
			return int(t.symbol[index+code-first]), nil
		}
		index += count
		first = (first + count) << 1
		code <<= 1
	}
	return 0, errDeflate64
}

// symbol decodes a byte, a copy or the end of a block.
func (d *deflate64) symbol() error {
	s, err := d.decode(&d.codes)
	if err != nil {
		return err
	}
	switch {
	case s < d64EndBlock:
		d.put(byte(s))
		return nil
	case s == d64EndBlock:
		d.packed = false
		return nil
	case s-257 >= len(d64LengthBase):
		return errDeflate64
	}
	more, err := d.bits(d64LengthExtra[s-257])
	if err != nil {
		return err
	}
	d.copying = d64LengthBase[s-257] + more
	s, err = d.decode(&d.dists)
	if err != nil {
		return err
	}
	distance := s + 1
	if s > 3 {
		extra := uint(s/2 - 1)
		if more, err = d.bits(extra); err != nil {
			return err
		}
		distance = (2+s&1)<<extra + int(more) + 1
	}
	if distance > d.filled {
		return errDeflate64
	}
	d.from = d.at - uint16(distance)
	return nil
}

// block reads the head of a block.
func (d *deflate64) block() error {
	head, err := d.bits(3)
	if err != nil {
		return err
	}
	d.last = head&1 != 0
	switch head >> 1 {
	case 0:
		d.held >>= d.have & 7
		d.have &^= 7
		size, err := d.bits(16)
		if err != nil {
			return err
		}
		check, err := d.bits(16)
		if err != nil {
			return err
		}
		if size != ^check&0xffff {
			return errDeflate64
		}
		d.stored = int(size)
		return nil
	case 1:
		var lengths [288 + 32]byte
		for i := range lengths {
			switch {
			case i < 144:
				lengths[i] = 8
			case i < 256:
				lengths[i] = 9
			case i < 280:
				lengths[i] = 7
			case i < 288:
				lengths[i] = 8
			default:
				lengths[i] = 5
			}
		}
		d.packed = d.codes.build(lengths[:288]) && d.dists.build(lengths[288:])
	case 2:
		if err := d.dynamic(); err != nil {
			return err
		}
	default:
		return errDeflate64
	}
	if !d.packed {
		return errDeflate64
	}
	return nil
}
