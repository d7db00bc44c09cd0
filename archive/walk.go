package archive

import (
	"context"
	"fmt"
	"io"
)

// Visitor takes what a walk finds.
type Visitor interface {
	// Member is called with every stream that is no archive. The path names the members that lead to it, outermost
	// first; it is empty where the walked stream itself is no archive, or only wraps one stream. It must not be kept
	// without a copy. An error of r is told as a Problem by the walk itself. An error from Member ends the walk.
	Member(path []string, r io.Reader) error
	// Problem is called with what was not read.
	Problem(p Problem)
}

// Input is what is walked.
type Input struct {
	Reader io.Reader
	At     io.ReaderAt // optional: the same bytes, for formats that need random access
	Size   int64       // bytes; required with At, else 0 where unknown
}

// Walk reads a stream and everything inside it; see the package comment. It returns an error only when ctx is done or
// the visitor returned one.
func Walk(ctx context.Context, in Input, limits Limits, v Visitor) error {
	w := &walker{ctx: ctx, limits: limits.withDefaults(), visit: v, size: in.Size}
	top := &counted{r: in.Reader, n: &w.consumed}
	err := w.stream(source{r: top, at: in.At, size: in.Size}, nil, 0, 0)
	if w.fatal != nil {
		return w.fatal
	}
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	if w.exhausted != nil {
		v.Problem(Problem{Reason: Budget, Err: w.exhausted})
	} else if err != nil {
		v.Problem(Problem{Reason: ReasonOf(err), Err: err})
	}
	return nil
}

// walker is the state of one walk.
type walker struct {
	ctx       context.Context // of the one call of Walk that the walker lives for
	limits    Limits
	visit     Visitor
	size      int64 // of the outermost stream, 0 where unknown
	consumed  int64 // bytes read of it so far
	unpacked  int64
	entries   int64
	fatal     error // the visitor's
	visiting  bool  // the visitor is at work
	exhausted error // a limit of the whole walk is reached
	heads     []*prefixed
	within    []bomb // the archives that are open, outermost first
}

// bomb watches an archive within the outermost: one that unpacks to more than the limits let it is left, and what is
// around it is read on.
type bomb struct {
	packed int64 // bytes read of it
	before int64 // unpacked when it was opened
	err    error
}

// source is one stream within the walk.
type source struct {
	r    io.Reader
	at   io.ReaderAt // nil: not at hand
	size int64       // with at
}

// done tells whether the walk has to end.
func (w *walker) done() bool { return w.fatal != nil || w.exhausted != nil || w.ctx.Err() != nil }

// enter counts one member and tells whether the walk may go on.
func (w *walker) enter() bool {
	if w.entries++; w.entries > w.limits.Entries {
		w.exhausted = fmt.Errorf("more than %d members", w.limits.Entries)
	}
	return w.over() == nil && !w.done()
}

// stream looks at what s is and walks it. depth counts the containers around it, wraps the wrappings since the last.
// The error says what was wrong with s itself; trouble further inside has been told.
func (w *walker) stream(s source, path []string, depth, wraps int) error {
	level := depth*(maxWraps+1) + wraps
	for len(w.heads) <= level {
		w.heads = append(w.heads, &prefixed{})
	}
	head := w.heads[level]
	head.fill(s.r)
	kind := Detect(head.head[:head.n])
	if kind == None {
		return w.leaf(path, head)
	}
	s.r = head
	if level > 0 {
		w.within = append(w.within, bomb{before: w.unpacked})
		at := len(w.within) - 1
		defer w.leave(at)
		s.r = &inner{head, w, at}
	}
	err := w.guarded(func() error { return w.open(kind, s, path, depth, wraps) })
	switch kind {
	case Tar, Ar, Cpio, Rpm:
		if err != nil && !w.done() {
			w.leaf(path, s.r) // what stands behind the damage, packed in nothing
		}
	}
	return err
}

// guarded turns a parser that breaks down into an error. A visitor that does is not hidden.
func (w *walker) guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if w.visiting {
				panic(r)
			}
			err = fmt.Errorf("parser broke down: %v", r)
		}
	}()
	return f()
}

// open walks the archive s, whose bytes s.r gives from the start.
func (w *walker) open(kind Kind, s source, path []string, depth, wraps int) error {
	switch kind {
	case Unknown:
		w.problem(path, problem(Unsupported, formatName(s.r)+" archives are not read"))
		return w.leaf(path, s.r)
	case PDF, SQLite, Office, Class, Pyc:
		return w.document(kind, s, path, depth)
	case Gzip, Bzip2, Xz, Zstd, Lzma, Lz4, Lzip, Compress:
		if wraps >= maxWraps {
			return problem(TooDeep, "compressed over and over")
		}
		return w.unwrap(kind, s, path, depth, wraps)
	}
	if depth >= w.limits.Depth {
		return problem(TooDeep, fmt.Sprintf("archives nested more than %d deep", w.limits.Depth))
	}
	switch kind {
	case Zip:
		return w.zip(s, path, depth)
	case Tar:
		return w.tar(s, path, depth)
	case Ar:
		return w.ar(s, path, depth)
	case Cpio:
		return w.cpio(s, path, depth)
	case Rpm:
		return w.rpm(s, path, depth)
	case Cab:
		return w.cab(s, path, depth)
	default:
		return w.sevenZip(s, path, depth)
	}
}

// member walks one member of a container and tells its problems.
func (w *walker) member(r io.Reader, path []string, name string, depth int) {
	inner := append(path[:len(path):len(path)], name)
	if err := w.stream(source{r: r}, inner, depth+1, 0); err != nil && !w.done() {
		w.problem(inner, err)
	}
}

func (w *walker) problem(path []string, err error) {
	w.visit.Problem(Problem{Path: append([]string(nil), path...), Reason: ReasonOf(err), Err: err})
}

// leaf hands a stream that is no archive to the visitor and returns the stream's own error.
func (w *walker) leaf(path []string, r io.Reader) error {
	m := leafReader{w: w, r: r}
	w.visiting = true
	err := w.visit.Member(path, &m)
	w.visiting = false
	if err != nil && w.fatal == nil {
		w.fatal = err
	}
	return m.err
}

// over tells which limit is reached, of the walk or of an archive that is open.
func (w *walker) over() error {
	if w.exhausted != nil {
		return w.exhausted
	}
	for i := range w.within {
		if err := w.within[i].err; err != nil {
			return err
		}
	}
	return nil
}

// leave is over with an archive. What one came to that was left does not count against those around it.
func (w *walker) leave(at int) {
	if b := w.within[at]; b.err != nil {
		for i := range w.within[:at] {
			w.within[i].before += w.unpacked - b.before
		}
	}
	w.within = w.within[:at]
}

// spend counts unpacked bytes against the limits.
func (w *walker) spend(n int64) {
	w.unpacked += n
	for i := len(w.within) - 1; i >= 0; i-- { // what is blamed on one is not on those around it
		b := &w.within[i]
		if b.err != nil {
			break
		}
		if err := w.limits.check(w.unpacked-b.before, b.packed); err != nil {
			b.err = &problemError{Budget, err}
			break
		}
	}
	if err := w.limits.check(w.unpacked, max(w.size, w.consumed)); err != nil {
		w.exhausted = err
	}
}
