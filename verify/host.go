package verify

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/unleak/unleak/internal/pause"
)

// givenUp is the number of network failures in a row after which a host is left alone for the rest of the run.
const givenUp = 5

// How the pace follows an issuer that counts: it is slowed to what was let through of late and a little less, once for
// all refusals within a moment, and after so many answers in a row it is tried a little faster again.
const (
	slowMoment = 200 * time.Millisecond
	slowLeast  = 20 * time.Millisecond // between two requests, where nothing was let through
	fasterAt   = 100
)

// catchUp is how far requests may lag behind their pace and still make up for it: a busy machine wakes nobody on time.
const catchUp = 100 * time.Millisecond

// pace keeps the requests to one host within its limits, and within those that the host shows. It is safe for
// concurrent use.
type pace struct {
	slots   chan struct{} // one for each request at once
	usual   time.Duration // between two requests; 0: no limit
	maxWait time.Duration

	mu       sync.Mutex
	next     time.Time // of the next request
	pause    time.Time // the issuer asked to wait until then
	failures int       // of the network, in a row
	every    time.Duration
	passed   int       // answers since
	since    time.Time // when the pace was last slowed, or began
	inARow   int       // answers since the last change of the pace
}

func newPace(o Options) *pace {
	p := &pace{slots: make(chan struct{}, o.PerHost), maxWait: o.MaxWait}
	if o.Rate > 0 {
		p.usual = time.Duration(float64(time.Second) / o.Rate)
	}
	p.every = p.usual
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
			err = pause.For(ctx, wait)
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
	if p.since.IsZero() {
		p.since, p.next = now, now
	}
	at := p.next
	if late := now.Add(-catchUp); at.Before(late) {
		at = late
	}
	if at.Before(p.pause) {
		at = p.pause
	}
	if wait := p.pause.Sub(now); wait > p.maxWait {
		return 0, problem(fmt.Sprintf("rate limit of the issuer: it asks to wait %s", wait.Round(time.Second)))
	}
	p.next = at.Add(p.every)
	return max(0, at.Sub(now)), nil
}

// clear tells whether no pause began while a turn was waited for.
func (p *pace) clear(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.pause.After(now)
}

// hold keeps requests back for d, as an issuer that counts them asked, and goes slower from then on.
func (p *pace) hold(d time.Duration, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := now.Add(d); until.After(p.pause) {
		p.pause = until
	}
	if took := now.Sub(p.since); took > slowMoment {
		slower := max(slowLeast, 2*p.every)
		if p.passed > 0 {
			slower = took / time.Duration(p.passed) * 11 / 10
		}
		p.every = max(p.every, min(slower, time.Second))
		p.passed, p.inARow, p.since = 0, 0, p.pause
	}
}

// result notes whether the network let a request through.
func (p *pace) result(answered bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if answered {
		p.failures = 0
		p.passed++
		if p.inARow++; p.inARow >= fasterAt && p.every > p.usual {
			p.inARow, p.every = 0, max(p.usual, p.every*95/100)
		}
	} else {
		p.failures++
	}
}
