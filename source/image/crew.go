package image

import (
	"bytes"
	"context"
	"io"
	"math/bits"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/unleak/unleak/scanner"
)

// A layer is read by one goroutine, which hands on the files in it: as many others as there are jobs scan them, whichever
// layer they are of. What they find is joined in the order of the layer (scanned.join).
//
//	blob ── hash, decompress ── tar ── batches ──▶ hand ──▶ join ──▶ told, hits
//	                                          └──▶ hand ──▶  ┘
const (
	batchBytes = 256 << 10      // of small files that are handed on together
	batchFiles = 4096           // names and files, at most
	heldLeast  = 2 * onceBytes  // bytes of files held at a time, by all layers
	heldMost   = 16 * onceBytes // however many jobs there are
	heldSizes  = 7              // of buffers: batchBytes << 6 is onceBytes
)

// crew is the hands of a run.
type crew struct {
	*run
	parts chan *part
	held  *semaphore.Weighted
	group sync.WaitGroup

	free [heldSizes]sync.Pool // buffers to use again, of batchBytes, of twice as much and so on

	mu    sync.Mutex
	hands int
}

// part is what one hand scans at a time: small files, or one that is a stream.
type part struct {
	of     *scanned
	index  int
	files  []file
	buffer []byte    // of the files' texts
	stream io.Reader // of the only file; nil: its text is at hand
	err    error     // of the stream
	done   chan struct{}
}

type file struct {
	path   string
	name   string   // what is to be scanned where it is no content: what is new in the path
	inside []string // of an archive's member: where in it
	size   int64    // of a stream, 0 where unknown
	text   []byte
	cut    bool // the layer broke off within it
}

func newCrew(r *run) *crew {
	jobs := r.sink.Jobs()
	r.sink.Idle(jobs)
	most := max(heldLeast, min(onceBytes*int64(jobs), heldMost, r.sink.MaxMemory()/2))
	return &crew{run: r, parts: make(chan *part, 4*jobs), held: semaphore.NewWeighted(most)}
}

// close waits for the hands. All parts have been handed on.
func (c *crew) close() {
	close(c.parts)
	c.group.Wait()
	c.sink.Idle(-c.sink.Jobs())
}

// number gives a part its place in the layer: the goroutine that reads it does, or the hand that it waits for.
func (p *part) number() *part {
	p.index = p.of.parts
	p.of.parts++
	return p
}

// hand hands on a part. There is one more hand as long as parts have to wait and jobs are left.
func (c *crew) hand(ctx context.Context, p *part) {
	c.more(ctx, p)
	c.parts <- p
}

// offer is hand, unless that has to wait.
func (c *crew) offer(ctx context.Context, p *part) bool {
	c.more(ctx, p)
	select {
	case c.parts <- p:
		return true
	default:
		p.of.group.Done()
		return false
	}
}

func (c *crew) more(ctx context.Context, p *part) {
	p.of.group.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hands == 0 || c.hands < c.sink.Jobs() && len(c.parts) > 0 {
		c.hands++
		c.group.Go(func() { c.work(ctx) })
	}
}

func (c *crew) work(ctx context.Context) {
	h := &hand{crew: c, worker: c.sink.Worker()}
	defer h.worker.Close()
	for p := range c.parts {
		c.sink.Idle(-1)
		h.scan(ctx, p)
		c.sink.Idle(1)
		c.release(p.buffer)
		if p.done != nil {
			close(p.done)
		}
		p.of.group.Done()
	}
}

// stream hands on a file of any length, and waits until it is read.
func (c *crew) stream(ctx context.Context, s *scanned, r io.Reader, path string, size int64) error {
	p := &part{of: s, files: []file{{path: path, size: size}}, stream: r, done: make(chan struct{})}
	c.hand(ctx, p.number())
	<-p.done
	return p.err
}

// acquire returns an empty buffer with room for so many bytes, at most onceBytes. It waits until they may be held, and
// fails when ctx is done. Whoever waits holds no other.
func (c *crew) acquire(ctx context.Context, size int64) ([]byte, error) {
	class := classOf(size)
	if err := c.held.Acquire(ctx, batchBytes<<class); err != nil {
		return nil, err
	}
	return c.buffer(class), nil
}

// buffer returns a buffer of a class, which may be held.
func (c *crew) buffer(class int) []byte {
	if b, ok := c.free[class].Get().(*[]byte); ok {
		return (*b)[:0]
	}
	return make([]byte, 0, batchBytes<<class)
}

func (c *crew) release(b []byte) {
	if b != nil {
		c.held.Release(int64(cap(b)))
		c.free[classOf(int64(cap(b)))].Put(&b)
	}
}

func classOf(size int64) int { return bits.Len64(uint64((size - 1) / batchBytes)) }

// batch gathers files of a layer.
type batch struct {
	crew   *crew
	of     *scanned
	files  []file
	buffer []byte
}

// file reads a file of the given size and hands it on, by itself or with others. The error is that of r.
func (b *batch) file(ctx context.Context, r io.Reader, path string, size int64) error {
	if size > onceBytes {
		b.send(ctx)
		return b.crew.stream(ctx, b.of, r, path, size)
	}
	if int64(cap(b.buffer)-len(b.buffer)) < size {
		if b.buffer != nil {
			b.send(ctx)
		}
		var err error
		if b.buffer, err = b.crew.acquire(ctx, max(size, batchBytes)); err != nil {
			return err
		}
	}
	start := len(b.buffer)
	n, err := io.ReadFull(r, b.buffer[start:start+int(size)])
	b.buffer = b.buffer[:start+n]
	b.files = append(b.files, file{path: path, text: b.buffer[start:len(b.buffer):len(b.buffer)], cut: err != nil})
	return err
}

// name hands on a name.
func (b *batch) name(ctx context.Context, path, name string) {
	if b.files = append(b.files, file{path: path, name: name}); len(b.files) >= batchFiles {
		b.send(ctx)
	}
}

// send hands on what is there.
func (b *batch) send(ctx context.Context) {
	if len(b.files) > 0 {
		b.crew.hand(ctx, (&part{of: b.of, files: b.files, buffer: b.buffer}).number())
	} else {
		b.crew.release(b.buffer)
	}
	b.files, b.buffer = nil, nil
}

// hand is one goroutine's share of a run.
type hand struct {
	*crew
	worker *scanner.Worker
	text   bytes.Reader
	of     *scanned
	hits   []hit // of the file at hand
}

// scan scans the files of a part.
func (h *hand) scan(ctx context.Context, p *part) {
	h.of = p.of
	_, _, before := h.worker.Tally("")
	if p.stream != nil {
		h.long(ctx, p)
	} else {
		var found [][]hit
		for i := range p.files {
			if ctx.Err() != nil {
				break
			}
			h.hits = nil
			h.file(ctx, &p.files[i])
			if len(h.hits) > 0 {
				found = append(found, h.hits)
			}
		}
		p.of.join(h.worker, p.index, found)
	}
	if _, _, after := h.worker.Tally(""); after > before {
		p.of.unread.Store(true)
	}
}
