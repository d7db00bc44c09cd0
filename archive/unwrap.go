package archive

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// the most history a decompressor may be asked to keep
const maxDictionary = 128 << 20

// unwrap walks what the compressed stream s holds.
func (w *walker) unwrap(kind Kind, s source, path []string, depth, wraps int) error {
	if p, ok := s.r.(*prefixed); ok {
		if err := checkDictionary(kind, p.head[:p.n]); err != nil {
			return err
		}
	}
	out, err := decompressor(kind, s.r)
	if err != nil {
		return err
	}
	defer out.Close()
	return w.stream(source{r: out}, path, depth, wraps+1)
}

// Decompress returns what r holds where it is compressed in a format Walk knows as a wrapping, and else r as it is. One
// wrapping is taken off. The reader must be closed; that does not close r.
func Decompress(r io.Reader) (io.ReadCloser, Kind, error) {
	head := &prefixed{}
	head.fill(r)
	kind := Detect(head.head[:head.n])
	switch kind {
	case Gzip, Bzip2, Xz, Zstd, Lzma, Lz4, Lzip, Compress:
		if err := checkDictionary(kind, head.head[:head.n]); err != nil {
			return nil, kind, err
		}
		out, err := decompressor(kind, head)
		return out, kind, err
	}
	return io.NopCloser(head), kind, nil
}

func decompressor(kind Kind, r io.Reader) (io.ReadCloser, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	var out io.Reader
	var err error
	switch kind {
	case Gzip:
		out, err = gzip.NewReader(in)
	case Bzip2:
		out = bzip2.NewReader(in)
	case Xz:
		t := &tail{r: r}
		in.Reset(t)
		out, err = xz.NewReader(in)
		out = &footed{out, t}
	case Lzma:
		out, err = lzma.NewReader(in)
	case Lz4:
		out = lz4.NewReader(in)
	case Lzip:
		out, err = newLzipReader(in)
	case Compress:
		out, err = newLzwReader(in)
	case Zstd:
		d, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxDictionary))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	if err != nil {
		return nil, err
	}
	return io.NopCloser(out), nil
}

// checkDictionary refuses streams that ask for more history than is reasonable before anything is allocated.
func checkDictionary(kind Kind, head []byte) error {
	var size uint64
	switch kind {
	case Lzma:
		size = uint64(binary.LittleEndian.Uint32(head[1:]))
	case Xz:
		size = xzDictionary(head)
	}
	if size > maxDictionary {
		return problem(TooLarge, fmt.Sprintf("needs a dictionary of %d bytes", size))
	}
	return nil
}

// xzDictionary returns the dictionary size of the first block's LZMA2 filter, 0 where there is none. Layout: the .xz
// file format 1.2.1, sections 3.1 and 5.3.1.
func xzDictionary(head []byte) uint64 {
	const streamHeader = 12
	if len(head) < streamHeader+2 {
		return 0
	}
	flags, rest := head[streamHeader+1], head[streamHeader+2:]
	if flags&0x40 != 0 {
		rest = skipVarint(rest)
	}
	if flags&0x80 != 0 {
		rest = skipVarint(rest)
	}
	for range flags&3 + 1 {
		if len(rest) < 2 {
			return 0
		}
		id, n := rest[0], int(rest[1])
		if id&0x80 != 0 || len(rest) < 2+n {
			return 0
		}
		if id == 0x21 && n == 1 {
			code := rest[2]
			return uint64(2|code&1) << (code/2 + 11)
		}
		rest = rest[2+n:]
	}
	return 0
}

func skipVarint(b []byte) []byte {
	for i, c := range b {
		if c&0x80 == 0 {
			return b[i+1:]
		}
	}
	return nil
}

// footed reports an .xz stream that ends without its footer: the decompressor takes the end of the input before a block
// for the end of the stream.
type footed struct {
	io.Reader
	tail *tail
}

func (f *footed) Read(b []byte) (int, error) {
	n, err := f.Reader.Read(b)
	if err == io.EOF && string(f.tail.last[:]) != "YZ" {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// tail keeps the last two bytes read, zeros left out.
type tail struct {
	r    io.Reader
	last [2]byte
}

func (t *tail) Read(b []byte) (int, error) {
	n, err := t.r.Read(b)
	seen := bytes.TrimRight(b[:n], "\x00")
	if k := len(seen); k >= 2 {
		copy(t.last[:], seen[k-2:])
	} else if k == 1 {
		t.last = [2]byte{t.last[1], seen[0]}
	}
	return n, err
}
