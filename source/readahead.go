package source

import (
	"context"
	"fmt"
	"io"
	"sync"
)

const (
	aheadChunk  = 256 << 10
	aheadChunks = 16
)

// Ahead is a reader that reads on a goroutine of its own, a few megabytes ahead.
type Ahead struct {
	ctx        context.Context // of the one scan it lives for
	full, free chan []byte
	stop       chan struct{}
	group      sync.WaitGroup
	current    []byte
	off        int
	err        error // set before full is closed
}

// ReadAhead starts to read r. Whoever is done with the reader calls Close, or Abandon where r may block for ever.
func ReadAhead(ctx context.Context, r io.Reader) *Ahead {
	a := &Ahead{
		ctx: ctx, full: make(chan []byte, aheadChunks), free: make(chan []byte, aheadChunks), stop: make(chan struct{}),
	}
	for range aheadChunks {
		a.free <- nil // made when needed
	}
	a.group.Go(func() {
		defer close(a.full)
		a.err = a.pump(ctx, r)
	})
	return a
}

func (a *Ahead) pump(ctx context.Context, r io.Reader) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reader broke down: %v", p)
		}
	}()
	for {
		var buf []byte
		select {
		case buf = <-a.free:
		case <-a.stop:
			return io.ErrClosedPipe
		case <-ctx.Done():
			return ctx.Err()
		}
		if buf == nil {
			buf = make([]byte, aheadChunk)
		}
		buf = buf[:cap(buf)]
		n := 0
		for n < len(buf) && err == nil {
			var k int
			k, err = r.Read(buf[n:])
			n += k
			if n > 0 && len(a.full) == 0 {
				break // the reader waits: a slow stream is handed on as it comes
			}
		}
		a.full <- buf[:n] // never blocks: there are as many places as buffers
		if err != nil {
			return err
		}
	}
}

// Read implements io.Reader. It does not wait for r when the context is done.
func (a *Ahead) Read(b []byte) (int, error) {
	for a.off == len(a.current) {
		if a.current != nil {
			a.free <- a.current
			a.current, a.off = nil, 0
		}
		select {
		case next, ok := <-a.full:
			if !ok {
				return 0, a.err
			}
			a.current = next
		case <-a.ctx.Done():
			return 0, a.ctx.Err()
		}
	}
	n := copy(b, a.current[a.off:])
	a.off += n
	return n, nil
}

// Abandon stops reading without waiting for a Read of r that is under way.
func (a *Ahead) Abandon() { close(a.stop) }

// Close stops reading and waits for the goroutine.
func (a *Ahead) Close() {
	close(a.stop)
	for range a.full {
	}
	a.group.Wait()
}
