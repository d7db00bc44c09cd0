//go:build !unix

package main

import "io/fs"

// sameOwner tells whether two files belong to one user; where that cannot be told, that they do.
func sameOwner(_, _ fs.FileInfo) bool { return true }
