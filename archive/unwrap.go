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
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// the most history a decompressor may be asked to keep
const maxDictionary = 256 << 20

// unwrap walks what the compressed stream s holds.
func (w *walker) unwrap(kind Kind, s source, path []string, depth, wraps int) error {
	if err := checkDictionary(kind, s.r); err != nil {
		return err
	}
	in := bufio.NewReaderSize(s.r, 64<<10)
	var out io.Reader
	var err error
	switch kind {
	case Gzip:
		out, err = gzip.NewReader(in)
	case Bzip2:
		out = bzip2.NewReader(in)
	case Xz:
		out, err = xz.NewReader(in)
	case Lzma:
		out, err = lzma.NewReader(in)
	case Lz4:
		out = lz4.NewReader(in)
	case Zstd:
		var d *zstd.Decoder
		d, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxDictionary))
		if err == nil {
			defer d.Close()
			out = d
		}
	}
	if err != nil {
		return err
	}
	return w.stream(source{r: out}, path, depth, wraps+1)
}

// checkDictionary refuses streams that ask for more history than is reasonable before anything is allocated.
func checkDictionary(kind Kind, r io.Reader) error {
	p, ok := r.(*prefixed)
	if !ok {
		return nil
	}
	var size uint64
	switch kind {
	case Lzma:
		size = uint64(binary.LittleEndian.Uint32(p.head[1:]))
	case Xz:
		size = xzDictionary(p.head[:p.n])
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
