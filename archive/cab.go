package archive

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/flate"

	"github.com/unleak/unleak/internal/arrange"
)

// A cabinet has folders, each a stream in blocks that are packed with one method, and files that are stretches of such a
// stream. Stored and MSZIP folders are read: MSZIP is Deflate a block, with the 32 KiB before it as history.
//
// Source: [MS-CAB], revision 9.0 (2021), sections 2.2 to 2.5, and [MS-MCI] for MSZIP.
const (
	cabHeader   = 36
	cabFolder   = 8
	cabFile     = 16
	cabData     = 8
	cabReserve  = 4 // flag: there are reserved areas
	cabPrevious = 1
	cabNext     = 2
	cabElse     = 0xfffd // from here on: a folder that starts or ends in another cabinet
	cabHistory  = 32 << 10
)

var errCab = errors.New("cab: damaged")

// cabinet is what the head of a cabinet says.
type cabinet struct {
	f       *spooled
	folders []cabStream
	files   []cabEntry
	reserve int64 // bytes before the data of a block
}

type cabStream struct {
	at     int64
	blocks int
	method uint16
}

type cabEntry struct {
	name         string
	size, offset int64
	folder       int
}

func (w *walker) cab(s source, path []string, depth int) error {
	f, err := w.spool(s)
	if err != nil {
		return err
	}
	defer f.Close()
	c := cabinet{f: f}
	if err := c.head(); err != nil {
		return errors.Join(err, w.leaf(path, f.reader()))
	}
	for i := range c.folders {
		if err := w.cabFolder(&c, i, path, depth); err != nil && !w.done() {
			w.problem(path, err)
		}
		if w.done() {
			return nil
		}
	}
	for _, e := range c.files {
		if e.folder >= cabElse {
			w.problem(append(path[:len(path):len(path)], e.name), problem(Unsupported, "the file is partly in another cabinet"))
		}
	}
	return nil
}

// cabFolder walks the files of a folder, in the order they lie in.
func (w *walker) cabFolder(c *cabinet, folder int, path []string, depth int) error {
	stream := c.folders[folder]
	if method := stream.method & 0xf; method > 1 {
		name := map[uint16]string{2: "Quantum", 3: "LZX"}[method]
		return problem(Unsupported, fmt.Sprintf("%s compression of cab archives (method %d) is not read", name, method))
	}
	r := &cabReader{c: c, stream: stream, at: stream.at}
	read := int64(0)
	for _, e := range c.files {
		if e.folder != folder || e.size == 0 {
			continue
		}
		if e.offset < read {
			w.problem(append(path[:len(path):len(path)], e.name), errCab) // it lies over the one before
			continue
		}
		if !w.enter() {
			return nil
		}
		n, err := io.CopyN(io.Discard, r, e.offset-read)
		read += n
		if err != nil {
			return notEOF(err)
		}
		data := &io.LimitedReader{R: r, N: e.size}
		w.member(&whole{data}, path, e.name, depth)
		if w.done() {
			return nil
		}
		if _, err := io.Copy(io.Discard, data); err != nil {
			return nil // told with the member
		}
		read += e.size - data.N
	}
	return nil
}

// whole makes the end of a stream before its limit an error.
type whole struct{ r *io.LimitedReader }

func (w *whole) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	if err == io.EOF && w.r.N > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// bytesAt reads n bytes.
func (c *cabinet) bytesAt(at int64, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := c.f.ReadAt(b, at); err != nil {
		return nil, errCab
	}
	return b, nil
}

func (c *cabinet) head() error {
	h, err := c.bytesAt(0, cabHeader)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	filesAt, folders, files, flags := int64(le.Uint32(h[16:])), int(le.Uint16(h[26:])), int(le.Uint16(h[28:])), le.Uint16(h[30:])
	at, perFolder := int64(cabHeader), int64(0)
	if flags&cabReserve != 0 {
		b, err := c.bytesAt(at, 4)
		if err != nil {
			return err
		}
		at += 4 + int64(le.Uint16(b))
		perFolder, c.reserve = int64(b[2]), int64(b[3])
	}
	for _, flag := range []uint16{cabPrevious, cabNext} {
		if flags&flag == 0 {
			continue
		}
		for range 2 { // the names of the other cabinet and its disk
			if _, at, err = c.text(at); err != nil {
				return err
			}
		}
	}
	for range folders {
		b, err := c.bytesAt(at, cabFolder)
		if err != nil {
			return err
		}
		c.folders = append(c.folders, cabStream{int64(le.Uint32(b)), int(le.Uint16(b[4:])), le.Uint16(b[6:])})
		at += cabFolder + perFolder
	}
	at = filesAt
	for range files {
		b, err := c.bytesAt(at, cabFile)
		if err != nil {
			return err
		}
		e := cabEntry{size: int64(le.Uint32(b)), offset: int64(le.Uint32(b[4:])), folder: int(le.Uint16(b[8:]))}
		if e.name, at, err = c.text(at + cabFile); err != nil {
			return err
		}
		e.name = strings.ReplaceAll(e.name, `\`, "/")
		c.files = append(c.files, e)
	}
	arrange.By(c.files, func(a, b cabEntry) int {
		return cmp.Or(cmp.Compare(a.folder, b.folder), cmp.Compare(a.offset, b.offset))
	})
	return nil
}

// text reads what ends in a zero byte, and returns where it goes on.
func (c *cabinet) text(at int64) (string, int64, error) {
	const longest = 257
	b := make([]byte, longest)
	n, _ := c.f.ReadAt(b, at)
	i := bytes.IndexByte(b[:n], 0)
	if i < 0 {
		return "", 0, errCab
	}
	return string(b[:i]), at + int64(i) + 1, nil
}

// cabReader unpacks the blocks of a folder.
type cabReader struct {
	c       *cabinet
	stream  cabStream
	at      int64
	block   int
	rest    []byte
	before  []byte // history
	inflate io.ReadCloser
}

// Read implements io.Reader.
func (r *cabReader) Read(b []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.block >= r.stream.blocks {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *cabReader) next() error {
	h, err := r.c.bytesAt(r.at, cabData)
	if err != nil {
		return err
	}
	packed, size := int(binary.LittleEndian.Uint16(h[4:])), int(binary.LittleEndian.Uint16(h[6:]))
	data, err := r.c.bytesAt(r.at+cabData+r.c.reserve, packed)
	if err != nil {
		return err
	}
	r.at += cabData + r.c.reserve + int64(packed)
	r.block++
	if r.stream.method&0xf == 0 {
		r.rest = data
		return nil
	}
	if !bytes.HasPrefix(data, []byte("CK")) {
		return errCab
	}
	in := bytes.NewReader(data[2:])
	if r.inflate == nil {
		r.inflate = flate.NewReaderDict(in, r.before)
	} else if z, ok := r.inflate.(flate.Resetter); !ok || z.Reset(in, r.before) != nil {
		return errCab
	}
	out := make([]byte, size)
	if _, err := io.ReadFull(r.inflate, out); err != nil {
		return notEOF(err)
	}
	r.rest = out
	r.before = append(r.before, out...)
	if more := len(r.before) - cabHistory; more > 0 {
		r.before = append(r.before[:0], r.before[more:]...)
	}
	return nil
}
