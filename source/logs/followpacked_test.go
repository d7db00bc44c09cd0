package logs

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestFollowPackedCopyThatWentItsOwnWay: a compressed copy of a log that is still read has lines which never come to the
// log itself. Once the log has had its time to get them, they are read from the copy.
func TestFollowPackedCopyThatWentItsOwnWay(t *testing.T) {
	l := newLog(t)
	l.lines(5)
	w := startWatch(t, FollowOptions{Linger: 50 * time.Millisecond}, l.name+"*")
	w.wait(5)
	text, err := os.ReadFile(l.name)
	if err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(t.TempDir(), "app.log.1")
	if err := os.WriteFile(aside, text, 0o644); err != nil {
		t.Fatal(err)
	}
	l.linesTo(aside, 3)
	l.pack(aside)
	if err := os.Rename(aside+".gz", l.name+".1.gz"); err != nil {
		t.Fatal(err)
	}
	w.wait(8)
	l.each(w.end())
}
