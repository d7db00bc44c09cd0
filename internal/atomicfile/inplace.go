package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

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

// inPlaceOnly tells an error of making or renaming a file that is none of the file to be replaced: it is mounted by itself,
// or its folder lets nothing be made or replaced.
func inPlaceOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.EXDEV) || errors.Is(err, syscall.EROFS)
}

// overwrite gives a file a mode and the content of another. What goes beyond its end is written first, so that a lack of
// room leaves it as it was; lost tells that it is not, and holds no whole content.
func overwrite(name, from string, mode fs.FileMode) (lost bool, err error) {
	in, err := os.Open(from)
	if err != nil {
		return false, err
	}
	defer in.Close()
	out, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return false, err
	}
	defer func() {
		if e := out.Close(); e != nil {
			lost, err = true, errors.Join(err, e)
		}
	}()
	was, err := out.Stat()
	if err != nil {
		return false, err
	}
	now, err := in.Stat()
	if err != nil {
		return false, err
	}
	if err := setMode(out, was.Mode().Perm(), mode); err != nil {
		return false, err
	}
	if err := extend(out, was.Size(), in, now.Size()); err != nil {
		_ = out.Chmod(was.Mode().Perm())
		if e := out.Truncate(was.Size()); e != nil {
			return true, errors.Join(err, e)
		}
		return false, err
	}
	if _, err = io.Copy(io.NewOffsetWriter(out, 0), io.NewSectionReader(in, 0, min(was.Size(), now.Size()))); err == nil {
		err = out.Truncate(now.Size())
	}
	return err != nil, err
}

// setMode gives an open file its mode. Where that cannot be done, as of another user's file, it is an error only if the
// file lets somebody do more than it is to.
func setMode(f *os.File, was, mode fs.FileMode) error {
	if was == mode {
		return nil
	}
	if err := f.Chmod(mode); err != nil && was&^mode != 0 {
		return fmt.Errorf("its mode is %v, which must become %v before anything is written: %w", was, mode, err)
	}
	return nil
}

// extend writes what lies behind the end of one file in another to its place, and makes sure that there is room for it.
func extend(out *os.File, end int64, in *os.File, size int64) error {
	if size <= end {
		return nil
	}
	if _, err := io.Copy(io.NewOffsetWriter(out, end), io.NewSectionReader(in, end, size-end)); err != nil {
		return err
	}
	return out.Sync() // network file systems tell only now
}
