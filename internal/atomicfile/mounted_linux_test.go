package atomicfile

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestWriteMounted replaces a file that is mounted by itself, as containers have them: nothing can be renamed onto it.
func TestWriteMounted(t *testing.T) {
	dir := t.TempDir()
	outside, inside := filepath.Join(dir, "outside"), filepath.Join(dir, "inside")
	for _, name := range []string{outside, inside} {
		if err := os.WriteFile(name, []byte("what was there before, which is longer"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mount(outside, inside, "", syscall.MS_BIND, ""); err != nil {
		t.Skipf("SKIPPED: nothing can be mounted here, which takes root: %v", err)
	}
	defer func() { _ = syscall.Unmount(inside, syscall.MNT_DETACH) }()
	err := Write(inside, 0o600, func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err })
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(outside); err != nil || string(got) != "new" {
		t.Errorf("it holds %q, %v", got, err)
	}
	if all, _ := os.ReadDir(dir); len(all) != 2 {
		t.Errorf("left behind: %v", all)
	}
}
