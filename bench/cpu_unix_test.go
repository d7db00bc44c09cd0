//go:build unix

package bench

import (
	"syscall"
	"time"
)

// processorTime returns what this process has used, so that a busy machine does not blur the figures.
func processorTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
