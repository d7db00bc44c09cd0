package image

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

// readAhead reads on a goroutine of its own, a few megabytes ahead.
type readAhead struct {
	full, free chan []byte
	stop       chan struct{}
	group      sync.WaitGroup
	current    []byte
	off        int
	err        error // set before full is closed
}

func newReadAhead(ctx context.Context, r io.Reader) *readAhead {
	a := &readAhead{
		full: make(chan []byte, aheadChunks), free: make(chan []byte, aheadChunks), stop: make(chan struct{}),
	}
	for range aheadChunks {
		a.free <- make([]byte, aheadChunk)
	}
	a.group.Go(func() {
		defer close(a.full)
		a.err = a.pump(ctx, r)
	})
	return a
}

func (a *readAhead) pump(ctx context.Context, r io.Reader) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("decompressor broke down: %v", p)
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
		buf = buf[:cap(buf)]
		n := 0
		for n < len(buf) && err == nil {
			var k int
			k, err = r.Read(buf[n:])
			n += k
		}
		a.full <- buf[:n] // never blocks: there are as many places as buffers
		if err != nil {
			return err
		}
	}
}

func (a *readAhead) Read(b []byte) (int, error) {
	for a.off == len(a.current) {
		if a.current != nil {
			a.free <- a.current
			a.current, a.off = nil, 0
		}
		next, ok := <-a.full
		if !ok {
			return 0, a.err
		}
		a.current = next
	}
	n := copy(b, a.current[a.off:])
	a.off += n
	return n, nil
}

// Close stops reading and waits for the goroutine.
func (a *readAhead) Close() {
	close(a.stop)
	for range a.full {
	}
	a.group.Wait()
}
