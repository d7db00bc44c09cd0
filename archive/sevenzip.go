package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"sync"

	"github.com/bodgit/sevenzip"
)

func (w *walker) sevenZip(s source, path []string, depth int) error {
	f, err := w.spool(s)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := checkSevenZip(f); err != nil {
		return err
	}
	registerDeflate64()
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

// registerDeflate64 adds the one method of 7-Zip's own that the library lacks; its registry is one for the process.
var registerDeflate64 = sync.OnceFunc(func() {
	sevenzip.RegisterDecompressor([]byte{4, 1, 9}, func(_ []byte, _ uint64, in []io.ReadCloser) (io.ReadCloser, error) {
		if len(in) != 1 {
			return nil, errDeflate64
		}
		return newDeflate64(in[0]), nil
	})
})

const (
	sevenZipHead   = 32
	sevenZipHeader = 32 << 20  // the most bytes of a header
	sevenZipMemory = 512 << 20 // the most a decoder may ask for; 7-Zip's strongest setting needs 256 MiB
	sevenZipFiles  = 1 << 20   // the most files of an archive: the library holds them all
)

// checkSevenZip compares the sums of both headers (7zFormat.txt, "SignatureHeader") before the library takes their
// numbers at their word, and then the numbers, for sums can be made right.
func checkSevenZip(f *spooled) error {
	var head [sevenZipHead]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return notEOF(err)
	}
	if crc32.ChecksumIEEE(head[12:]) != binary.LittleEndian.Uint32(head[8:]) {
		return errors.New("7z: the start header's checksum is wrong")
	}
	at, size := binary.LittleEndian.Uint64(head[12:]), binary.LittleEndian.Uint64(head[20:])
	if size > sevenZipHeader {
		return problem(TooLarge, fmt.Sprintf("a header of %d bytes", size))
	}
	if at > uint64(f.size) || sevenZipHead+at+size > uint64(f.size) {
		return errors.New("7z: the header is not in the file")
	}
	header := make([]byte, size)
	if _, err := f.ReadAt(header, sevenZipHead+int64(at)); err != nil && err != io.EOF {
		return err
	}
	if crc32.ChecksumIEEE(header) != binary.LittleEndian.Uint32(head[28:]) {
		return errors.New("7z: the header's checksum is wrong")
	}
	if size == 0 {
		return nil // an empty archive
	}
	return sevenZipCounts(header, io.NewSectionReader(f, sevenZipHead, f.size-sevenZipHead))
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
	if err != nil && strings.Contains(err.Error(), "unsupported compression algorithm") { // the library's error has no name
		return problem(Unsupported, "a compression method of 7z archives that is not read")
	}
	return err
}
