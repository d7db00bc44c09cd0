//go:build unix

package plainfile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestOpen(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, err := range []error{
		syscall.Mkfifo("pipe", 0o600), os.Mkdir("folder", 0o700), os.Symlink("/dev/zero", "zero"), os.Symlink("pipe", "to pipe"),
		os.Symlink("self", "self"), os.WriteFile("file", []byte("text"), 0o600), os.Symlink("file", "to file"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"pipe", "folder", "zero", "to pipe", "/dev/null"} {
		if _, err := Read(name); !errors.Is(err, ErrKind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"file", "to file"} {
		if text, err := Read(name); err != nil || string(text) != "text" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if _, err := Read("nowhere"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nowhere: %v", err)
	}
	if _, err := Read("self"); err == nil {
		t.Error("a link to itself is read")
	}
}

func TestRead(t *testing.T) {
	for _, size := range []int{0, 1, 511, 512, 513, 1 << 20} {
		name := filepath.Join(t.TempDir(), "file")
		want := bytes.Repeat([]byte("x"), size)
		if err := os.WriteFile(name, want, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := Read(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("of %d bytes %d come, %v", size, len(got), err)
		}
	}
}
