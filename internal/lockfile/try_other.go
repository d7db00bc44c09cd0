//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package lockfile

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// stale is how old a lock is that a crash left behind.
const stale = 10 * time.Minute

// try takes the lock if nobody holds it; else release is nil. Whoever can make the file holds it.
func try(name string) (release func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		return func() { os.Remove(name) }, f.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > stale {
		os.Remove(name)
	}
	return nil, nil
}
