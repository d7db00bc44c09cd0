package logs

import (
	"context"
	"time"

	"github.com/unleak/unleak/finding"
)

// Progress says how a follow gets on. Counts are since its start.
type Progress struct {
	Time        time.Time `json:"time"`
	Files       int       `json:"files"`       // that are open
	Bytes       int64     `json:"bytes"`       // read
	Rate        float64   `json:"rate"`        // bytes a second since the last report
	Lag         int64     `json:"lag"`         // bytes that files have and that are not read: the reader of the findings, or this program, is too slow
	Waiting     int64     `json:"waiting"`     // bytes read that may still become part of a secret, or of a line
	Findings    int64     `json:"findings"`    //
	Rotations   int64     `json:"rotations"`   // files that others took the place of
	Truncations int64     `json:"truncations"` // files that were cut
	Unreadable  int       `json:"unreadable"`  // files that cannot be read now
}

// housekeeping looks for new files and keeps the state.
func (f *Follower) housekeeping(ctx context.Context) {
	tick := time.NewTicker(f.opts.Poll)
	defer tick.Stop()
	saved, looked := time.Now(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if now.Sub(looked) >= discoverEvery {
				f.forget()
				_ = f.discover(false) // a target that is gone may come back
				looked = now
			}
			if now.Sub(saved) >= stateEvery {
				f.save()
				saved = now
			}
		}
	}
}

// reports tells how the follow gets on, also while nobody takes the findings.
func (f *Follower) reports(ctx context.Context) {
	if f.opts.Every <= 0 || f.opts.Report == nil {
		return
	}
	tick := time.NewTicker(f.opts.Every)
	defer tick.Stop()
	last := f.progress(Progress{})
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			last = f.progress(last)
			f.opts.Report(last)
		}
	}
}

// progress returns how the follow gets on since the last time.
func (f *Follower) progress(last Progress) Progress {
	p := Progress{
		Time: time.Now().UTC(), Bytes: f.bytes.Load(), Findings: f.findings.Load(), Rotations: f.rotations.Load(),
		Truncations: f.truncations.Load(),
	}
	for _, x := range f.all() {
		p.Files += int(x.open.Load())
		p.Lag += x.unread()
	}
	f.mu.Lock()
	p.Unreadable = len(f.skips)
	f.mu.Unlock()
	p.Waiting = max(0, p.Bytes-f.settledBytes.Load())
	if took := p.Time.Sub(last.Time).Seconds(); !last.Time.IsZero() && took > 0 {
		p.Rate = float64(p.Bytes-last.Bytes) / took
	}
	return p
}

// coverage returns what was read.
func (f *Follower) coverage() finding.Coverage {
	c := finding.Coverage{Bytes: f.bytes.Load()}
	c.Count("logs", f.logs.Load())
	for _, n := range []struct {
		unit string
		n    int64
	}{{"rotations", f.rotations.Load()}, {"truncations", f.truncations.Load()}} {
		if n.n > 0 {
			c.Count(n.unit, n.n)
		}
	}
	for _, s := range f.skips {
		c.Skip(s)
	}
	return c
}
