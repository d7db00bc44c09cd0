// Package atomicfile replaces files, whole or not at all; what cannot be replaced, as a file that is mounted by itself, is
// overwritten, where a failure may leave a part, and then the whole of it lies beside.
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
// or replaced, as one that is mounted into a container, is overwritten once all of it is known and there is room for it;
// when that fails, all of it is in the temporary file that the error names. A file has its mode before it has its content.
func Write(name string, mode fs.FileMode, write func(io.Writer) error) error {
	return replace(name, mode, true, write)
}

// WriteBytes is Write of bytes, which leaves no temporary file unless what was there is lost.
func WriteBytes(name string, mode fs.FileMode, text []byte) error {
	return replace(name, mode, false, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// replace is Write. keep says whether the temporary file stays when overwriting fails and what was there is whole.
func replace(name string, mode fs.FileMode, keep bool, write func(io.Writer) error) (err error) {
	info, missing := os.Stat(name)
	if missing == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file, which alone is replaced", name)
	}
	name = linked(name)
	base := filepath.Base(name)
	pattern := "." + base[:min(len(base), longestStem)] + ".*"
	tmp, err := os.CreateTemp(filepath.Dir(name), pattern) // mode 0600
	if err != nil && missing == nil && inPlaceOnly(err) && writable(name) {
		tmp, err = os.CreateTemp("", pattern)
	}
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) { // the name that was asked for, not that of the temporary file
			path.Path = name
		}
		return err
	}
	kept := false
	defer func() {
		if err != nil && !kept {
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
	err = os.Rename(tmp.Name(), name)
	if err == nil || missing != nil || !inPlaceOnly(err) || !writable(name) {
		return err
	}
	lost, err := overwrite(name, tmp.Name(), mode)
	switch {
	case err == nil:
		_ = os.Remove(tmp.Name())
	case lost:
		kept = true
		return fmt.Errorf("%s is incomplete: %w; the whole of it is in %s", name, err, tmp.Name())
	case keep:
		kept = true
		return fmt.Errorf("%s is as it was: %w; what was to be in it is in %s", name, err, tmp.Name())
	}
	return err
}
