//go:build unix

package main

import "golang.org/x/sys/unix"

// noCoreDump keeps the system from writing this process's memory to a file.
func noCoreDump() error {
	return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
}
