// Package atomicfile replaces files, whole or not at all.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// longestStem is how much of a file's name is part of that of its temporary twin: file systems take 255 bytes.
const longestStem = 200

// Write makes a file hold what write writes, by way of a temporary file beside it. What a symbolic link leads to is
// replaced, not the link; what is there and no regular file, such as a device, is not replaced, which is an error. An error
// of write is returned as it is, and leaves what was there. A file that may be written to in a place where none may be made
// or replaced, as one that is mounted into a container, is overwritten once all of it is known.
func Write(name string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	info, missing := os.Stat(name)
	if missing == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file, which alone is replaced", name)
	}
	name = linked(name)
	base := filepath.Base(name)
	pattern := "." + base[:min(len(base), longestStem)] + ".*"
	tmp, err := os.CreateTemp(filepath.Dir(name), pattern) // mode 0600
	if err != nil && missing == nil && writable(name) {
		tmp, err = os.CreateTemp("", pattern)
	}
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) { // the name that was asked for, not that of the temporary file
			path.Path = name
		}
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	w := bufio.NewWriterSize(tmp, 64<<10)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if err = os.Chmod(tmp.Name(), mode); err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), name); err != nil && missing == nil && writable(name) {
		return overwrite(name, tmp.Name())
	}
	return err
}

// WriteBytes is Write of bytes.
func WriteBytes(name string, mode fs.FileMode, text []byte) error {
	return Write(name, mode, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
