package git

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// outcome is all that a scan of a whole repository told. It is remembered, sealed (outcomeseal.go), beside what is
// remembered of the objects: a scan that finds the repository just as it was (outcomestate.go) tells it again and is done.
type outcome struct {
	coverage finding.Coverage // of objects, without bytes: none are looked at when it is told again
	known    []string         // values of all secrets that were found, sorted
	secrets  []telling        // of blobs and names, in their order
	messages []telling        // of commits and tags, likewise
}

// maxTold bounds how much is kept of what is told: places, and how many paths they list.
const maxTold = 1 << 18

// remembered opens the cache, if there is one, and makes ready for writing it anew. last is what was told of the repository
// when it was just as it is now; nil: it was not, or that is not known.
func (r *run) remembered(refs []repo.Ref, broken []string) (file *cacheContent, last *outcome) {
	if r.opts.Cache == "" {
		return nil, nil
	}
	beside(func() { file = r.openCache() }, func() { r.now = r.state(refs, broken) })
	if file != nil && file.memory.state == r.now {
		if last = r.openOutcome(r.now, file.memory.outcome); last != nil {
			r.usedMemory()
			return file, last
		}
	}
	r.recorder = newRecorder()
	return file, nil
}

// recorder keeps what a scan tells. A nil one keeps nothing.
type recorder struct {
	mu       sync.Mutex
	outcome  outcome
	unsure   bool           // it is too much
	rests    map[int32]bool // objects that it was taken from
	room     int
	announce [object.Tag + 1]int64
}

func newRecorder() *recorder { return &recorder{rests: map[int32]bool{}, room: maxTold} }

// skip tells of something that was not read.
func (r *run) skip(s finding.Skip) {
	r.sink.Skip(s)
	if c := r.recorder; c != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.outcome.coverage.Skip(s)
	}
}

// note adds a remark that follows from what the repository holds.
func (r *run) note(text string) {
	r.sink.Note(text)
	if c := r.recorder; c != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.outcome.coverage.Note(text)
	}
}

// closeWorker closes a worker whose coverage counts.
func (r *run) closeWorker(w *scanner.Worker) {
	if c := r.recorder; c != nil {
		left := w.Coverage()
		c.mu.Lock()
		c.outcome.coverage.Add(finding.Coverage{Skipped: left.Skipped, Examples: left.Examples, Further: left.Further, Notes: left.Notes})
		c.mu.Unlock()
	}
	w.Close()
}

// keep keeps what a reporter told, as the i-th of the secrets; below 0: as the next of the messages.
func (c *recorder) keep(i int, t telling) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unsure {
		return
	}
	c.room -= 1 + len(t.beside)
	for k := range t.told {
		c.room -= 1 + len(t.told[k].also)
		if g := t.told[k].place.Origin.Git; g != nil {
			c.room -= len(g.Paths) / 4
		}
	}
	switch {
	case c.room < 0:
		c.unsure, c.outcome.secrets, c.outcome.messages = true, nil, nil
	case i < 0:
		c.outcome.messages = append(c.outcome.messages, t)
	default:
		c.outcome.secrets[i] = t
	}
}

// restsOn notes objects that what is told was taken from.
func (c *recorder) restsOn(numbers ...int32) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range numbers {
		c.rests[n] = true
	}
}

// finish returns the outcome of the scan that a describes; nil if it is not to be remembered.
func (c *recorder) finish(a *attribution) *outcome {
	if c == nil || c.unsure || !c.rest(a) || slices.ContainsFunc(mayChange, func(r finding.SkipReason) bool { return c.outcome.coverage.Skipped[r] > 0 }) {
		return nil
	}
	o := &c.outcome
	for i := range a.table.nodes {
		if k := a.table.nodes[i].kind; a.table.canonical(int32(i)) == int32(i) && a.harvest.has(int32(i)) && k.Whole() {
			c.announce[k]++
		}
	}
	for k, n := range c.announce {
		if n > 0 {
			o.coverage.Count(object.Kind(k).String()+"s", n)
			o.coverage.Count("known objects", n)
		}
	}
	for _, s := range a.harvest.known {
		o.known = append(o.known, s.value)
	}
	slices.Sort(o.known)
	o.known = slices.Compact(o.known)
	return o
}

// mayChange are the reasons why something was not read that may hold no more the next time.
var mayChange = []finding.SkipReason{
	finding.SkipUnreadable, finding.SkipCorrupt, finding.SkipTooLarge, finding.SkipFailed, finding.SkipInterrupted, finding.SkipSpecial,
}

// rest adds to rests objects that hold the secrets which none of them does. It returns false if there is one that nothing
// holds.
func (c *recorder) rest(a *attribution) bool {
	had := make([]bool, len(a.harvest.known))
	missing := len(had)
	take := func(secrets []int32) (some bool) {
		for _, s := range secrets {
			if !had[s] {
				had[s], some = true, true
				missing--
			}
		}
		return some
	}
	for _, l := range a.leaves {
		if c.rests[l.number] {
			take(l.secrets)
		}
	}
	for _, l := range a.leaves {
		if missing > 0 && take(l.secrets) {
			c.rests[l.number] = true
		}
	}
	if !slices.ContainsFunc(a.harvest.nameHas, func(s []int32) bool { return len(s) > 0 }) {
		return missing == 0
	}
	for number, edges := range a.forest.edges {
		for _, e := range edges {
			if e.name&edgeNamed != 0 && take(a.harvest.nameHas[e.name&nameMask]) {
				c.rests[int32(number)] = true
			}
		}
	}
	return missing == 0
}

// stale reports whether something that was told has changed by itself.
func (o *outcome) stale(now time.Time) bool {
	for _, all := range [][]telling{o.secrets, o.messages} {
		for i := range all {
			if slices.ContainsFunc(all[i].told, func(t told) bool { return t.match.Stale(now) }) {
				return true
			}
		}
	}
	return false
}

// retell tells an outcome again.
func (r *run) retell(ctx context.Context, o *outcome, refs []repo.Ref) error {
	w := r.sink.Worker()
	w.Account(o.coverage)
	w.Close()
	known := o.coverage.Counts["known objects"]
	r.sink.Progress("objects", known, known)
	turns := r.turns(o.known, len(o.secrets))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(r.sink.Jobs(), len(o.secrets)/reportBatch+1) {
		r.guarded(&group, func() {
			w := r.sink.Worker()
			defer w.Close()
			for ctx.Err() == nil {
				from := next.Add(reportBatch) - reportBatch
				if from >= int64(len(o.secrets)) {
					return
				}
				w.Take(turns[from/reportBatch])
				for i := range o.secrets[from:min(from+reportBatch, int64(len(o.secrets)))] {
					o.secrets[int(from)+i].tell(w)
				}
				w.Take(nil)
			}
		})
	}
	group.Wait()
	p := &reporter{run: r, worker: r.sink.Worker()}
	defer p.worker.Close()
	for i := range o.messages {
		o.messages[i].tell(p.worker)
	}
	if !r.partial() {
		p.refs(refs)
	}
	return ctx.Err()
}
