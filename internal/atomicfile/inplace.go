package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
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
