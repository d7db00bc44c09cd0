package archive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/flate"
)

// A zip archive's directory stands at its end, so that one that is cut short has none. Its members are still there, each
// behind a header of its own (APPNOTE 4.3.7).

const (
	zipLocalHeader = 30
	zipStored      = 0
	zipDeflated    = 8
)

// salvage walks the members of a zip archive without a directory.
func (w *walker) salvage(f *spooled, path []string, depth int) {
	for at := int64(0); !w.done(); {
		at = findLocal(f, at)
		if at < 0 || !w.enter() {
			return
		}
		var head [zipLocalHeader]byte
		if _, err := f.ReadAt(head[:], at); err != nil {
			return
		}
		name := make([]byte, binary.LittleEndian.Uint16(head[26:]))
		if _, err := f.ReadAt(name, at+zipLocalHeader); err != nil {
			return
		}
		data := at + zipLocalHeader + int64(len(name)) + int64(binary.LittleEndian.Uint16(head[28:]))
		packed := int64(binary.LittleEndian.Uint32(head[18:]))
		end := data + packed
		if packed == 0 || end > f.size { // the sizes stand behind the data, or the data is cut
			end = f.size
		}
		at = data
		if packed > 0 {
			at = end
		}
		w.salvageMember(io.NewSectionReader(f, data, end-data), head, path, string(name), depth)
	}
}

func (w *walker) salvageMember(in *io.SectionReader, head [zipLocalHeader]byte, path []string, name string, depth int) {
	inner := append(path[:len(path):len(path)], name)
	switch method := binary.LittleEndian.Uint16(head[8:]); {
	case head[6]&zipEncrypted != 0:
		w.problem(inner, problem(Encrypted, "needs a password"))
	case method == zipDeflated:
		r := flate.NewReader(bufio.NewReader(in))
		defer r.Close()
		w.member(r, path, name, depth)
	case method == zipStored && binary.LittleEndian.Uint32(head[18:]) > 0:
		w.member(in, path, name, depth)
	case method != zipStored:
		w.problem(inner, problem(Unsupported, "method of a damaged archive"))
	}
}

// findLocal returns where the next local header stands at or behind at, -1 where there is none.
func findLocal(f *spooled, at int64) int64 {
	buf := make([]byte, 64<<10)
	for at < f.size {
		n, err := f.ReadAt(buf[:min(int64(len(buf)), f.size-at)], at)
		if i := bytes.Index(buf[:n], []byte("PK\x03\x04")); i >= 0 {
			return at + int64(i)
		}
		if err != nil || n < 4 {
			return -1
		}
		at += int64(n - 3)
		if n < len(buf) {
			return -1
		}
	}
	return -1
}
