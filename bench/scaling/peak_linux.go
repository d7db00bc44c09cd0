package main

import "syscall"

// maxResident returns KiB.
func maxResident(usage any) int64 {
	if u, ok := usage.(*syscall.Rusage); ok {
		return u.Maxrss
	}
	return 0
}
