//go:build unix

package files

import (
	"os"
	"syscall"
)

// openFlags open a file without waiting, should it have become a pipe since it was listed.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK | syscall.O_NOCTTY

// readWhole reads a regular file that is shorter than buf, and than limit bytes unless that is 0. It takes none of the
// care that package os takes of files that may block, which for a small file is as much as to read it. false: nothing
// is said of the file, not even that it is there.
func readWhole(path string, buf []byte, limit int64) (n int, ok bool) {
	fd, err := syscall.Open(path, openFlags|syscall.O_CLOEXEC, 0)
	if err != nil {
		return 0, false
	}
	defer syscall.Close(fd)
	var info syscall.Stat_t
	if syscall.Fstat(fd, &info) != nil || info.Mode&syscall.S_IFMT != syscall.S_IFREG || limit > 0 && info.Size > limit {
		return 0, false
	}
	for info.Size < int64(len(buf)) && n < len(buf) {
		k, err := syscall.Read(fd, buf[n:])
		if err != nil || k <= 0 {
			return n, err == nil
		}
		n += k
	}
	return 0, false
}
