package atomicfile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// mount mounts something for a test.
func mount(t *testing.T, source, target, kind string, flags uintptr, data string) {
	t.Helper()
	if err := syscall.Mount(source, target, kind, flags, data); err != nil {
		t.Skipf("SKIPPED: nothing can be mounted here, which takes root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(target, syscall.MNT_DETACH) })
}

// mounted returns a file that holds a text and is mounted by itself, as containers have them: nothing can be renamed onto
// it. Its folder holds nothing else. room, if not empty, is the size of its file system.
func mounted(t *testing.T, text []byte, mode fs.FileMode, room string) (inside, outside string) {
	t.Helper()
	volume := t.TempDir()
	if room != "" {
		mount(t, "none", volume, "tmpfs", 0, "size="+room)
	}
	outside, inside = filepath.Join(volume, "outside"), filepath.Join(t.TempDir(), "inside")
	for name, text := range map[string][]byte{outside: text, inside: nil} {
		if err := errors.Join(os.WriteFile(name, text, mode), os.Chmod(name, mode)); err != nil {
			t.Fatal(err)
		}
	}
	mount(t, outside, inside, "", syscall.MS_BIND, "")
	return inside, outside
}

// beside returns the other files of a file's folder.
func beside(t *testing.T, name string) []string {
	t.Helper()
	all, err := os.ReadDir(filepath.Dir(name))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range all {
		if e.Name() != filepath.Base(name) {
			out = append(out, filepath.Join(filepath.Dir(name), e.Name()))
		}
	}
	return out
}

// expect compares a file with what it is to hold, and its mode.
func expect(t *testing.T, name string, want []byte, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s holds %d bytes, %v, not the %d it is to", name, len(got), err, len(want))
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
		t.Errorf("%s: mode %v, %v, want %v", name, info.Mode(), err, mode)
	}
}

// writeText is Write of bytes.
func writeText(name string, mode fs.FileMode, text []byte) error {
	return Write(name, mode, func(w io.Writer) error { _, err := w.Write(text); return err })
}

// TestWriteMounted replaces mounted files by longer and shorter ones; they have the mode that was asked for.
func TestWriteMounted(t *testing.T) {
	for _, n := range []int{0, 3, 10, 100, 1 << 20} {
		inside, outside := mounted(t, []byte("what it was"), 0o644, "")
		want := bytes.Repeat([]byte("n"), n)
		if err := writeText(inside, 0o600, want); err != nil {
			t.Fatal(err)
		}
		expect(t, outside, want, 0o600)
		if all := beside(t, inside); len(all) > 0 {
			t.Errorf("left behind: %v", all)
		}
	}
}

// TestWriteMountedWithoutRoom keeps what is there where there is no room for what is to be, and the latter too.
func TestWriteMountedWithoutRoom(t *testing.T) {
	old, fresh := bytes.Repeat([]byte("o"), 40<<10), bytes.Repeat([]byte("f"), 200<<10)
	inside, outside := mounted(t, old, 0o644, "128k")
	err := writeText(inside, 0o600, fresh)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("error %v, want that there is no room", err)
	}
	expect(t, outside, old, 0o644)
	all := beside(t, inside)
	if len(all) != 1 || !strings.Contains(err.Error(), all[0]) {
		t.Fatalf("kept %v, error %v", all, err)
	}
	expect(t, all[0], fresh, 0o600)

	if err := os.Remove(all[0]); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(inside, 0o600, fresh); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("error %v, want that there is no room", err)
	}
	expect(t, outside, old, 0o644)
	if all := beside(t, inside); len(all) > 0 { // a state that is saved again and again
		t.Errorf("left behind: %v", all)
	}
	most := fresh[:120<<10] // fits, but not beside the old one
	if err := writeText(inside, 0o600, most); err != nil {
		t.Fatal(err)
	}
	expect(t, outside, most, 0o600)
}

// TestWriteOfAnothersFile overwrites a file of another user in a folder where it cannot be replaced, unless more people
// could read it than are to.
func TestWriteOfAnothersFile(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: to be somebody else takes root")
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "theirs")
	old := []byte("old")
	err := errors.Join(os.WriteFile(name, old, 0o666), os.Chmod(name, 0o666), os.Chmod(dir, 0o777|fs.ModeSticky), os.Chmod(filepath.Dir(dir), 0o755))
	if err != nil {
		t.Fatal(err)
	}
	as := func(f func() error) error {
		failed := make(chan error)
		go func() {
			runtime.LockOSThread() // for good: the thread ends with this
			if err := syscall.Setfsuid(65534); err != nil {
				failed <- err
				return
			}
			failed <- f()
		}()
		return <-failed
	}
	if err := as(func() error { return writeText(name, 0o600, []byte("secret")) }); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "rw-rw-rw-") {
		t.Errorf("error %v, want one of the mode", err)
	}
	expect(t, name, old, 0o666)
	if all := beside(t, name); len(all) != 1 {
		t.Errorf("kept %v", all)
	} else {
		expect(t, all[0], []byte("secret"), 0o600)
	}
	if err := as(func() error { return writeText(name, 0o777, []byte("open")) }); err != nil {
		t.Error(err)
	}
	expect(t, name, []byte("open"), 0o666)
}

// TestOnlyWhatCannotBeReplacedIsOverwritten tells a folder's errors from others, which leave a file as it is.
func TestOnlyWhatCannotBeReplacedIsOverwritten(t *testing.T) {
	for err, want := range map[error]bool{
		syscall.EBUSY: true, syscall.EXDEV: true, syscall.EACCES: true, syscall.EPERM: true, syscall.EROFS: true,
		syscall.ENOSPC: false, syscall.EIO: false, syscall.EDQUOT: false, syscall.ENOENT: false, syscall.ENAMETOOLONG: false,
	} {
		if got := inPlaceOnly(&os.LinkError{Op: "rename", Err: err}); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}
