package logs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/source/sourcetest"
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

// rotate makes room for a new file at the log's path; the last of so many rotations gets the lowest number. Files are told
// apart by when they were written: a second later each.
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
		l.pack(to)
		to += ".gz"
	}
	written := time.Now().Add(time.Duration(i) * time.Second)
	if err := os.Chtimes(to, written, written); err != nil {
		l.t.Fatal(err)
	}
}

// run follows a log until so many tokens were found, and returns them with what was read.
func (l *logFile) run(opts FollowOptions, n int) ([]string, finding.Coverage) {
	l.t.Helper()
	w := startWatch(l.t, opts, l.name)
	w.wait(n)
	got := w.end()
	return got, w.result
}

// TestFollowGrowthOfTheRotated: what was written to files that an earlier run read beside the log is read by the next, however they were
// found then: as what stood in between, as the log that was rotated away, as the copy of one that was cut.
func TestFollowGrowthOfTheRotated(t *testing.T) {
	l := newLog(t)
	opts := FollowOptions{State: filepath.Join(t.TempDir(), "state")}
	l.lines(3)
	all, _ := l.run(opts, 3)
	l.lines(2)
	l.rotate(0, 2, false, false, false)
	l.lines(3)
	l.rotate(1, 2, false, false, false)
	l.lines(3)
	w := startWatch(t, opts, l.name)
	w.wait(8)
	l.lines(2)
	l.copyAndCut(l.name + ".0")
	l.lines(1)
	w.wait(11)
	all = append(all, w.end()...)
	for round := range 3 {
		for _, name := range []string{l.name + ".0", l.name + ".1", l.name + ".2", l.name} {
			l.linesTo(name, 2)
		}
		w := startWatch(t, opts, l.name)
		w.wait(8)
		all = append(all, w.end()...)
		if w.result.Incomplete() {
			t.Errorf("skipped: %+v", w.result.Skipped)
		}
		for _, f := range w.found {
			if p := f.Places[0]; p.Origin.Path == filepath.ToSlash(l.name)+".1" && p.Start.Line-4 != 2*round && p.Start.Line-5 != 2*round {
				t.Errorf("round %d: found at line %d", round, p.Start.Line)
			}
		}
	}
	slices.Sort(all)
	l.each(all)
}

// TestFollowRotatedThatChanged: where it cannot be told what is new in a file that an earlier run read, that is said.
func TestFollowRotatedThatChanged(t *testing.T) {
	for _, packed := range []bool{false, true} {
		l := newLog(t)
		opts := FollowOptions{State: filepath.Join(t.TempDir(), "state")}
		l.lines(3)
		l.run(opts, 3)
		l.lines(5)
		l.rotate(0, 1, false, packed, false)
		l.lines(1)
		l.run(opts, 6)
		name, want := l.name+".1", finding.SkipMissing
		if packed {
			name, want = name+".gz", finding.SkipUnsupported
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !packed {
			text[len(text)-2] ^= 1
		}
		if err := os.WriteFile(name, append(text, text...), 0o644); err != nil {
			t.Fatal(err)
		}
		for range 2 { // as long as it is there
			l.lines(1)
			got, read := l.run(opts, 1)
			if len(got) != 1 || read.Skipped[want] != 1 {
				t.Errorf("packed %t: %d tokens, skipped %v, want %s", packed, len(got), read.Skipped, want)
			}
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

// TestFollowNumberGivenAgain: what was there at the start went before it was looked at, and its number was given to the
// packed copy of a log that is read.
func TestFollowNumberGivenAgain(t *testing.T) {
	l := newLog(t)
	name := l.name + ".1"
	l.linesTo(name, 2)
	l.pack(name)
	var found []string
	f := &Follower{targets: []string{l.name + "*"}, known: map[string]bool{}, state: &followState{}, opts: FollowOptions{
		Jobs: 1, Plan: settle.NewPlan(nil), Poll: time.Millisecond, Linger: time.Hour,
		Tell: func(told []finding.Finding) error {
			for _, x := range told {
				found = append(found, x.Secret.Reveal())
			}
			return nil
		},
	}}
	f.skips = map[string]finding.Skip{}
	l.next = 0
	l.lines(10)
	if err := f.discover(true); err != nil || len(f.order) != 2 {
		t.Fatal(len(f.order), err)
	}
	d := sourcetest.New()
	f.order[0].step(d)
	text, err := os.ReadFile(l.name)
	if err == nil {
		err = os.WriteFile(name, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.Stat(name + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	l.pack(name) // into the same file
	if info, err := os.Stat(name + ".gz"); err != nil || !os.SameFile(info, other) {
		t.Fatal("another file", err)
	}
	f.order[1].step(d)
	time.Sleep(300 * time.Millisecond)
	f.order[1].step(d)
	f.end()
	l.each(found)
	if len(f.order[1].files) != 1 {
		t.Error("the packed copy is still waited with")
	}
}

// TestFollowPackedWithMore: a log that was written to after its follower left it, and packed then, is read on.
func TestFollowPackedWithMore(t *testing.T) {
	t.Run("between runs", func(t *testing.T) {
		l := newLog(t)
		opts := FollowOptions{State: filepath.Join(t.TempDir(), "state"), Linger: time.Millisecond}
		l.lines(5)
		w := startWatch(t, opts, l.name)
		w.wait(5)
		l.rename(l.name + ".1")
		l.lines(5)
		w.wait(10)
		time.Sleep(50 * time.Millisecond)
		got := w.end()
		l.linesTo(l.name+".1", 4)
		l.pack(l.name + ".1")
		w = startWatch(t, opts, l.name)
		w.wait(4)
		got = append(got, w.end()...)
		slices.Sort(got)
		l.each(got)
		more, _ := l.run(opts, 0)
		if len(more) > 0 {
			t.Errorf("came again: %v", more)
		}
	})
	t.Run("in a run", func(t *testing.T) {
		l := newLog(t)
		moved := filepath.Join(filepath.Dir(l.name), "moved")
		l.lines(5)
		w := startWatch(t, FollowOptions{Linger: 20 * time.Millisecond}, l.name+"*")
		w.wait(5)
		l.rename(moved)
		l.lines(5)
		w.wait(10)
		time.Sleep(100 * time.Millisecond)
		l.linesTo(moved, 4)
		if err := os.Rename(moved, l.name+".1"); err != nil {
			t.Fatal(err)
		}
		l.pack(l.name + ".1")
		w.wait(14)
		l.each(w.end())
	})
	t.Run("the same first lines", func(t *testing.T) { // as web servers write above each log
		l := newLog(t)
		header := []byte(strings.Repeat("# Fields: date time method uri status\n", 10))
		for _, name := range []string{l.name + ".1", l.name} {
			if err := os.WriteFile(name, header, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		l.linesTo(l.name+".1", 6)
		l.pack(l.name + ".1")
		w := startWatch(t, FollowOptions{Linger: 20 * time.Millisecond}, l.name+"*")
		w.wait(6)
		l.lines(3)
		w.wait(9)
		l.each(w.end())
	})
}
