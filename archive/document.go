package archive

import (
	"io"
	"iter"
)

// document hands on a file that is text and pictures packed together: as it is, and then what is packed in it.
func (w *walker) document(kind Kind, s source, path []string, depth int) error {
	f, err := w.spool(s)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := w.leaf(path, f.reader()); err != nil || w.done() {
		return err
	}
	if depth >= w.limits.Depth {
		return nil
	}
	if kind == PDF {
		return w.pdf(f, path, depth)
	}
	return w.sqlite(f, path, depth)
}

// sequence is a reader of what a function yields.
type sequence struct {
	next func(yield func([]byte) bool) error
	pull func() ([]byte, bool)
	stop func()
	rest []byte
	err  error
}

// Read implements io.Reader.
func (s *sequence) Read(b []byte) (int, error) {
	if s.pull == nil {
		s.pull, s.stop = iter.Pull(func(yield func([]byte) bool) { s.err = s.next(yield) })
	}
	for len(s.rest) == 0 {
		var ok bool
		if s.rest, ok = s.pull(); !ok {
			if s.err != nil {
				return 0, s.err
			}
			return 0, io.EOF
		}
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// Close lets go of the function.
func (s *sequence) Close() {
	if s.stop != nil {
		s.stop()
	}
}
