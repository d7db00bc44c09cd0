package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// The library allocates what the counts of a header ask for. sevenZipCounts walks a header first and refuses counts that
// the header is too short for: each thing counted takes a byte at least. Layout and ids: 7zFormat.txt of the LZMA SDK
// 22.01.
const (
	szEnd, szHeader, szArchiveProperties, szAdditionalStreams = 0x00, 0x01, 0x02, 0x03
	szMainStreams, szFiles, szPackInfo, szUnpackInfo          = 0x04, 0x05, 0x06, 0x07
	szSubStreams, szSize, szCRC, szFolder                     = 0x08, 0x09, 0x0a, 0x0b
	szUnpackSize, szNumUnpackStream, szEncodedHeader          = 0x0c, 0x0d, 0x17
)

var errSevenZipHeader = errors.New("7z: the header asks for more than it holds")

// szFolders is what an encoded header says of the one stream it is packed in.
type szFolders struct {
	position, packed, unpacked uint64
	coders                     int
	id, properties             []byte
}

// sevenZipCounts checks a header, and the one packed in it; data is the archive without its start header.
func sevenZipCounts(header []byte, data io.ReaderAt) error {
	for range maxWraps {
		r := &szReader{b: header}
		switch r.byte() {
		case szHeader:
			r.header()
			return r.verdict()
		case szEncodedHeader:
			f := r.streams()
			if err := r.verdict(); err != nil {
				return err
			}
			next, err := f.unpack(data)
			if err != nil || next == nil {
				return err
			}
			header = next
		default:
			return errors.New("7z: no header where one should be")
		}
	}
	return errSevenZipHeader
}

func (r *szReader) header() {
	for !r.failed {
		switch r.byte() {
		case szEnd:
			return
		case szArchiveProperties:
			for r.byte() != szEnd && !r.failed {
				r.take(r.number())
			}
		case szAdditionalStreams, szMainStreams:
			r.streams()
		case szFiles:
			if r.count() > sevenZipFiles {
				r.failed = true
			}
			for r.byte() != szEnd && !r.failed {
				r.take(r.number())
			}
		default:
			r.failed = true
		}
	}
}

func (r *szReader) streams() szFolders {
	var f szFolders
	var sums []bool // of the folders
	for !r.failed {
		switch r.byte() {
		case szEnd:
			return f
		case szPackInfo:
			f.position = r.number()
			n := r.count()
			for id := r.byte(); id != szEnd && !r.failed; id = r.byte() {
				if id == szSize {
					f.packed = r.numbers(n)
				} else {
					r.digests(n)
				}
			}
		case szUnpackInfo:
			sums = r.folders(&f)
		case szSubStreams:
			r.subStreams(sums)
		default:
			r.failed = true
		}
	}
	return f
}

// subStreams reads how many files each folder holds, their sizes but the last of each folder, and their sums where the
// folder's own is not theirs.
func (r *szReader) subStreams(sums []bool) {
	files := make([]uint64, len(sums))
	for i := range files {
		files[i] = 1
	}
	for id := r.byte(); id != szEnd && !r.failed; id = r.byte() {
		switch id {
		case szNumUnpackStream:
			for i := range files {
				files[i] = r.count()
			}
		case szSize:
			for _, n := range files {
				r.numbers(max(n, 1) - 1)
			}
		case szCRC:
			unknown := uint64(0)
			for i, n := range files {
				if n != 1 || !sums[i] {
					unknown += n
				}
			}
			r.digests(unknown)
		default:
			r.failed = true
		}
	}
}

// folders reads the folders and tells which of them have a sum.
func (r *szReader) folders(f *szFolders) []bool {
	if r.byte() != szFolder {
		r.failed = true
		return nil
	}
	n := r.count()
	if r.byte() != 0 { // kept elsewhere: nobody writes that
		r.failed = true
	}
	var outputs []uint64
	for i := uint64(0); i < n && !r.failed; i++ {
		outputs = append(outputs, r.folder(f))
	}
	sums := make([]bool, len(outputs))
	for id := r.byte(); id != szEnd && !r.failed; id = r.byte() {
		if id != szUnpackSize {
			sums = r.digests(uint64(len(outputs)))
			continue
		}
		for i, o := range outputs {
			if size := r.numbers(o); i == 0 {
				f.unpacked = size
			}
		}
	}
	return sums
}

// folder reads the coders of one folder and returns how many outputs they have.
func (r *szReader) folder(f *szFolders) uint64 {
	coders := r.count()
	f.coders = int(coders)
	var in, out uint64
	for i := uint64(0); i < coders && !r.failed; i++ {
		flags := r.byte()
		f.id = r.take(uint64(flags & 0xf))
		inputs, outputs := uint64(1), uint64(1)
		if flags&0x10 != 0 {
			inputs, outputs = r.count(), r.count()
		}
		f.properties = nil
		if flags&0x20 != 0 {
			f.properties = r.take(r.count())
		}
		r.memory = max(r.memory, coderMemory(f.id, f.properties))
		in, out = in+inputs, out+outputs
	}
	if out == 0 || in > uint64(len(r.b))+2 || r.failed {
		r.failed = true
		return 0
	}
	bonds := out - 1
	r.numbers(2 * bonds)
	if in < bonds {
		r.failed = true
		return 0
	}
	if packed := in - bonds; packed > 1 {
		r.numbers(packed)
	}
	return out
}

// unpack returns the header that is packed in the archive; nil where its coder is one that the library has to undo,
// encryption above all.
func (f *szFolders) unpack(data io.ReaderAt) ([]byte, error) {
	if f.unpacked > sevenZipHeader || f.packed > sevenZipHeader {
		return nil, problem(TooLarge, fmt.Sprintf("a header of %d bytes", f.unpacked))
	}
	var in io.Reader = io.NewSectionReader(data, int64(f.position), int64(f.packed))
	buffered := bufio.NewReader(in)
	var err error
	switch {
	case f.coders != 1:
		return nil, nil
	case bytes.Equal(f.id, []byte{0}):
	case bytes.Equal(f.id, []byte{3, 1, 1}) && len(f.properties) == 5:
		if err := checkDictionary(Lzma, f.properties); err != nil {
			return nil, err
		}
		in, err = newLzma(buffered, f.properties[0], int(coderMemory(f.id, f.properties)), int64(f.unpacked))
	case bytes.Equal(f.id, []byte{0x21}):
		in = newLzma2(&metered{Reader: buffered}, int(min(coderMemory(f.id, f.properties), maxDictionary)))
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := make([]byte, f.unpacked)
	if _, err := io.ReadFull(in, out); err != nil {
		return nil, notEOF(err)
	}
	return out, nil
}
