package archive

import (
	"bytes"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"io"
)

// index reads a stream's index and footer, and compares the index with the blocks there were.
func (z *xzReader) index() error {
	sum := crc32.NewIEEE()
	sum.Write([]byte{0})
	count, err := z.number(sum)
	if err == nil && count != z.count {
		err = errXz
	}
	blocks := z.blocks.Sum(nil)
	z.blocks.Reset()
	for i := uint64(0); i < z.count && err == nil; i++ {
		var unpadded, size uint64
		if unpadded, err = z.number(sum); err == nil {
			size, err = z.number(sum)
		}
		z.note(unpadded, size)
	}
	if err == nil && !bytes.Equal(z.blocks.Sum(nil), blocks) {
		err = errXz
	}
	if err != nil {
		return err
	}
	return z.footer(sum)
}

// number reads a number of the index, which its sum covers.
func (z *xzReader) number(sum io.Writer) (n uint64, err error) {
	for shift := 0; shift < 63; shift += 7 {
		c, err := z.in.one()
		if err != nil {
			return 0, err
		}
		_, _ = sum.Write([]byte{c})
		n |= uint64(c&0x7f) << shift
		if c&0x80 == 0 {
			return n, nil
		}
	}
	return 0, errXz
}

// footer reads what stands behind the index's numbers.
func (z *xzReader) footer(sum hash.Hash32) error {
	size := z.in.n - z.start
	sum.Write(make([]byte, (4-size%4)%4))
	if err := z.zeros(size); err != nil {
		return err
	}
	var foot [4 + xzHeader]byte
	if err := z.in.full(foot[:]); err != nil {
		return err
	}
	size = z.in.n - z.start - xzHeader
	if binary.LittleEndian.Uint32(foot[:]) != sum.Sum32() || string(foot[14:]) != "YZ" || [2]byte(foot[12:]) != z.flags ||
		crc32.ChecksumIEEE(foot[8:14]) != binary.LittleEndian.Uint32(foot[4:]) ||
		int64(binary.LittleEndian.Uint32(foot[8:])) != size/4-1 {
		return errXz
	}
	return nil
}

// padding reads the zeros behind a stream, and the next stream's header; io.EOF where there is none.
func (z *xzReader) padding() error {
	for n := 0; ; n++ {
		c, err := z.in.Peek(1)
		if err == io.EOF && n%4 != 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		if c[0] != 0 {
			if n%4 != 0 {
				return errXz
			}
			return z.stream()
		}
		_, _ = z.in.one()
	}
}

// xzNumbers reads the fields of a block's header; after a failure it yields zeros.
type xzNumbers struct {
	b      []byte
	failed bool
}

func (h *xzNumbers) take(n uint64) []byte {
	if n > uint64(len(h.b)) {
		h.failed, h.b = true, nil
		return nil
	}
	out := h.b[:n]
	h.b = h.b[n:]
	return out
}

func (h *xzNumbers) byte() byte {
	if b := h.take(1); b != nil {
		return b[0]
	}
	return 0
}

// number reads seven bits a byte, the lowest first.
func (h *xzNumbers) number() (n uint64) {
	for shift := 0; shift < 63; shift += 7 {
		c := h.byte()
		n |= uint64(c&0x7f) << shift
		if c&0x80 == 0 {
			return n
		}
	}
	h.failed = true
	return 0
}

// deltaReader adds to each byte the one so many bytes before it.
type deltaReader struct {
	r    io.Reader
	past []byte // a ring
	at   int
}

func (d *deltaReader) Read(b []byte) (int, error) {
	n, err := d.r.Read(b)
	for i, c := range b[:n] {
		c += d.past[d.at]
		d.past[d.at], b[i] = c, c
		if d.at++; d.at == len(d.past) {
			d.at = 0
		}
	}
	return n, err
}
