// Package lockfile keeps two processes from changing one file at a time, on every system alike: whoever can make the lock
// file holds it.
package lockfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// how long a lock is waited for, and how old one is that nobody holds any more
const (
	wait  = 30 * time.Second
	stale = 10 * time.Minute
	every = 20 * time.Millisecond
)

// Take makes the lock file and returns what removes it. It waits for another process that holds it; a lock of ten minutes
// was left behind by a crash.
func Take(name string) (release func(), err error) {
	for start := time.Now(); ; time.Sleep(every) {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			return func() { os.Remove(name) }, f.Close()
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > stale {
			os.Remove(name)
			continue
		}
		if time.Since(start) > wait {
			return nil, fmt.Errorf("%s: another process holds it (remove it if none does)", name)
		}
	}
}
