package archive

import (
	"archive/tar"
	"errors"
	"io"
	"strings"
)

func (w *walker) tar(s source, path []string, depth int) error {
	tr := tar.NewReader(s.r)
	for {
		h, err := tr.Next()
		if err == io.EOF {
			return w.rest(s.r, path, depth)
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return err
		}
		if !w.enter() {
			return nil
		}
		switch h.Typeflag {
		case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
			w.member(tr, path, strings.TrimPrefix(h.Name, "./"), depth)
		}
		if w.done() {
			return nil
		}
	}
}

// rest walks what follows the end mark of an archive: padding, which is dropped, or a further archive or other bytes.
func (w *walker) rest(r io.Reader, path []string, depth int) error {
	z := &unpadded{w: w, r: r}
	if !z.start() {
		return z.err
	}
	return w.stream(source{r: z}, path, depth+1, 0)
}

// unpadded drops leading zero bytes.
type unpadded struct {
	w     *walker
	r     io.Reader
	block [512]byte
	head  []byte
	err   error
}

// start tells whether anything but zeros is there.
func (u *unpadded) start() bool {
	for !u.w.done() {
		n, err := u.r.Read(u.block[:])
		u.w.spend(int64(n))
		for i, c := range u.block[:n] {
			if c != 0 {
				u.head = u.block[i:n]
				return true
			}
		}
		if err == io.EOF {
			return false
		}
		if err != nil {
			u.err = err
			return false
		}
	}
	return false
}

func (u *unpadded) Read(b []byte) (int, error) {
	if len(u.head) > 0 {
		n := copy(b, u.head)
		u.head = u.head[n:]
		return n, nil
	}
	return u.r.Read(b)
}
