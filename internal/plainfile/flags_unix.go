//go:build unix

package plainfile

import (
	"os"
	"syscall"
)

// flags open what has turned out to be a pipe or a terminal without waiting, and without becoming its own.
const flags = os.O_RDONLY | syscall.O_NONBLOCK | syscall.O_NOCTTY
