package main

import (
	"strings"
	"testing"
	"time"
)

func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		unit        string
		done, total int64
		took        time.Duration
		want        string
	}{
		{"bytes", 120e6, 480e6, 2 * time.Second, "120 MB of 480 MB (25%), 60 MB/s, 6s left"},
		{"bytes", 120e6, 0, 2 * time.Second, "120 MB, 60 MB/s, 2s"}, // a stream
		{"files", 500, 2000, 5 * time.Second, "500 of 2000 files (25%), 100/s, 15s left"},
		{"files", 2000, 2000, 5 * time.Second, "2000 of 2000 files (100%), 400/s, 0s left"},
		{"files", 0, 2000, 5 * time.Second, "0 of 2000 files (0%), 0/s"},
		{"files", 30, 0, 3 * time.Second, "30 files, 10/s, 3s"},  // how many there are is not known
		{"files", 30, 20, 3 * time.Second, "30 files, 10/s, 3s"}, // nor here
		{"files", 1, 1 << 62, time.Second, "1 of 4611686018427387904 files (0%), 1/s"},
	} {
		if got := progressLine(c.unit, c.done, c.total, c.took); got != c.want {
			t.Errorf("%d of %d in %s: %q, want %q", c.done, c.total, c.took, got, c.want)
		}
	}
}

// Each unit has a pace of its own: objects that are walked after files do not inherit the files' time.
func TestProgressKeepsUnitsApartAndFitsTheTerminal(t *testing.T) {
	var out strings.Builder
	p := &progress{w: &out, width: 24, units: map[string]*pace{}}
	p.update("files", 10, 10)
	p.units["files"].since = time.Now().Add(-time.Hour)
	p.update("objects", 100, 300)
	at := p.units["objects"].since.Add(10 * time.Second)
	if got, want := p.line(at), "100 of 300 objects (33%"; got != want {
		t.Errorf("narrow: %q, want %q", got, want)
	}
	p.width = 1
	if got := p.line(at); got != "" {
		t.Errorf("where a single sign would wrap: %q, want nothing", got)
	}
	p.width = 100
	if got, want := p.line(at), "100 of 300 objects (33%), 10/s, 20s left"; got != want {
		t.Errorf("wide: %q, want %q", got, want)
	}
}
