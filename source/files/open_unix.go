//go:build unix

package files

import (
	"os"
	"syscall"
)

// openFlags open a file without waiting, should it have become a pipe since it was listed.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK | syscall.O_NOCTTY
