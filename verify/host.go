package verify

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// givenUp is the number of network failures in a row after which a host is left alone for the rest of the run.
const givenUp = 5

// pace keeps the requests to one host within its limits. It is safe for concurrent use.
type pace struct {
	slots   chan struct{} // one for each request at once
	every   time.Duration // between two requests; 0: no limit
	maxWait time.Duration

	mu       sync.Mutex
	next     time.Time // of the next request
	pause    time.Time // the issuer asked to wait until then
	failures int       // of the network, in a row
}

func newPace(o Options) *pace {
	p := &pace{slots: make(chan struct{}, o.PerHost), maxWait: o.MaxWait}
	if o.Rate > 0 {
		p.every = time.Duration(float64(time.Second) / o.Rate)
	}
	return p
}

// enter waits for a turn. Whoever gets one calls leave.
func (p *pace) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		wait, err := p.turn(time.Now())
		if err == nil && wait > 0 {
			err = sleep(ctx, wait)
		}
		if err != nil {
			p.leave()
			return err
		}
		if wait <= 0 || p.clear(time.Now()) {
			return nil
		}
	}
}

func (p *pace) leave() { <-p.slots }

// turn takes the next free moment and returns how far off it is.
func (p *pace) turn(now time.Time) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failures >= givenUp {
		return 0, problem(fmt.Sprintf("left alone: the host failed %d times in a row", p.failures))
	}
	at := p.next
	if at.Before(now) {
		at = now
	}
	if at.Before(p.pause) {
		at = p.pause
	}
	if wait := p.pause.Sub(now); wait > p.maxWait {
		return 0, problem(fmt.Sprintf("rate limit of the issuer: it asks to wait %s", wait.Round(time.Second)))
	}
	p.next = at.Add(p.every)
	return at.Sub(now), nil
}

// clear tells whether no pause began while a turn was waited for.
func (p *pace) clear(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.pause.After(now)
}

// hold keeps requests back for d.
func (p *pace) hold(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d); until.After(p.pause) {
		p.pause = until
	}
}

// result notes whether the network let a request through.
func (p *pace) result(answered bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if answered {
		p.failures = 0
	} else {
		p.failures++
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
