//go:build !unix

package main

// noCoreDump does nothing: these systems write no memory of a Go program to a file unless a tool was set up to.
func noCoreDump() error { return nil }
