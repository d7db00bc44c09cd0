package main

import (
	"fmt"
	"io"
	"time"
)

// progress shows one line on a terminal for anything that takes over a second: what is done of what there is, and
// how long the rest may take.
type progress struct {
	w      io.Writer // nil: not shown
	width  int
	start  time.Time
	shown  time.Time
	active bool
}

const (
	progressDelay = time.Second
	progressEvery = 100 * time.Millisecond
)

func (a *app) newProgress() *progress {
	width, ok := terminal(a.stderr)
	if !ok || a.quiet || a.noProgress {
		return &progress{}
	}
	return &progress{w: a.stderr, width: width, start: time.Now()}
}

// update is called by the scanner, from one goroutine at a time.
func (p *progress) update(unit string, done, total int64) {
	if p.w == nil {
		return
	}
	now := time.Now()
	if now.Sub(p.start) < progressDelay || now.Sub(p.shown) < progressEvery {
		return
	}
	p.shown, p.active = now, true
	line := progressLine(unit, done, total, now.Sub(p.start))
	if len(line) >= p.width && p.width > 1 {
		line = line[:p.width-1]
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", line)
}

func progressLine(unit string, done, total int64, took time.Duration) string {
	rate := float64(done) / took.Seconds()
	if total <= 0 || done > total {
		return fmt.Sprintf("%d %s, %.0f/s", done, unit, rate)
	}
	line := fmt.Sprintf("%d of %d %s (%d%%), %.0f/s", done, total, unit, 100*done/total, rate)
	if left := float64(total-done) / max(rate, 1e-9); done > 0 && left < 1e6 {
		line += fmt.Sprintf(", %s left", (time.Duration(left) * time.Second).String())
	}
	return line
}

// clear takes the line away.
func (p *progress) clear() {
	if p.active {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
