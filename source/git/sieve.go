package git

import (
	"context"
	"slices"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/pack"
)

// sieve knows which of many blobs hold nothing at all, so that they need not be compared with what they were before.
// It looks through them as whole scans do, along the trees of deltas; see whole.go.
type sieve struct {
	table  *table
	wanted []bool  // by number: to be looked through
	sizes  []int64 // by number: bytes, of those that hold nothing; -1 of all others
}

// siftFrom is the number of files from which it pays to sift them: the headers of all objects are read for it.
const siftFrom = 2000

// sift looks through the contents of files. It returns nil if they are few.
func (r *run) sift(ctx context.Context, news []addition) *sieve {
	if len(news) < r.siftFrom() {
		return nil
	}
	r.store.ListLoose()
	t := newTable(r.store, r.sink.Jobs())
	t.skips = nil // what is damaged and not asked for is not told; the rest is when it is read
	s := &sieve{table: t, wanted: make([]bool, len(t.nodes)), sizes: make([]int64, len(t.nodes))}
	for i := range s.sizes {
		s.sizes[i] = -1
	}
	for i := range news {
		if news[i].file.mode.IsGitlink() || news[i].file.mode.IsTree() {
			continue
		}
		if number, ok := t.find(news[i].file.id[:r.store.Hash]); ok {
			s.wanted[number] = true
		}
	}
	t.idle = make([]bool, len(t.nodes))
	for i := range t.idle {
		t.idle[i] = !s.wanted[i]
	}
	t.settleIdle()
	visitors := make([]visitor[known], r.sink.Jobs())
	for i := range visitors {
		visitors[i] = &sifter{sieve: s, opts: &r.opts, worker: r.sink.Worker()} // whoever compares covers, and tells
	}
	roots := t.roots(func(k object.Kind) bool { return k == object.Blob || k == 0 })
	walk(ctx, t, roots, visitors, r.sink.MaxMemory(), r.sink.Idle)
	return s
}

func (r *run) siftFrom() int {
	if r.sifting > 0 {
		return r.sifting
	}
	return siftFrom
}

// empty tells whether a blob holds nothing, and its size.
func (s *sieve) empty(id object.ID) (size int64, ok bool) {
	if s == nil {
		return 0, false
	}
	number, ok := s.table.find(id[:s.table.store.Hash])
	if !ok || s.sizes[number] < 0 {
		return 0, false
	}
	return s.sizes[number], true
}

// sifter fills a sieve for one goroutine.
type sifter struct {
	sieve  *sieve
	opts   *Options
	worker *scanner.Worker
}

var _ visitor[known] = (*sifter)(nil)

func (v *sifter) visit(number int32, text []byte, d *pack.Delta, base known) known {
	if v.sieve.table.nodes[number].kind != object.Blob {
		return known{}
	}
	if isArchive(text, v.opts.Archives) {
		return known{broken: true}
	}
	_, _, skips := v.worker.Tally("")
	k, err := search(v.worker, text, d, base)
	if _, _, now := v.worker.Tally(""); err != nil || now > skips {
		return known{broken: true}
	}
	if _, lfs := lfsOID(text); v.sieve.wanted[number] && len(k.matches) == 0 && !lfs {
		v.sieve.sizes[number] = int64(len(text))
	}
	return k
}

// whole leaves large blobs to whoever reads them afterwards.
func (v *sifter) whole(int32, int64) bool { return true }

func (v *sifter) fail(int32, error) {}

func (v *sifter) done(int) {}

// settleIdle corrects idle: what a node that has to be read is built on has to be made as well.
func (t *table) settleIdle() {
	for _, i := range slices.Backward(t.order) {
		if n := &t.nodes[i]; n.base >= 0 && !t.idle[i] {
			t.idle[n.base] = false
		}
	}
}
