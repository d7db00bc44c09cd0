package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// drained tells whether all that was written to a pipe has been read.
func drained(pipe *os.File) bool {
	n, err := unix.IoctlGetInt(int(pipe.Fd()), unix.TIOCINQ)
	return err != nil || n == 0
}
