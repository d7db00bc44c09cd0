package archive

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// document hands on a file that is text and other things packed together: as it is, and then what is packed in it. Of a
// program all strings are handed on, so that it as it is holds nothing more.
func (w *walker) document(kind Kind, s source, path []string, depth int) error {
	f, err := w.spool(s)
	if err != nil {
		return err
	}
	defer f.Close()
	if kind == Class || kind == Pyc {
		if depth < w.limits.Depth && f.size <= programSize {
			if err = w.program(kind, f, path, depth); err == nil || w.done() {
				return nil
			}
		}
		return errors.Join(err, w.leaf(path, f.reader()))
	}
	if err := w.leaf(path, f.reader()); err != nil || w.done() {
		return err
	}
	if depth >= w.limits.Depth {
		return nil
	}
	switch kind {
	case PDF:
		return w.pdf(f, path, depth)
	case Office:
		return w.office(f, path, depth)
	}
	return w.sqlite(f, path, depth)
}

const (
	programSize  = 16 << 20 // bytes of a class or .pyc file that is taken apart
	programLeast = 4        // bytes of a constant that is handed on
)

// programText is what a compiled program says: assignments of constant strings to names, as lines, and the others.
type programText struct {
	said             map[string]bool
	names, constants strings.Builder
}

// assign tells a name and its value. One of several lines is a constant without a name: it may be a key.
func (t *programText) assign(name, value string) {
	if name == "" || len(name) > 200 || len(value) < programLeast || strings.Contains(value, "\n") {
		return
	}
	t.said[value] = true
	fmt.Fprintf(&t.names, "%s = %q\n", name, value)
}

// constant tells a string, once.
func (t *programText) constant(value string) {
	if len(value) >= programLeast && !t.said[value] {
		t.said[value] = true
		t.constants.WriteString(value + "\n")
	}
}

// program hands on the strings of a compiled program. Nothing is handed on of one that is damaged.
func (w *walker) program(kind Kind, f *spooled, path []string, depth int) error {
	text := make([]byte, f.size)
	if _, err := io.ReadFull(f.reader(), text); err != nil {
		return err
	}
	said := programText{said: map[string]bool{}}
	read := readPyc
	if kind == Class {
		read = readClass
	}
	if err := read(text, &said); err != nil {
		return err
	}
	for _, t := range []struct {
		name string
		text *strings.Builder
	}{{"names", &said.names}, {"constants", &said.constants}} {
		if t.text.Len() > 0 && !w.done() && w.enter() {
			w.member(strings.NewReader(t.text.String()), path, t.name, depth)
		}
	}
	return nil
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
