package events

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSpoolNameless: a crash of an older version may have left a file that should name the receiver and is empty. It
// belongs to nobody, hides nothing that waits for others, and is made whole by whoever puts events there.
func TestSpoolNameless(t *testing.T) {
	dir := t.TempDir()
	s, err := NewSpool(dir, "https://siem.example/x")
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewSpool(dir, "https://other.example/y")
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Put([][]byte{[]byte(`{"n":0}`)}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.base+".sink", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.queue(), []byte("{\"n\":1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if all, err := Waiting(dir); err != nil || len(all) != 1 || !strings.Contains(all[0], "other") {
		t.Errorf("waiting for %q, %v", all, err)
	}
	if err := s.Put([][]byte{[]byte(`{"n":2}`)}); err != nil {
		t.Fatal(err)
	}
	if all, err := Waiting(dir); err != nil || len(all) != 2 {
		t.Errorf("waiting for %q, %v", all, err)
	}
	out := filepath.Join(t.TempDir(), "out")
	if sent, waiting, err := s.Deliver(context.Background(), &file{out}); sent != 2 || waiting != 0 || err != nil {
		t.Errorf("sent %d, waiting %d, %v", sent, waiting, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "sink-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
