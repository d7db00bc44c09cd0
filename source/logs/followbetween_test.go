package logs

import (
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestFollowBetweenRuns rotates a log several times while nobody looks: everything that was written is found once, whether
// rotation renames or copies, packed or not; what was rotated before the first run and what is no rotation is left alone.
func TestFollowBetweenRuns(t *testing.T) {
	for _, c := range []struct {
		rotations int
		copied    bool
		packed    bool
		dated     bool
	}{{rotations: 1}, {rotations: 2}, {rotations: 5, packed: true}, {rotations: 3, copied: true}, {rotations: 3, copied: true, packed: true}, {rotations: 3, dated: true}} {
		t.Run(fmt.Sprintf("%d-%t-%t-%t", c.rotations, c.copied, c.packed, c.dated), func(t *testing.T) {
			dir := t.TempDir()
			l := &logFile{t: t, name: filepath.Join(dir, "app.log"), next: 1000}
			old := filepath.Join(dir, "app.log.9") // of long ago
			l.linesTo(old, 3)
			past := time.Now().Add(-time.Hour)
			if err := os.Chtimes(old, past, past); err != nil {
				t.Fatal(err)
			}
			l.next = 0
			l.lines(4)
			opts := FollowOptions{State: filepath.Join(dir, "state")}
			first := startWatch(t, opts, l.name)
			first.wait(4)
			got := first.end()
			l.lines(4)
			for i := range c.rotations {
				time.Sleep(20 * time.Millisecond) // files are told apart by when they were written
				l.rotate(i, c.rotations, c.copied, c.packed, c.dated)
				l.lines(4)
			}
			n := l.next
			l.next = 2000
			l.linesTo(l.name+".offset", 2) // of another program
			l.linesTo(filepath.Join(dir, "apply.log.1"), 2)
			second := startWatch(t, opts, l.name)
			second.wait(n - 4)
			got = append(got, second.end()...)
			slices.Sort(got)
			l.next = n
			l.each(got)
		})
	}
}

// rotate makes room for a new file at the log's path; the last of so many rotations gets the lowest number.
func (l *logFile) rotate(i, of int, copied, packed, dated bool) {
	l.t.Helper()
	to := fmt.Sprintf("%s.%d", l.name, of-i)
	if dated {
		to = fmt.Sprintf("%s-202611%02d.log", l.name[:len(l.name)-len(".log")], 10+i)
	}
	if copied {
		l.copyAndCut(to)
	} else {
		l.rename(to)
	}
	if packed {
		text, err := os.ReadFile(to)
		if err != nil {
			l.t.Fatal(err)
		}
		f, err := os.Create(to + ".gz")
		if err != nil {
			l.t.Fatal(err)
		}
		defer f.Close()
		z := gzip.NewWriter(f)
		_, _ = z.Write(text)
		if err := z.Close(); err != nil {
			l.t.Fatal(err)
		}
		if err := os.Remove(to); err != nil {
			l.t.Fatal(err)
		}
	}
}

// TestFollowRestOfTheRotated: what a program wrote to a log after it was renamed, while nobody looked, is read by the next
// run although the new file was known.
func TestFollowRestOfTheRotated(t *testing.T) {
	dir := t.TempDir()
	l := &logFile{t: t, name: filepath.Join(dir, "app.log")}
	l.lines(3)
	opts := FollowOptions{State: filepath.Join(dir, "state")}
	first := startWatch(t, opts, l.name)
	first.wait(3)
	l.rename(l.name + ".1")
	l.lines(3)
	first.wait(6)
	got := first.end()
	l.linesTo(l.name+".1", 3)
	l.lines(3)
	second := startWatch(t, opts, l.name)
	second.wait(6)
	got = append(got, second.end()...)
	slices.Sort(got)
	l.each(got)
}

func TestRotationOf(t *testing.T) {
	for name, want := range map[string]bool{
		"app.log.1": true, "app.log.12.gz": true, "app.log-20261123": true, "app.log-20261123-1795435200.xz": true, "app.log.old": true,
		"app-2026-11-23.log": true, "app.1.log.zst": true, "app.log.2026-11-23T10:00:00Z": true, "app_2.log": true,
		"app.log": false, "app.log.swp": false, "app.log.state": false, "app2.log": false, "application.log": false, "app.log.1.tmp": false,
		"app-web.log": false, "app.txt": false, "other.log.1": false, "app.log~": false,
	} {
		if got := rotationOf(name, "app.log"); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if rotationOf("syslogs", "syslog") || !rotationOf("syslog.1", "syslog") {
		t.Error("a name without an extension")
	}
}
