package archive

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// metered counts what is read of a stream.
type metered struct {
	*bufio.Reader
	n int64
}

// full fills b; the stream may not end before.
func (m *metered) full(b []byte) error {
	n, err := io.ReadFull(m.Reader, b)
	m.n += int64(n)
	return notEOF(err)
}

func (m *metered) one() (byte, error) {
	c, err := m.ReadByte()
	if err == nil {
		m.n++
	}
	return c, notEOF(err)
}

// lzma2Reader reads LZMA2: chunks, each with its size ahead, of LZMA or of plain bytes (the .xz file format 1.2.1,
// section 5.3.1, and the comments of xz embedded, Lasse Collin, 2009).
//
//	00                       the end
//	01, 02                   plain bytes, with and without a reset of the dictionary; 2 bytes: their number less 1
//	80 | reset << 5 | size   LZMA; 2 bytes: with 5 bits of the first, the size unpacked less 1; 2 bytes: packed less 1;
//	                         reset 1: the state; 2: and a byte of properties follows; 3: and the dictionary
//
// The bits of context of a literal are no more than lzma2Literal, so that a reset of the state is cheap.
type lzma2Reader struct {
	in    *metered
	core  lzmaCore
	dict  int
	left  int // bytes of the chunk to come, unpacked
	plain bool
	fresh bool // the dictionary was reset
	ready bool // properties are known
	err   error
}

// lzma2Literal is the most that lc and lp are together (the LZMA SDK's Lzma2Dec.c; lzma/lzma12.h of XZ Utils).
const lzma2Literal = 4

// newLzma2 returns a reader of one stream, which takes no byte behind its end.
func newLzma2(in *metered, dict int) *lzma2Reader {
	z := &lzma2Reader{in: in, dict: max(dict, 4<<10)}
	z.core.in = make([]byte, 64<<10+lzmaPad)
	return z
}

// again begins with another stream of the same input, in the memory of the one before, which was read to its end.
func (z *lzma2Reader) again(dict int) {
	z.dict, z.fresh, z.ready, z.err = max(dict, 4<<10), false, false, nil
}

// Read implements io.Reader.
func (z *lzma2Reader) Read(b []byte) (int, error) {
	d := &z.core
	for d.out == d.pos && z.err == nil {
		if d.room(); z.left == 0 {
			z.err = z.header()
		} else {
			z.err = z.fill()
		}
	}
	if d.out < d.pos {
		n := copy(b, d.window[d.out:d.pos])
		d.out += n
		return n, nil
	}
	return 0, z.err
}

// header starts the next chunk.
func (z *lzma2Reader) header() error {
	control, err := z.in.one()
	if err != nil || control == 0 {
		if err == nil {
			err = io.EOF
		}
		return err
	}
	if control >= 0xe0 || control == 1 {
		z.core.forget(z.dict)
		z.fresh, z.ready = true, false
	}
	if !z.fresh || control > 2 && control < 0x80 {
		return errLzma
	}
	var size [4]byte
	z.plain = control < 0x80
	if z.plain {
		err = z.in.full(size[:2])
		z.left = int(binary.BigEndian.Uint16(size[:])) + 1
		return err
	}
	if err := z.in.full(size[:]); err != nil {
		return err
	}
	z.left = int(control&0x1f)<<16 + int(binary.BigEndian.Uint16(size[:])) + 1
	return z.chunk(control, int(binary.BigEndian.Uint16(size[2:]))+1)
}

// chunk reads a packed chunk.
func (z *lzma2Reader) chunk(control byte, packed int) error {
	d := &z.core
	if control >= 0xc0 {
		c, err := z.in.one()
		if err != nil {
			return err
		}
		if z.ready = c%9+c/9%5 <= lzma2Literal && d.properties(c); !z.ready {
			return errLzma
		}
	}
	if !z.ready {
		return errLzma
	}
	if control >= 0xa0 {
		d.reset()
	}
	d.at, d.end = 0, packed
	if err := z.in.full(d.in[:packed]); err != nil {
		return err
	}
	clear(d.in[packed : packed+lzmaPad])
	if !d.start() {
		return errLzma
	}
	return nil
}

// fill unpacks as much of the chunk as the window has room for.
func (z *lzma2Reader) fill() error {
	d := &z.core
	from := d.pos
	limit := min(len(d.window), d.pos+z.left)
	if z.plain {
		if err := z.in.full(d.window[from:limit]); err != nil {
			return err
		}
		d.pos = limit
		d.seen += uint64(limit - from)
	} else if d.decode(limit, d.end) != lzmaFull {
		return errLzma
	}
	z.left -= d.pos - from
	if z.left == 0 && !z.plain && (d.left > 0 || d.at != d.end || d.code != 0) {
		return errLzma
	}
	return nil
}

// lzmaReader reads a bare LZMA stream, and leaves what is behind it in the reader below.
type lzmaReader struct {
	in    *bufio.Reader
	core  lzmaCore
	size  int64 // unpacked; below 0: the end mark says
	began bool
	over  bool  // size is reached: no more than an end mark may follow
	last  error // of in: core.in holds all that is left
	err   error
}

// lzmaAlone is the length of an .lzma file's header: properties, dictionary, size (lzma.txt of the LZMA SDK).
const lzmaAlone = 13

func newLzmaAlone(in *bufio.Reader) (io.Reader, error) {
	var head [lzmaAlone]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, notEOF(err)
	}
	size := int64(binary.LittleEndian.Uint64(head[5:]))
	return newLzma(in, head[0], int(binary.LittleEndian.Uint32(head[1:])), size)
}

// newLzma returns a reader of a stream with the properties, dictionary and size given.
func newLzma(in *bufio.Reader, properties byte, dict int, size int64) (*lzmaReader, error) {
	z := &lzmaReader{in: in, size: size}
	if !z.core.properties(properties) {
		return nil, errors.New("lzma: properties that are not possible")
	}
	z.core.reset()
	z.core.forget(max(dict, 4<<10))
	return z, nil
}

// Read implements io.Reader.
func (z *lzmaReader) Read(b []byte) (int, error) {
	d := &z.core
	for d.out == d.pos && z.err == nil {
		d.room()
		z.err = z.fill()
	}
	if d.out < d.pos {
		n := copy(b, d.window[d.out:d.pos])
		d.out += n
		return n, nil
	}
	return 0, z.err
}

// fill unpacks until the window is full or the stream is over.
func (z *lzmaReader) fill() error {
	d := &z.core
	if !z.began {
		if z.feed(); !d.start() {
			return z.short()
		}
		z.began = true
	}
	limit := len(d.window)
	if z.size >= 0 {
		limit = int(min(int64(limit), int64(d.pos)+z.size-int64(d.seen)))
	}
	if z.over {
		limit = d.pos + 1
	}
	for {
		upto := d.end - lzmaSymbol - 1
		if z.last != nil {
			upto = d.end
		}
		switch step := d.decode(limit, upto); {
		case step == lzmaMark:
			return z.finish()
		case step == lzmaBad || step == lzmaFull && z.over:
			return errLzma
		case step == lzmaFull:
			if z.over = z.size >= 0 && int64(d.seen) >= z.size; z.over && d.code == 0 {
				return z.finish()
			}
			return nil
		case z.last != nil:
			return z.short()
		}
		z.feed()
	}
}

// feed gives the core what comes next. What it has used is taken from the reader below.
func (z *lzmaReader) feed() {
	d := &z.core
	_, _ = z.in.Discard(min(d.at, d.end)) // it is buffered
	b, err := z.in.Peek(z.in.Size())
	if z.last = err; err != nil { // the end is near
		b = append(b[:len(b):len(b)], make([]byte, lzmaPad)...)
		d.end = len(b) - lzmaPad
	} else {
		d.end = len(b)
	}
	d.in, d.at = b, 0
}

// short is the error of a stream that ends too early, or that does not begin as it must.
func (z *lzmaReader) short() error {
	if z.began || z.core.end < 5 {
		return notEOF(z.last)
	}
	return errLzma
}

// finish gives back what was not used.
func (z *lzmaReader) finish() error {
	d := &z.core
	if d.at > d.end {
		return z.short()
	}
	if d.left > 0 || d.code != 0 {
		return errLzma
	}
	_, _ = z.in.Discard(d.at)
	d.in, d.at, d.end = nil, 0, 0
	return io.EOF
}
