package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
)

// The .xz format, version 1.2.1 (Lasse Collin and Igor Pavlov, 2024): streams one after the other, zeros between them.
//
//	stream   header: FD "7zXZ" 00, flags, CRC32 | blocks | index | footer: CRC32, size of the index, flags, "YZ"
//	block    header: size / 4 - 1, flags, sizes, filters, zeros, CRC32 | data | zeros to a multiple of 4 | check
//	index    00, number of blocks, sizes of each, zeros to a multiple of 4, CRC32
const (
	xzMagic      = "\xfd7zXZ\x00"
	xzHeader     = 12
	xzFilter     = 0x21 // LZMA2, the last filter of each block
	xzDelta      = 0x03
	xzCheckNone  = 0
	xzCheckCRC32 = 1
	xzCheckCRC64 = 4
	xzCheckSHA   = 10
)

var (
	errXz     = errors.New("xz: the data is damaged")
	crc64ECMA = crc64.MakeTable(crc64.ECMA)
)

// xzReader decompresses all streams.
type xzReader struct {
	in     *metered
	flags  [2]byte
	block  io.Reader    // nil: between blocks
	chunks *lzma2Reader // of all blocks; nil: there was none
	sum    hash.Hash    // nil: none that is known
	start  int64        // of the block
	packed int64        // where the block's data starts
	size   int64        // unpacked so far
	claims [2]int64     // of the header: packed and unpacked size, -1: none
	blocks hash.Hash    // of the sizes of all blocks, to compare with the index
	count  uint64
	err    error
}

func newXz(in *bufio.Reader) (io.Reader, error) {
	z := &xzReader{in: &metered{Reader: in}}
	return z, z.stream()
}

// Read implements io.Reader.
func (z *xzReader) Read(b []byte) (int, error) {
	for z.err == nil {
		if z.block == nil {
			z.err = z.next()
			continue
		}
		n, err := z.block.Read(b)
		z.size += int64(n)
		if z.sum != nil {
			z.sum.Write(b[:n])
		}
		if err == io.EOF {
			err = z.end()
		}
		if z.err = err; n > 0 {
			return n, nil
		}
	}
	return 0, z.err
}

// stream reads a stream's header.
func (z *xzReader) stream() error {
	var head [xzHeader]byte
	if err := z.in.full(head[:]); err != nil {
		return err
	}
	if string(head[:6]) != xzMagic || crc32.ChecksumIEEE(head[6:8]) != binary.LittleEndian.Uint32(head[8:]) ||
		head[6] != 0 || head[7] > 15 {
		return errXz
	}
	z.flags = [2]byte(head[6:])
	z.blocks, z.count = sha256.New(), 0
	return nil
}

// next starts the next block, or the next stream.
func (z *xzReader) next() error {
	z.start = z.in.n
	first, err := z.in.one()
	if err != nil {
		return err
	}
	if first == 0 {
		if err := z.index(); err != nil {
			return err
		}
		return z.padding()
	}
	head := make([]byte, (int(first)+1)*4)
	head[0] = first
	if err := z.in.full(head[1:]); err != nil {
		return err
	}
	body, sum := head[:len(head)-4], head[len(head)-4:]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(sum) {
		return errXz
	}
	return z.open(&xzNumbers{b: body[1:]})
}

// open reads a block's header behind its size.
func (z *xzReader) open(h *xzNumbers) error {
	flags := h.byte()
	z.claims = [2]int64{-1, -1}
	for i, bit := range []byte{0x40, 0x80} {
		if flags&bit != 0 {
			z.claims[i] = int64(h.number())
		}
	}
	var deltas []int
	dict := 0
	for i := range int(flags&3) + 1 {
		id, props := h.number(), h.take(h.number())
		switch last := i == int(flags&3); {
		case id == xzFilter && last && len(props) == 1 && props[0] <= 40:
			dict = int(min(uint64(2|props[0]&1)<<(props[0]/2+11), 1<<32-1))
		case id == xzDelta && !last && len(props) == 1:
			deltas = append(deltas, int(props[0])+1)
		case h.failed:
		default:
			return problem(Unsupported, fmt.Sprintf("a filter of xz that is not read, %#x", id))
		}
	}
	if h.failed || flags&0x3c != 0 || len(bytes.Trim(h.b, "\x00")) > 0 {
		return errXz
	}
	if dict > maxDictionary {
		return problem(TooLarge, fmt.Sprintf("needs a dictionary of %d bytes", dict))
	}
	z.packed, z.size = z.in.n, 0
	if z.chunks == nil {
		z.chunks = newLzma2(z.in, dict)
	} else { // blocks may be of a few bytes each
		z.chunks.again(dict)
	}
	z.block = z.chunks
	for i := len(deltas) - 1; i >= 0; i-- {
		z.block = &deltaReader{r: z.block, past: make([]byte, deltas[i])}
	}
	z.sum = newXzCheck(z.flags[1])
	return nil
}

func newXzCheck(id byte) hash.Hash {
	switch id {
	case xzCheckCRC32:
		return crc32.NewIEEE()
	case xzCheckCRC64:
		return crc64.New(crc64ECMA)
	case xzCheckSHA:
		return sha256.New()
	}
	return nil
}

// end checks a block that was read.
func (z *xzReader) end() error {
	z.block = nil
	packed := z.in.n - z.packed
	if z.claims[0] >= 0 && z.claims[0] != packed || z.claims[1] >= 0 && z.claims[1] != z.size {
		return errXz
	}
	unpadded := z.in.n - z.start // without the zeros
	if err := z.zeros(packed); err != nil {
		return err
	}
	var check [64]byte
	n := 0
	if id := z.flags[1]; id != xzCheckNone {
		n = 4 << ((id - 1) / 3)
	}
	if err := z.in.full(check[:n]); err != nil {
		return err
	}
	if z.sum != nil {
		got := z.sum.Sum(nil)
		if z.flags[1] != xzCheckSHA { // the others are written with the low byte first
			reverse(got)
		}
		if !bytes.Equal(got, check[:n]) {
			return errors.New("xz: wrong checksum")
		}
	}
	z.count++
	z.note(uint64(unpadded)+uint64(n), uint64(z.size))
	return nil
}

func reverse(b []byte) {
	for i, k := 0, len(b)-1; i < k; i, k = i+1, k-1 {
		b[i], b[k] = b[k], b[i]
	}
}

func (z *xzReader) note(unpadded, size uint64) {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], unpadded)
	binary.LittleEndian.PutUint64(b[8:], size)
	z.blocks.Write(b[:])
}

// zeros reads the padding behind so many bytes.
func (z *xzReader) zeros(n int64) error {
	for ; n%4 != 0; n++ {
		c, err := z.in.one()
		if err != nil {
			return err
		}
		if c != 0 {
			return errXz
		}
	}
	return nil
}
