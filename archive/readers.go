package archive

import (
	"fmt"
	"io"
)

// leafReader counts what is unpacked and enforces the limits of the walk.
type leafReader struct {
	w   *walker
	r   io.Reader
	err error // of r, other than its end
}

func (m *leafReader) Read(p []byte) (n int, err error) {
	w := m.w
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("decompressor broke down: %v", r)
			m.err, m.r = err, &failing{nil, err}
		}
	}()
	if err := w.over(); err != nil {
		return 0, m.fail(err)
	}
	n, err = m.r.Read(p)
	w.spend(int64(n))
	if cause := w.ctx.Err(); err == nil && cause != nil {
		return n, cause // with what was read, as the head that told the format
	}
	if err != nil && err != io.EOF && m.err == nil {
		m.err = err
	}
	if err == nil {
		if err = w.over(); err != nil {
			return n, m.fail(err)
		}
	}
	return n, err
}

// fail keeps an error that is not the whole walk's.
func (m *leafReader) fail(err error) error {
	if m.err == nil && m.w.exhausted == nil {
		m.err = err
	}
	return err
}

// inner counts what is read of an archive within another.
type inner struct {
	*prefixed
	w  *walker
	at int // in within
}

func (r *inner) Read(b []byte) (int, error) {
	n, err := r.prefixed.Read(b)
	r.w.within[r.at].packed += int64(n)
	return n, err
}

// counted counts the bytes of the outermost stream and marks its errors as the system's.
type counted struct {
	r io.Reader
	n *int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += int64(n)
	if err != nil && err != io.EOF && ReasonOf(err) == Corrupt {
		err = &problemError{Unreadable, err}
	}
	return n, err
}

// prefixed gives a stream back with the head that was read of it.
type prefixed struct {
	head   [HeadSize]byte
	n, off int
	r      io.Reader
	err    error
}

// fill reads the head. An error, the end of the stream among them, comes again behind it.
func (p *prefixed) fill(r io.Reader) {
	p.n, p.off, p.r, p.err = 0, 0, r, nil
	for p.n < len(p.head) && p.err == nil {
		var k int
		k, p.err = r.Read(p.head[p.n:])
		p.n += k
	}
}

// seen returns the head.
func (p *prefixed) seen() []byte { return p.head[:p.n] }

func (p *prefixed) Read(b []byte) (int, error) {
	if p.off < p.n {
		k := copy(b, p.head[p.off:p.n])
		p.off += k
		return k, nil
	}
	if p.err != nil {
		return 0, p.err
	}
	return p.r.Read(b)
}

// failing yields bytes, then an error.
type failing struct {
	rest []byte
	err  error
}

func (f *failing) Read(b []byte) (int, error) {
	if len(f.rest) > 0 {
		n := copy(b, f.rest)
		f.rest = f.rest[n:]
		return n, nil
	}
	return 0, f.err
}
