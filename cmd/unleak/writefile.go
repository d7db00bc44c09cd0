package main

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// private is the mode of reports.
const private = 0o600

// longestStem is how much of a file's name is part of that of its temporary twin: file systems take 255 bytes.
const longestStem = 200

// writeFile writes a file by way of a temporary one beside it, so that it is there whole or not at all. What is there and
// no file, a device or a pipe, is written to and stays what it is; what a symbolic link leads to is replaced, not the
// link. A file that may be written to in a place where none may be made or replaced, as one that is mounted into a
// container, is overwritten once all of it is known.
func writeFile(name string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	info, missing := os.Stat(name)
	if missing == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return writeInto(name, write)
	}
	name = linked(name)
	base := filepath.Base(name)
	pattern := "." + base[:min(len(base), longestStem)] + ".*"
	tmp, err := os.CreateTemp(filepath.Dir(name), pattern)
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
			os.Remove(tmp.Name())
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

// linked follows symbolic links to a file that need not be there.
func linked(name string) string {
	const most = 40 // links, as Linux follows them
	for range most {
		to, err := os.Readlink(name)
		if err != nil {
			return name
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(name), to)
		}
		name = to
	}
	return name
}

// writable tells whether a file can be written to as it is.
func writable(name string) bool {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// overwrite gives a file the content of another, which is removed.
func overwrite(name, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer os.Remove(from)
	defer in.Close()
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// writeInto writes to a device or pipe.
func writeInto(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 64<<10)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	return errors.Join(err, f.Close())
}
