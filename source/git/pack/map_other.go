//go:build !unix

package pack

import "os"

// Map reads a file into memory. Call release when nothing refers to the bytes any more.
func Map(name string) (data []byte, release func(), err error) {
	data, err = os.ReadFile(name)
	return data, func() {}, err
}
