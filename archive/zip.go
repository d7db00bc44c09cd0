package archive

import (
	"archive/zip"
	"bufio"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// methods of APPNOTE 6.3.10, section 4.4.5
const (
	zipDeflate64 = 9
	zipBzip2     = 12
	zipLzma      = 14
	zipZstd      = 93
	zipXz        = 95

	zipEncrypted = 1 // general purpose bit 0
)

func (w *walker) zip(s source, path []string, depth int) error {
	f, err := w.spool(s)
	if err != nil {
		return err
	}
	defer f.Close()
	zr, err := zip.NewReader(f, f.size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		w.salvage(f, path, depth)
		return err
	}
	zr.RegisterDecompressor(zip.Deflate, flate.NewReader)
	zr.RegisterDecompressor(zipDeflate64, func(r io.Reader) io.ReadCloser { return newDeflate64(r) })
	zr.RegisterDecompressor(zipBzip2, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
	zr.RegisterDecompressor(zipZstd, zipOpenZstd)
	zr.RegisterDecompressor(zipXz, zipOpenXz)
	if zr.Comment != "" {
		w.member(strings.NewReader(zr.Comment), path, "(comment)", depth)
	}
	for _, f := range zr.File {
		if !w.enter() {
			return nil
		}
		if strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 {
			continue
		}
		w.zipMember(f, path, depth)
		if w.done() {
			return nil
		}
	}
	return nil
}

func (w *walker) zipMember(f *zip.File, path []string, depth int) {
	if f.Flags&zipEncrypted != 0 {
		w.problem(append(path[:len(path):len(path)], f.Name), problem(Encrypted, "needs a password"))
		return
	}
	var r io.ReadCloser
	var err error
	if f.Method == zipLzma {
		r, err = zipOpenLzma(f)
	} else {
		r, err = f.Open()
	}
	if err != nil {
		if errors.Is(err, zip.ErrAlgorithm) {
			err = problem(Unsupported, fmt.Sprintf("compression method %d of zip archives is not read", f.Method))
		}
		w.problem(append(path[:len(path):len(path)], f.Name), err)
		return
	}
	defer r.Close()
	w.member(r, path, f.Name, depth)
}

func zipOpenZstd(r io.Reader) io.ReadCloser {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxDictionary))
	if err != nil {
		return io.NopCloser(&failing{nil, err})
	}
	return d.IOReadCloser()
}

func zipOpenXz(r io.Reader) io.ReadCloser {
	d, err := newXz(bufio.NewReaderSize(r, 64<<10))
	if err != nil {
		return io.NopCloser(&failing{nil, err})
	}
	return io.NopCloser(d)
}

// zipOpenLzma opens a member whose data starts with a version, the length of the properties and the properties (APPNOTE
// 5.8.8).
func zipOpenLzma(f *zip.File) (io.ReadCloser, error) {
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	var head [4 + 5]byte
	if _, err := io.ReadFull(raw, head[:]); err != nil {
		return nil, notEOF(err)
	}
	if n := binary.LittleEndian.Uint16(head[2:]); n != 5 {
		return nil, fmt.Errorf("zip: %d bytes of LZMA properties", n)
	}
	if err := checkDictionary(Lzma, head[4:]); err != nil {
		return nil, err
	}
	d, err := newLzma(bufio.NewReaderSize(raw, 64<<10), head[4], int(binary.LittleEndian.Uint32(head[5:])), int64(f.UncompressedSize64))
	if err != nil {
		return nil, err
	}
	return io.NopCloser(d), nil
}
