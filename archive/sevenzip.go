package archive

import (
	"errors"
	"io"

	"github.com/bodgit/sevenzip"
)

func (w *walker) sevenZip(s source, path []string, depth int) error {
	f, err := w.spool(s)
	if err != nil {
		return err
	}
	defer f.Close()
	zr, err := sevenzip.NewReader(f, f.size)
	if err != nil {
		return sevenZipError(err)
	}
	for _, f := range zr.File {
		if !w.enter() {
			return nil
		}
		if f.FileInfo().IsDir() || f.UncompressedSize == 0 {
			continue
		}
		w.sevenZipMember(f, path, depth)
		if w.done() {
			return nil
		}
	}
	return nil
}

func (w *walker) sevenZipMember(f *sevenzip.File, path []string, depth int) {
	r, err := f.Open()
	if err != nil {
		w.problem(append(path[:len(path):len(path)], f.Name), sevenZipError(err))
		return
	}
	defer r.Close()
	w.member(&sevenZipReader{r}, path, f.Name, depth)
}

// sevenZipReader tells members that need a password, which the library finds out when it reads them.
type sevenZipReader struct{ r io.Reader }

func (s *sevenZipReader) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && err != io.EOF {
		err = sevenZipError(err)
	}
	return n, err
}

func sevenZipError(err error) error {
	if e, ok := errors.AsType[*sevenzip.ReadError](err); ok && e.Encrypted {
		return problem(Encrypted, "needs a password")
	}
	return err
}
