package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "f")
	content := func(want string) {
		t.Helper()
		text, err := os.ReadFile(name)
		if err != nil || string(text) != want {
			t.Errorf("%q, %v, want %q", text, err, want)
		}
		if all, err := os.ReadDir(dir); err != nil || len(all) > 3 {
			t.Errorf("left behind: %v, %v", all, err)
		}
	}
	if err := WriteBytes(name, 0o600, []byte("one")); err != nil {
		t.Fatal(err)
	}
	content("one")
	broken := errors.New("broken")
	if err := Write(name, 0o600, func(w io.Writer) error { _, _ = w.Write(make([]byte, 1<<20)); return broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	content("one")
	if err := WriteBytes(name, 0o644, []byte("two")); err != nil {
		t.Fatal(err)
	}
	content("two")
	if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v", info, err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("f", link); err == nil {
		if err := WriteBytes(link, 0o600, []byte("three")); err != nil {
			t.Fatal(err)
		}
		content("three")
		if to, err := os.Readlink(link); err != nil || to != "f" {
			t.Errorf("the link leads to %q, %v", to, err)
		}
	}
}

// What is no regular file stays what it is.
func TestWriteReplacesNoDevice(t *testing.T) {
	dir := t.TempDir()
	if err := WriteBytes(dir, 0o600, nil); err == nil {
		t.Error("a folder was replaced")
	}
	link := filepath.Join(dir, "null")
	if err := os.Symlink(os.DevNull, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := WriteBytes(link, 0o600, []byte("x")); err == nil {
		t.Error("a device was replaced")
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatalf("%v, %v", info, err)
	}
}
