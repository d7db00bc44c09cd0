package store

import (
	"context"
	"errors"
	"io"
	"sync"
)

// How many stores are read at once, and how many secrets of one store.
const (
	storesAtOnce  = 4
	secretsAtOnce = 8
)

// branch returns a reader that takes what a part of the store holds, to be joined later.
func (r *reader) branch() *reader {
	out := *r
	out.into = &Contents{Counts: map[string]int64{}}
	return &out
}

// join adds what a branch took.
func (c *Contents) join(o *Contents) {
	c.Values = append(c.Values, o.Values...)
	c.Skipped = append(c.Skipped, o.Skipped...)
	for unit, n := range o.Counts {
		c.Counts[unit] += n
	}
}

// each calls do for n things, several at a time, and returns the first error, after which nothing more is begun. What
// the readers that do gets take is joined in the order of the things. It may be called by do: all that goes on at once
// in one store is bounded together.
func (r *reader) each(ctx context.Context, n int, do func(ctx context.Context, r *reader, i int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	branches, errs := make([]*reader, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		if ctx.Err() != nil {
			errs[i] = ctx.Err()
			break
		}
		branches[i] = r.branch()
		run := func() {
			if errs[i] = do(ctx, branches[i], i); errs[i] != nil {
				cancel()
			}
		}
		select {
		case r.busy <- struct{}{}:
			wg.Go(func() {
				defer func() { <-r.busy }()
				run()
			})
		default:
			run()
		}
	}
	wg.Wait()
	for _, b := range branches {
		if b != nil {
			r.into.join(b.into)
		}
	}
	return first(errs)
}

// first returns the first error that is not the end of the others by it, or else the first.
func first(errs []error) error {
	var ended error
	for _, err := range errs {
		switch {
		case err != nil && !errors.Is(err, context.Canceled):
			return err
		case ended == nil:
			ended = err
		}
	}
	return ended
}

// oneAtATime lets the stores write to one audit log.
type oneAtATime struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *oneAtATime) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.w.Write(p)
}

// newReader returns what takes all that one store holds.
func newReader(s source, o Options) *reader {
	return &reader{into: &Contents{Counts: map[string]int64{}}, store: s.name(), opts: o, busy: make(chan struct{}, secretsAtOnce-1)}
}
