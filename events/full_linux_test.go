package events

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFileOnFullDisk writes to a disk that fills up in the middle of a line: the file is left as it was.
func TestFileOnFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8k"); err != nil {
		t.Skipf("SKIPPED: no small file system can be mounted here, which takes root: %v", err)
	}
	defer func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }()
	name := filepath.Join(dir, "events")
	f := &file{name}
	if _, err := f.Send(context.Background(), numbered(0, 2)); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := f.Send(context.Background(), [][]byte{make([]byte, 100<<10)}); err == nil || n != 0 {
		t.Fatalf("100 KB fit into 8: %d taken", n)
	}
	if after, err := os.ReadFile(name); err != nil || string(after) != string(before) {
		t.Errorf("%d bytes are left of an event that was not taken (%v)", len(after)-len(before), err)
	}
}
