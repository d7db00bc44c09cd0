// Package lockfile keeps two processes from changing one file at a time.
package lockfile

import (
	"fmt"
	"time"
)

// how long a lock is waited for
const (
	wait  = 30 * time.Second
	every = 20 * time.Millisecond
)

// Take takes the lock that a file of this name stands for, and returns what gives it back. It waits for another process
// that holds it.
func Take(name string) (release func(), err error) {
	for start := time.Now(); ; time.Sleep(every) {
		release, err := try(name)
		if release != nil || err != nil {
			return release, err
		}
		if time.Since(start) > wait {
			return nil, fmt.Errorf("%s: another process holds it", name)
		}
	}
}

// Try takes the lock if nobody holds it; else release is nil.
func Try(name string) (release func(), err error) { return try(name) }
