package source

import (
	"io"
	"slices"
	"sync"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// Side reads along with a stream.
type Side interface {
	// Take takes the next bytes, which are valid until it returns. After an error it gets no more.
	Take(b []byte) error
	// End is called when the stream is over, unless there was an error.
	End()
}

// Along is a reader that hands what is read to a side too, on a goroutine of its own: what may be told of a stream
// before it is over. When a Read has returned an error, or Close has, the side is done.
type Along struct {
	r     io.Reader
	group sync.WaitGroup

	mu      sync.Mutex
	changed sync.Cond
	waiting []byte // for the side
	over    bool
}

// alongMost is how many bytes may wait for the side before the reader does.
const alongMost = 1 << 20

// ReadAlong returns a reader of r.
func ReadAlong(r io.Reader, side Side) *Along {
	a := &Along{r: r}
	a.changed.L = &a.mu
	a.group.Go(func() {
		var err error
		for b := a.next(nil); b != nil; b = a.next(b) {
			if err == nil {
				err = side.Take(b)
			}
		}
		if err == nil {
			side.End()
		}
	})
	return a
}

// next waits for bytes for the side; nil: there are no more. It may use the room of those before.
func (a *Along) next(before []byte) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.waiting) == 0 {
		if a.over {
			return nil
		}
		a.changed.Wait()
	}
	b := a.waiting
	a.waiting = before[:0]
	a.changed.Signal()
	return b
}

// Read implements io.Reader.
func (a *Along) Read(b []byte) (int, error) {
	n, err := a.r.Read(b)
	a.mu.Lock()
	for len(a.waiting) > alongMost {
		a.changed.Wait()
	}
	a.waiting = append(a.waiting, b[:n]...)
	a.changed.Signal()
	a.mu.Unlock()
	if err != nil {
		a.Close()
	}
	return n, err
}

// Close waits for the side. There is no Read after it.
func (a *Along) Close() {
	a.mu.Lock()
	a.over = true
	a.changed.Signal()
	a.mu.Unlock()
	a.group.Wait()
}

// TellLines tells findings of one text, sorted by position, line by line: how a stream came in pieces does not show then.
func TellLines(turn *scanner.Turn, found []finding.Finding) {
	for len(found) > 0 {
		n := slices.IndexFunc(found, func(f finding.Finding) bool {
			return f.Places[0].Start.Line != found[0].Places[0].Start.Line
		})
		if n < 0 {
			n = len(found)
		}
		turn.Tell(scanner.Told{Findings: found[:n:n]})
		found = found[n:]
	}
}
