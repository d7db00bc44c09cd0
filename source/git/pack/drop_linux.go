package pack

import "syscall"

// Drop gives the pages of a mapped file back to the system, which reads them again when they are needed: what has been
// read of a large pack would count as this process's memory otherwise.
func Drop(data []byte) {
	if len(data) > 0 {
		_ = syscall.Madvise(data, syscall.MADV_DONTNEED) // it is only advice
	}
}
