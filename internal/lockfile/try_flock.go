//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package lockfile

import (
	"errors"
	"os"
	"syscall"
)

// try takes the lock if nobody holds it; else release is nil. The system gives back what a process that was killed held.
func try(name string) (release func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		held, e := f.Stat()
		there, gone := os.Stat(name)
		if e == nil && gone == nil && os.SameFile(held, there) {
			return func() { os.Remove(name); f.Close() }, nil
		}
	}
	f.Close() // also where whoever held it has removed the file meanwhile
	if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
		return nil, &os.PathError{Op: "lock", Path: name, Err: err}
	}
	return nil, nil
}
