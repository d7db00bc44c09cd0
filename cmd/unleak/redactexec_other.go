//go:build !unix

package main

import "os"

// forwarded are the signals that are passed on to a command.
func forwarded() []os.Signal { return []os.Signal{os.Interrupt} }

// sentToGroup tells whether the command has got a signal by itself: a console sends it to all its processes.
func sentToGroup(os.Signal) bool { return true }

// endedBy returns the number of the signal that ended a process, or 0.
func endedBy(*os.ProcessState) int { return 0 }
