//go:build !unix

package files

import "os"

const openFlags = os.O_RDONLY

// readWhole says nothing of any file.
func readWhole(string, []byte, int64) (n int, ok bool) { return 0, false }
