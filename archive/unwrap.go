package archive

import (
	"bufio"
	"compress/bzip2"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// the most history a decompressor may be asked to keep
const maxDictionary = 128 << 20

// unwrap walks what the compressed stream s holds.
func (w *walker) unwrap(kind Kind, s source, path []string, depth, wraps int) error {
	if p, ok := s.r.(interface{ seen() []byte }); ok {
		if err := checkDictionary(kind, p.seen()); err != nil {
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
		out, err = newXz(in)
	case Lzma:
		out, err = newLzmaAlone(in)
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

// checkDictionary refuses LZMA streams that ask for more history than is reasonable before anything is allocated; those of
// .xz and .lz say it elsewhere. head starts with the properties.
func checkDictionary(kind Kind, head []byte) error {
	if kind != Lzma {
		return nil
	}
	if size := binary.LittleEndian.Uint32(head[1:]); size > maxDictionary {
		return problem(TooLarge, fmt.Sprintf("needs a dictionary of %d bytes", size))
	}
	return nil
}
