package archive

import (
	"archive/zip"
	"errors"
	"io"
	"strings"

	"compress/bzip2"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// methods of APPNOTE 6.3.10, section 4.4.5
const (
	zipBzip2 = 12
	zipZstd  = 93
	zipXz    = 95

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
		w.leaf(path, f.reader()) // a damaged archive may still show something
		return err
	}
	zr.RegisterDecompressor(zip.Deflate, flate.NewReader)
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
	r, err := f.Open()
	if err != nil {
		if errors.Is(err, zip.ErrAlgorithm) {
			err = &problemError{Unsupported, err}
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
	d, err := xz.NewReader(r)
	if err != nil {
		return io.NopCloser(&failing{nil, err})
	}
	return io.NopCloser(d)
}
