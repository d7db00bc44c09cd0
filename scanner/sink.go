package scanner

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"github.com/unleak/unleak/finding"
)

// Sink takes what a source yields. Its methods may be called from any goroutine.
type Sink struct {
	opts   Options
	items  chan job
	memory *semaphore.Weighted
	group  sync.WaitGroup
	line   *line        // nil: findings are told at the end alone
	idle   atomic.Int64 // goroutines that have nothing to scan

	mu       sync.Mutex
	started  int
	found    collection
	coverage finding.Coverage
	progress map[string]*tally
	spare    []Detector // that nobody uses
}

type job struct {
	item   Item
	weight int64
	turn   *Turn
}

type tally struct{ done, total int64 }

func newSink(ctx context.Context, opts Options) *Sink {
	return &Sink{
		opts:     opts,
		items:    make(chan job),
		memory:   semaphore.NewWeighted(opts.MaxMemory),
		line:     newLine(opts.Found),
		found:    collection{},
		progress: map[string]*tally{},
	}
}

// Item hands an item to the workers. It blocks while they are busy or the memory budget is used up, and returns an
// error only when ctx is done.
func (s *Sink) Item(ctx context.Context, item Item) error {
	weight := int64(len(item.Text))
	if item.Open != nil {
		weight = streamBuffer
		if item.Size > 0 {
			weight = min(weight, item.Size)
		}
	}
	weight = min(weight, s.opts.MaxMemory)
	if err := s.memory.Acquire(ctx, weight); err != nil {
		return ctx.Err()
	}
	s.ensureWorker(ctx)
	turn := s.Turn()
	select {
	case s.items <- job{item, weight, turn}:
		return nil
	case <-ctx.Done():
		turn.End()
		s.memory.Release(weight)
		return ctx.Err()
	}
}

// ensureWorker starts one more worker until there are enough: a scan of one file pays for one.
func (s *Sink) ensureWorker(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started >= s.opts.Jobs {
		return
	}
	s.started++
	s.group.Go(func() {
		w := s.Worker()
		defer w.Close()
		for j := range s.items {
			w.Take(j.turn)
			if ctx.Err() == nil {
				w.scanItem(ctx, j.item)
			}
			s.memory.Release(j.weight)
			w.Take(nil)
		}
	})
}

// Jobs returns how many goroutines a source that scans by itself should use.
func (s *Sink) Jobs() int { return s.opts.Jobs }

// NewDetector returns a detector as workers have one.
func (s *Sink) NewDetector() Detector { return s.opts.NewDetector() }

// AllowMark returns the text that silences findings on its line.
func (s *Sink) AllowMark() string { return s.opts.AllowMark }

// MaxMemory returns how many bytes of content may be held at a time.
func (s *Sink) MaxMemory() int64 { return s.opts.MaxMemory }

// Skip records a thing that was not read.
func (s *Sink) Skip(k finding.Skip) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.coverage.Skip(k)
}

// Count adds n of a unit to the coverage.
func (s *Sink) Count(unit string, n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.coverage.Count(unit, n)
}

// Note adds a remark to the coverage.
func (s *Sink) Note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.coverage.Note(text)
}

// Progress adds to what is done, and to what there is to do, of a unit: "files", "objects", "bytes".
func (s *Sink) Progress(unit string, done, total int64) {
	if s.opts.Progress == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.progress[unit]
	if t == nil {
		t = &tally{}
		s.progress[unit] = t
	}
	t.done += done
	t.total += total
	s.opts.Progress(unit, t.done, t.total)
}

// add reports a resolved match at a place, if Detector.Accept says so.
func (w *Worker) add(m finding.Match, p finding.Place) bool {
	if !w.detector.Accept(&p.Origin, &m) {
		return false
	}
	w.put(m, p)
	return true
}

// put reports a match that was accepted.
func (w *Worker) put(m finding.Match, p finding.Place) {
	s := w.sink
	title, severity := w.detector.Describe(&m)
	if s.line != nil {
		w.tell(m, p, title, severity)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found.add(m, p, title, severity)
}

// also is add for a place that is not listed.
func (s *Sink) also(d Detector, m finding.Match, o finding.Origin) {
	m.Tags = slices.Clone(m.Tags)
	if !d.Accept(&o, &m) {
		return
	}
	title, severity := d.Describe(&m)
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.found[identity{m.Rule, m.Secret}]; f != nil {
		s.found.add(m, f.Places[0], title, severity)
	}
}

func (s *Sink) close() Result {
	close(s.items)
	s.group.Wait()
	s.line.close()
	return Result{Findings: s.found.sorted(), Coverage: s.coverage}
}
