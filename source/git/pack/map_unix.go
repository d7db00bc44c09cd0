//go:build unix

package pack

import (
	"fmt"
	"syscall"

	"github.com/unleak/unleak/internal/plainfile"
)

// Map maps a file into memory, read-only. Call release when nothing refers to the bytes any more.
func Map(name string) (data []byte, release func(), err error) {
	f, err := plainfile.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	size := st.Size()
	if !st.Mode().IsRegular() || size > 1<<46 || int64(int(size)) != size {
		return nil, nil, fmt.Errorf("%s: not a file that can be mapped", name)
	}
	if size == 0 {
		return nil, func() {}, nil
	}
	data, err = syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, nil, fmt.Errorf("map %s: %w", name, err)
	}
	return data, func() { _ = syscall.Munmap(data) }, nil
}
