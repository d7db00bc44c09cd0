package archive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// The .lz format (RFC draft-diaz-lzip, 2023): members one after the other, each "LZIP", a version, the size of the
// dictionary, an LZMA stream with an end mark and fixed properties, and the CRC32 of the data, their size and the
// member's.
const (
	lzipHeader     = 6
	lzipTrailer    = 20
	lzipProperties = 0x5d // lc 3, lp 0, pb 2
)

// lzipReader decompresses all members.
type lzipReader struct {
	in   *bufio.Reader
	data io.Reader
	sum  hash.Hash32
	size uint64
}

func newLzipReader(r io.Reader) (io.Reader, error) {
	z := &lzipReader{in: bufio.NewReader(r), sum: crc32.NewIEEE()}
	return z, z.member()
}

// lzipDictionary returns the size that a header's byte stands for: a power of two less some sixteenths of it.
func lzipDictionary(code byte) uint64 {
	size := uint64(1) << (code & 0x1f)
	return size - size/16*uint64(code>>5)
}

// member starts the next member; io.EOF where there is none. What follows the last one and is no member is dropped, as
// the format says.
func (z *lzipReader) member() error {
	head, err := z.in.Peek(lzipHeader)
	if err != nil || string(head[:5]) != "LZIP\x01" {
		_, err := io.Copy(io.Discard, z.in)
		if err == nil {
			err = io.EOF
		}
		return err
	}
	size := lzipDictionary(head[5])
	if size > maxDictionary || size < lzma.MinDictCap {
		return problem(TooLarge, "needs a dictionary that is too large")
	}
	_, _ = z.in.Discard(lzipHeader)
	var start [13]byte
	start[0] = lzipProperties
	binary.LittleEndian.PutUint32(start[1:], uint32(size))
	binary.LittleEndian.PutUint64(start[5:], 1<<64-1) // unknown: the end mark says
	z.data, err = lzma.NewReader(&byteReader{bytes.NewReader(start[:]), z.in})
	z.sum.Reset()
	z.size = 0
	return err
}

// Read implements io.Reader.
func (z *lzipReader) Read(b []byte) (int, error) {
	for {
		if z.data == nil {
			if err := z.member(); err != nil {
				return 0, err
			}
		}
		n, err := z.data.Read(b)
		z.sum.Write(b[:n])
		z.size += uint64(n)
		if err == io.EOF {
			err = z.trailer()
			z.data = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// trailer checks the sums. The decompressor may leave a byte of the stream unread before them.
func (z *lzipReader) trailer() error {
	var want [12]byte
	binary.LittleEndian.PutUint32(want[:], z.sum.Sum32())
	binary.LittleEndian.PutUint64(want[4:], z.size)
	got, err := z.in.Peek(lzipTrailer + 1)
	if len(got) < lzipTrailer {
		return notEOF(err)
	}
	for skip := range len(got) - lzipTrailer + 1 {
		if bytes.Equal(got[skip:skip+len(want)], want[:]) {
			_, _ = z.in.Discard(skip + lzipTrailer)
			return nil
		}
	}
	return errors.New("lzip: wrong checksum")
}

// byteReader gives a head and then the rest, byte for byte, so that nothing behind an LZMA stream is taken from it.
type byteReader struct {
	head *bytes.Reader
	rest *bufio.Reader
}

func (r *byteReader) Read(b []byte) (int, error) {
	if r.head.Len() > 0 {
		return r.head.Read(b)
	}
	return r.rest.Read(b)
}

func (r *byteReader) ReadByte() (byte, error) {
	if r.head.Len() > 0 {
		return r.head.ReadByte()
	}
	return r.rest.ReadByte()
}
