package logs

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
)

// place decides where to begin with a file.
func (x *followed) place(g *generation, d scanner.Detector) error {
	head := make([]byte, headSize)
	n, err := g.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	g.Head = digestOf(head[:n])
	state := x.f.state
	x.f.placing.Lock()
	e, ok := state.take(func(e *stateEntry) bool { return e.same(g.ID, g.file) })
	x.f.placing.Unlock()
	if ok { // here or elsewhere
		before := make([]byte, min(e.Mark.Offset, followBack))
		k, _ := g.file.ReadAt(before, e.Mark.Offset-int64(len(before)))
		g.text.resume(before[:k], e.Mark)
		g.tail = before[max(0, k-tailSize):k]
		x.fail(x.resumeRotated(d))
		return nil
	}
	if t, renamed := x.f.elsewhere(x, g); t != nil {
		if renamed || x.waited(sight{id: g.ID}) < x.f.opts.Linger {
			return errLater
		}
		g.text.resume(nil, mark{Offset: t.At}) // a copy that went its own way
		return nil
	}
	if err := x.resumeElsewhere(d); err != nil {
		return err
	}
	early := x.early && !x.begun && (g.ID == x.first || x.first == fileID{})
	packed := archive.Detect(head[:n]) != archive.None
	now := sight{id: g.ID}
	if packed { // it is not read on later
		now.size, now.written = g.size, g.written
	}
	if !early && (packed || x.f.rotated(x.path)) { // perhaps it is being written, of a log that will be cut or removed
		if x.waited(now) < 3*x.f.opts.Poll+100*time.Millisecond {
			return errLater
		}
	}
	end := mark{Offset: g.size}
	unpacked := func() (io.Reader, error) {
		r, _, err := archive.Decompress(io.NewSectionReader(g.file, 0, g.size))
		return r, err
	}
	k := state.earlier(unpacked)
	if !k.known && packed {
		if k = state.closed(unpacked); !k.known {
			k = x.f.open(unpacked)
		}
	}
	switch {
	case k.known && k.more && k.open && x.waited(now) < x.f.opts.Linger: // it may be read in its own place yet
		return errLater
	case k.known && k.more && packed:
		return x.packed(g, end, k.mark)
	case k.known && k.more:
		return g.text.resumeAt(io.NewSectionReader(g.file, 0, g.size), k.mark)
	case k.known: // rotated: it was read in its own place
		g.text.resume(nil, end)
		g.packed = packed
		return nil
	}
	if x.f.opts.FromEnd && early {
		g.text.resume(nil, end)
		return nil
	}
	if packed {
		return x.packed(g, end, mark{})
	}
	return nil
}

// sight is a file as it was seen.
type sight struct {
	id      fileID
	size    int64
	written time.Time
}

// waited returns how long ago what is at the path was first seen as it is.
func (x *followed) waited(now sight) time.Duration {
	if x.since.IsZero() || x.seen != now {
		x.since, x.seen = time.Now(), now
	}
	return time.Since(x.since)
}

// packed reads a compressed log, which does not grow, once, from a mark.
func (x *followed) packed(g *generation, end, from mark) error {
	r, _, err := archive.Decompress(io.NewSectionReader(g.file, 0, g.size))
	if err != nil {
		return err
	}
	defer r.Close()
	g.packed = true
	text := g.text
	g.text = x.f.newGrowing(text.detector, x.shown)
	g.text.resume(nil, end)
	if err := text.resumeAt(r, from); err != nil {
		return err
	}
	return x.drain(text, r)
}

// cut ends a file that was cut, with what a copy of it has that was not read.
func (x *followed) cut(g *generation) {
	g.old, g.done = true, true
	t := g.trace
	t.At, t.Tail = g.text.read, digestOf(g.tail)
	r, err := t.beside(x.path)
	x.fail(err)
	if r != nil {
		defer r.Close()
		x.f.state.put(r.entry(mark{Offset: r.size}))
		x.fail(x.drain(g.text, r))
		x.f.state.replace(r.entry(g.text.settled))
	}
}

// resumeElsewhere reads what the earlier run left of the file that was at the path then, and what came after it.
func (x *followed) resumeElsewhere(d scanner.Detector) error {
	if x.begun || x.searched {
		return nil
	}
	x.searched = true
	e, r, err := x.missed()
	if e.Path == "" {
		return err
	}
	since := x.f.state.saved
	if r != nil {
		defer r.Close()
		text := x.f.newGrowing(d, r.name)
		text.resume(r.before, e.Mark)
		since, err = r.written, x.drain(text, r)
		x.f.state.replace(r.entry(text.settled))
	}
	return errors.Join(err, x.readBetween(d, since))
}

// resumeRotated reads the rest of what had been rotated when the earlier run ended, where the file at the path is the same.
func (x *followed) resumeRotated(d scanner.Detector) error {
	if x.begun || x.searched {
		return nil
	}
	x.searched = true
	return x.readBetween(d, time.Time{})
}

// missed finds the log that was at the path when the earlier run ended and was rotated away while nobody looked, and
// notes that it is read; nil: there is none.
func (x *followed) missed() (stateEntry, *found, error) {
	x.f.placing.Lock()
	defer x.f.placing.Unlock()
	e, ok := x.f.state.take(func(e *stateEntry) bool { return e.Path == x.path && !e.Old })
	if !ok {
		return e, nil, nil
	}
	r, err := e.beside(x.path)
	if r == nil {
		if e.Head.Size > 0 {
			x.f.skip(x.path+"\x00", finding.Skip{Name: x.shown, Reason: finding.SkipMissing,
				Detail: fmt.Sprintf("what was written to it behind byte %d before it was taken away is in no file beside it", e.Mark.Offset)})
		}
		e.Old = true // should it come back, it is known by its identity
		x.f.state.put(e)
		return e, nil, err
	}
	x.f.state.put(r.entry(mark{Offset: r.size}))
	return e, r, nil
}

// drain reads a log that grows no more to its end.
func (x *followed) drain(text *growing, r io.Reader) error {
	b := make([]byte, followChunk)
	for {
		n, err := r.Read(b)
		x.f.bytes.Add(int64(n))
		if e := text.take(b[:n]); e != nil {
			return e
		}
		if e := text.settle(settle.Now); e != nil {
			return e
		}
		if err == io.EOF {
			return text.settle(settle.End)
		}
		if err != nil {
			return err
		}
	}
}

// rotated tells whether a path is named as if it had been another that is followed: LOG.1, LOG-20261123, LOG.1.gz.
func (f *Follower) rotated(path string) bool {
	for _, o := range f.all() {
		if rest, ok := strings.CutPrefix(path, o.path); ok && rest != "" && strings.ContainsRune(".-_~", rune(rest[0])) {
			return true
		}
	}
	return false
}

// open tells whether a log, which open opens unpacked, is one that is being read, or a copy of one.
func (f *Follower) open(open func() (io.Reader, error)) knownLog {
	var best knownLog
	for _, o := range f.all() {
		o.snap.Lock()
		traces := slices.Clone(o.traces)
		o.snap.Unlock()
		for i := range traces {
			best = best.or(traces[i].in(open, mark{Offset: traces[i].At}))
		}
	}
	best.open = true
	return best
}

// elsewhere returns what is read under another path that a file is: renamed, or a copy of it.
func (f *Follower) elsewhere(x *followed, g *generation) (t *trace, renamed bool) {
	head := make([]byte, headSize)
	n, _ := g.file.ReadAt(head, 0)
	known := map[int]digest{}
	heads := func(d digest) bool { // with thousands of logs, the file is read once
		if d.Size == 0 || d.Size > n {
			return false
		}
		if _, ok := known[d.Size]; !ok {
			known[d.Size] = digestOf(head[:d.Size])
		}
		return known[d.Size] == d
	}
	for _, o := range f.all() {
		if o == x {
			continue
		}
		if t, renamed = o.reads(g, heads); t != nil {
			return t, renamed
		}
	}
	return nil, false
}

func (x *followed) reads(g *generation, heads func(digest) bool) (t *trace, renamed bool) {
	x.snap.Lock()
	traces := slices.Clone(x.traces)
	x.snap.Unlock()
	for i := range traces {
		t := &traces[i]
		if t.ID == g.ID && g.ID != (fileID{}) {
			return t, true
		}
		if t.At == 0 || !heads(t.Head) {
			continue
		}
		if _, ok := t.copied(bufio.NewReaderSize(io.NewSectionReader(g.file, 0, 1<<62), tailSize)); ok {
			return t, false
		}
	}
	return nil, false
}
