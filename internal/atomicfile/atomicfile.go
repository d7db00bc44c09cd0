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

// Write makes a file hold what write writes, by way of a temporary file beside it. What a symbolic link leads to is
// replaced, not the link; what is there and no regular file, such as a device, is not replaced, which is an error. An error
// of write is returned as it is, and leaves what was there.
func Write(name string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file, which alone is replaced", name)
	}
	if to, err := filepath.EvalSymlinks(name); err == nil {
		name = to
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*") // mode 0600
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
	return os.Rename(tmp.Name(), name)
}

// WriteBytes is Write of bytes.
func WriteBytes(name string, mode fs.FileMode, text []byte) error {
	return Write(name, mode, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
