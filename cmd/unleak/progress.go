package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// progress shows one line on a terminal for anything that takes over a second: what is done of what there is, how fast,
// and how long the rest may take. It is drawn by the clock, so that one long file does not look like a standstill.
type progress struct {
	w     io.Writer // nil: not shown
	width int       // columns; 0: unknown
	start time.Time
	stop  chan struct{}
	group sync.WaitGroup

	mu    sync.Mutex
	units map[string]*pace
	now   *pace // what was reported last
}

// pace is how one unit gets on.
type pace struct {
	unit        string
	done, total int64
	since       time.Time
}

const (
	progressDelay = time.Second
	progressEvery = 200 * time.Millisecond
	clearLine     = "\r\x1b[K" // carriage return; erase to the end of the line (ECMA-48, 8.3.41)
)

// newProgress starts the display, if standard error is a terminal that may show it; clear ends it.
func (a *app) newProgress() *progress {
	width, ok := terminal(a.stderr)
	if !ok || a.quiet || a.noProgress || os.Getenv("TERM") == "dumb" { // which cannot take a line back
		return &progress{}
	}
	p := &progress{w: a.stderr, width: width, start: time.Now(), stop: make(chan struct{}), units: map[string]*pace{}}
	p.group.Go(p.draw)
	return p
}

// update is called by the scanner, from one goroutine at a time.
func (p *progress) update(unit string, done, total int64) {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.units[unit]
	if now == nil {
		now = &pace{unit: unit, since: time.Now()}
		p.units[unit] = now
	}
	now.done, now.total, p.now = done, total, now
}

func (p *progress) draw() {
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	drawn := false
	for {
		select {
		case at := <-tick.C:
			if at.Sub(p.start) < progressDelay {
				continue
			}
			drawn = true
			fmt.Fprint(p.w, clearLine+p.line(at))
		case <-p.stop:
			if drawn {
				fmt.Fprint(p.w, clearLine)
			}
			return
		}
	}
}

// line returns what is shown at a moment, short enough for the terminal: a line that wraps cannot be taken back.
func (p *progress) line(at time.Time) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := "scanning, " + short(at.Sub(p.start))
	if p.now != nil {
		text = progressLine(p.now.unit, p.now.done, p.now.total, at.Sub(p.now.since))
	}
	if p.width > 0 && len(text) >= p.width {
		text = text[:p.width-1]
	}
	return text
}

// progressLine tells done of total units, their rate, and the time the rest takes at that rate.
func progressLine(unit string, done, total int64, took time.Duration) string {
	rate := float64(done) / max(took.Seconds(), 1e-3)
	known := total > 0 && done <= total
	var line string
	switch {
	case unit == "bytes" && known:
		line = fmt.Sprintf("%s of %s (%d%%), %s/s", megabytes(float64(done)), megabytes(float64(total)), percent(done, total), megabytes(rate))
	case unit == "bytes":
		line = fmt.Sprintf("%s, %s/s", megabytes(float64(done)), megabytes(rate))
	case known:
		line = fmt.Sprintf("%d of %d %s (%d%%), %.0f/s", done, total, unit, percent(done, total), rate)
	default:
		line = fmt.Sprintf("%d %s, %.0f/s", done, unit, rate)
	}
	if !known {
		return line + ", " + short(took)
	}
	if left := float64(total-done) / max(rate, 1e-9); done > 0 && left < 1e6 {
		line += fmt.Sprintf(", %s left", short(time.Duration(left*float64(time.Second))))
	}
	return line
}

func megabytes(n float64) string { return fmt.Sprintf("%.0f MB", n/1e6) }

func percent(done, total int64) int { return int(100 * float64(done) / float64(total)) }

func short(d time.Duration) string { return d.Truncate(time.Second).String() }

// clear ends the display and takes the line away.
func (p *progress) clear() {
	if p.w != nil {
		close(p.stop)
		p.group.Wait()
	}
}
