//go:build unix

package files

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
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

// A pipe that was handed over is read: it is what a shell's <(command) gives. One with a name in a folder is not opened,
// which would wait for a writer.
func TestNamedPipe(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := syscall.Mkfifo("pipe", 0o600); err != nil {
		t.Skip(err)
	}
	got, cov := places(t, Options{Archives: 8}, "pipe")
	if len(got) != 0 || cov.Skipped[finding.SkipSpecial] != 1 || len(cov.Notes) != 1 {
		t.Errorf("named: %q %+v", got, cov)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	name := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := os.Stat(name); err != nil {
		t.Skip(err)
	}
	go func() {
		defer w.Close()
		_, _ = w.WriteString("\n" + sourcetest.Token(1)[:5])
		time.Sleep(20 * time.Millisecond)
		_, _ = w.WriteString(sourcetest.Token(1)[5:])
	}()
	got, _ = places(t, Options{Archives: 8}, name)
	if d := cmp.Diff([]string{name + ":2:" + sourcetest.Token(1)}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// A pipe whose writer says nothing is not waited for when the scan is called off.
func TestSilentPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	name := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := os.Stat(name); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	src := mustNew(t, Options{Archives: 8}, name)
	go func() {
		_, err := scanner.Run(ctx, scanner.Options{Jobs: 2, NewDetector: sourcetest.New}, src)
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("still waiting")
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
