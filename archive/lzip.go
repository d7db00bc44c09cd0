package archive

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
)

// The .lz format (RFC draft-diaz-lzip, 2023): members one after the other, each "LZIP", a version, the size of the
// dictionary, an LZMA stream with an end mark and fixed properties, and the CRC32 of the data, their size and the
// member's.
const (
	lzipHeader     = 6
	lzipTrailer    = 20
	lzipProperties = 0x5d // lc 3, lp 0, pb 2

	lzipDictionaryMin = 4 << 10
)

// lzipReader decompresses all members.
type lzipReader struct {
	in   *bufio.Reader
	data io.Reader
	sum  hash.Hash32
	size uint64
}

func newLzipReader(r io.Reader) (io.Reader, error) {
	z := &lzipReader{in: bufio.NewReaderSize(r, 64<<10), sum: crc32.NewIEEE()}
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
	if size > maxDictionary || size < lzipDictionaryMin {
		return problem(TooLarge, "needs a dictionary that is too large")
	}
	_, _ = z.in.Discard(lzipHeader)
	z.data, err = newLzma(z.in, lzipProperties, int(size), -1)
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

// trailer checks the sums.
func (z *lzipReader) trailer() error {
	var foot [lzipTrailer]byte
	if _, err := io.ReadFull(z.in, foot[:]); err != nil {
		return notEOF(err)
	}
	if binary.LittleEndian.Uint32(foot[:]) != z.sum.Sum32() || binary.LittleEndian.Uint64(foot[4:]) != z.size {
		return errors.New("lzip: wrong checksum")
	}
	return nil
}
