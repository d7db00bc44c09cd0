//go:build unix

package files

import (
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/sourcetest"
)

func TestSpecialFiles(t *testing.T) {
	t.Chdir(lay(t, map[string]string{"a": sourcetest.Token(1)}))
	if err := syscall.Mkfifo("pipe", 0o600); err != nil {
		t.Skip(err)
	}
	l, err := net.Listen("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got, cov := places(t, Options{}, ".")
	if d := cmp.Diff([]string{at("a", 1)}, got); d != "" || cov.Skipped[finding.SkipSpecial] != 2 || cov.Incomplete() {
		t.Errorf("(-want +got):\n%s%+v", d, cov)
	}
	got, cov = places(t, Options{}, "a", "socket", "/dev/zero")
	if len(got) != 1 || cov.Skipped[finding.SkipSpecial] != 2 {
		t.Errorf("named: %q %+v", got, cov)
	}
}

// A pipe that is named is read: it is what a shell's <(command) gives.
func TestNamedPipe(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := syscall.Mkfifo("pipe", 0o600); err != nil {
		t.Skip(err)
	}
	go func() {
		f, err := os.OpenFile("pipe", os.O_WRONLY, 0)
		if err != nil {
			return
		}
		defer f.Close()
		_, _ = f.WriteString("\n" + sourcetest.Token(1)[:5])
		time.Sleep(20 * time.Millisecond)
		_, _ = f.WriteString(sourcetest.Token(1)[5:])
	}()
	got, _ := places(t, Options{Archives: 8}, "pipe")
	if d := cmp.Diff([]string{"pipe:2:" + sourcetest.Token(1)}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	t.Chdir(lay(t, map[string]string{"a": sourcetest.Token(1), "closed": sourcetest.Token(2), "dir/x": sourcetest.Token(3)}))
	for _, p := range []string{"closed", "dir"} {
		if err := os.Chmod(p, 0); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(p, 0o700)
	}
	got, cov := places(t, Options{}, ".")
	if d := cmp.Diff([]string{at("a", 1)}, got); d != "" || cov.Skipped[finding.SkipUnreadable] != 2 || !cov.Incomplete() {
		t.Errorf("(-want +got):\n%s%+v", d, cov)
	}
}
