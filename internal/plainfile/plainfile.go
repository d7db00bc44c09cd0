// Package plainfile opens files that are met rather than asked for: settings in a repository that somebody else made, or
// what git keeps. There a pipe would be waited for, and a link to /dev/zero read, without an end.
package plainfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// ErrKind is why something that is there is not opened.
var ErrKind = errors.New("neither a file nor a link to one")

// Open opens a file for reading. Of a folder, a pipe or a device it returns a *fs.PathError of ErrKind, without waiting.
func Open(name string) (*os.File, error) {
	f, err := os.OpenFile(name, flags, 0)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		if err == nil {
			err = &fs.PathError{Op: "open", Path: name, Err: ErrKind}
		}
		return nil, err
	}
	return f, nil
}

// Read returns what a file holds.
func Read(name string) ([]byte, error) {
	f, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size := 512
	if info, err := f.Stat(); err == nil && info.Size() < 1<<30 {
		size = max(size, int(info.Size())+1) // one more, so that the end is seen at once
	}
	text := make([]byte, 0, size)
	for {
		n, err := f.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if err == io.EOF {
			return text, nil
		}
		if err != nil {
			return text, err
		}
		if len(text) == cap(text) {
			text = append(text, 0)[:len(text)]
		}
	}
}
