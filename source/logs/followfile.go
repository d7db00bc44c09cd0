package logs

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
)

// followed is a path that is followed, with the files that stand or stood there: the last is the one that grows.
type followed struct {
	f        *Follower
	path     string
	shown    string
	named    bool      // it is a target itself, no match of one
	early    bool      // it was there before the follow began
	first    fileID    // of what was there then
	begun    bool      // a file was opened there
	since    time.Time // when the file there was first seen, while it is not read
	sinceID  fileID
	searched bool // what the state has of the path was looked for
	rotated  bool // one was taken away, and the next has not come
	job      int
	buffer   []byte

	mu    sync.Mutex // guards what follows; not held while another lock of the follower is
	files []*generation

	open, read atomic.Int64 // for reports: how many files, and how far the last was read
	snap       sync.Mutex
	traces     []trace // of the files, as of the last step
}

// leastHead is how many bytes tell a compressed file.
const leastHead = 8

// idleAfter is how long a finding waits for more of a log that stands still.
const idleAfter = 400 * time.Millisecond

// generation is one file at a path.
type generation struct {
	file *os.File
	trace
	text    *growing
	size    int64
	written time.Time // last, as of the last look
	tail    []byte    // what was read last
	old     bool      // another took its place
	packed  bool      // it is compressed: what is in it was read
	done    bool      // nothing more is read of it
	grown   time.Time
	idle    bool // it has not grown for a while
}

// step reads what there is to read of the path, a piece of each file at most, and tells whether there is more.
func (x *followed) step(d scanner.Detector) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.look(d)
	more := false
	kept := x.files[:0]
	for _, g := range x.files {
		more = x.advance(g) || more
		if g.old && (g.done || time.Since(g.grown) > x.f.opts.Linger) {
			x.retire(g)
			continue
		}
		kept = append(kept, g)
	}
	x.files = kept
	x.open.Store(int64(len(kept)))
	if g := x.current(); g != nil {
		x.read.Store(g.text.read)
	}
	x.snapshot()
	return more
}

// snapshot shows other paths what is read here.
func (x *followed) snapshot() {
	x.snap.Lock()
	defer x.snap.Unlock()
	x.traces = x.traces[:0]
	for _, g := range x.files {
		t := g.trace
		t.At, t.Tail = g.text.read, digestOf(g.tail)
		x.traces = append(x.traces, t)
	}
}

// unread returns how many bytes the file at the path has that were not read.
func (x *followed) unread() int64 {
	info, err := os.Stat(x.path)
	if err != nil || x.open.Load() == 0 {
		return 0
	}
	return max(0, info.Size()-x.read.Load())
}

// look finds out whether the path still leads to the same file.
func (x *followed) look(d scanner.Detector) {
	info, err := os.Stat(x.path)
	now := x.current()
	if err == nil && now != nil && idOf(info) == now.ID && info.Size() >= now.text.read && (info.Size() == now.size && info.ModTime().Equal(now.written) || now.Head.heads(now.file)) {
		now.size, now.written = info.Size(), info.ModTime()
		return
	}
	switch {
	case err == nil && !info.Mode().IsRegular():
		x.f.skip(x.path, finding.Skip{Name: x.shown, Reason: finding.SkipSpecial, Detail: info.Mode().Type().String()})
		return
	case errors.Is(err, fs.ErrNotExist):
		if now != nil {
			now.old, now.grown, x.rotated = true, time.Now(), true // what is left of it is read all the same
		} else if !x.begun {
			x.fail(x.resumeElsewhere(d))
			if x.named {
				x.f.skip(x.path, finding.Skip{Name: x.shown, Reason: finding.SkipMissing, Detail: "not there yet"})
			}
		}
		return
	case err == nil && now != nil && idOf(info) == now.ID:
		x.f.truncations.Add(1)
		x.cut(now)
	case err == nil && now != nil:
		now.old, now.grown, x.rotated = true, time.Now(), true
	}
	if err == nil {
		if err = x.begin(d); err == nil && x.rotated {
			x.f.rotations.Add(1)
		}
		x.rotated = err != nil && x.rotated
	}
	x.fail(err)
}

// current returns the file that grows, or nil.
func (x *followed) current() *generation {
	if n := len(x.files); n > 0 && !x.files[n-1].old {
		return x.files[n-1]
	}
	return nil
}

func (x *followed) fail(err error) {
	if err == nil || errors.Is(err, errLater) {
		return
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	x.f.skip(x.path, finding.Skip{Name: x.shown, Reason: finding.SkipUnreadable, Detail: err.Error()})
}

// errLater means that a file is one that is read under another name, for now.
var errLater = errors.New("read under another name")

// begin opens the file that stands at the path now and decides where to begin with it.
func (x *followed) begin(d scanner.Detector) error {
	file, _, err := open(x.path)
	if err != nil {
		return err
	}
	g := &generation{file: file, text: x.f.newGrowing(d, x.shown), grown: time.Now()}
	info, err := file.Stat()
	if err == nil {
		g.ID, g.size = idOf(info), info.Size()
		err = x.place(g, d)
	}
	if err != nil {
		file.Close()
		return err
	}
	x.f.unskip(x.path)
	x.f.logs.Add(1)
	x.begun, x.since = true, time.Time{}
	x.files = append(x.files, g)
	x.open.Add(1)
	x.read.Store(g.text.read)
	x.snapshot()
	return nil
}

// place decides where to begin with a file.
func (x *followed) place(g *generation, d scanner.Detector) error {
	head := make([]byte, headSize)
	n, err := g.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	g.Head = digestOf(head[:n])
	state := x.f.state
	if e, ok := state.take(func(e *stateEntry) bool { return e.same(g.ID, g.file) }); ok { // here or elsewhere
		before := make([]byte, min(e.Mark.Offset, followBack))
		k, _ := g.file.ReadAt(before, e.Mark.Offset-int64(len(before)))
		g.text.resume(before[:k], e.Mark)
		g.tail = before[max(0, k-tailSize):k]
		return nil
	}
	if t, renamed := x.f.elsewhere(x, g); t != nil {
		if renamed || x.waited(g.ID) < x.f.opts.Linger {
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
	if !early && (packed || x.f.rotated(x.path)) { // perhaps it is being written, of a log that will be cut or removed
		if x.waited(g.ID) < 3*x.f.opts.Poll+100*time.Millisecond {
			return errLater
		}
	}
	end := mark{Offset: g.size}
	unpacked := func() (io.Reader, error) {
		r, _, err := archive.Decompress(io.NewSectionReader(g.file, 0, g.size))
		return r, err
	}
	if state.earlier(unpacked) || packed && !early && (state.closed(unpacked) || x.f.open(unpacked)) { // rotated: it was read in its own place
		g.text.resume(nil, end)
		g.packed = packed
		return nil
	}
	if x.f.opts.FromEnd && early {
		g.text.resume(nil, end)
		return nil
	}
	if packed {
		return x.packed(g, end)
	}
	return nil
}

// waited returns how long ago a file was first seen at the path.
func (x *followed) waited(id fileID) time.Duration {
	if x.since.IsZero() || x.sinceID != id {
		x.since, x.sinceID = time.Now(), id
	}
	return time.Since(x.since)
}

// packed reads a compressed log, which does not grow, once.
func (x *followed) packed(g *generation, end mark) error {
	r, _, err := archive.Decompress(io.NewSectionReader(g.file, 0, g.size))
	if err != nil {
		return err
	}
	defer r.Close()
	g.packed = true
	text := g.text
	g.text = x.f.newGrowing(text.detector, x.shown)
	g.text.resume(nil, end)
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
		x.f.state.put(stateEntry{Path: r.name, trace: trace{ID: r.id, Head: r.head, At: r.size}, Old: true, Mark: mark{Offset: r.size}})
		x.fail(x.drain(g.text, r))
	}
}

// resumeElsewhere reads what the earlier run left of the file that was at the path then.
func (x *followed) resumeElsewhere(d scanner.Detector) error {
	if x.begun || x.searched {
		return nil
	}
	x.searched = true
	e, ok := x.f.state.take(func(e *stateEntry) bool { return e.Path == x.path && !e.Old })
	if !ok {
		return nil
	}
	missing, err := x.missed(e, d)
	if missing {
		e.Old = true // should it come back, it is known by its identity
		x.f.state.put(e)
	}
	return err
}

// missed reads the rest of a log that was rotated away while nobody looked.
func (x *followed) missed(e stateEntry, d scanner.Detector) (missing bool, err error) {
	r, err := e.beside(x.path)
	if r == nil {
		if e.Head.Size > 0 {
			x.f.skip(x.path+"\x00", finding.Skip{Name: x.shown, Reason: finding.SkipMissing,
				Detail: fmt.Sprintf("what was written to it behind byte %d before it was taken away is in no file beside it", e.Mark.Offset)})
		}
		return true, err
	}
	defer r.Close()
	x.f.state.put(stateEntry{Path: r.name, trace: trace{ID: r.id, Head: r.head, At: r.size}, Old: true, Mark: mark{Offset: r.size}})
	text := x.f.newGrowing(d, r.name)
	text.resume(r.before, e.Mark)
	return false, x.drain(text, r)
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

// advance reads a piece of a file and tells whether there is more.
func (x *followed) advance(g *generation) bool {
	if g.done || g.packed {
		return false
	}
	if x.buffer == nil {
		x.buffer = make([]byte, followChunk)
	}
	n, err := g.file.ReadAt(x.buffer, g.text.read)
	if err == io.EOF {
		err = nil
	}
	b := x.buffer[:n]
	if n > 0 && g.text.read == 0 {
		if n < leastHead && bytes.IndexByte(b, '\n') < 0 {
			return false
		}
		if archive.Detect(b[:min(n, archive.HeadSize)]) != archive.None { // it was empty when it was opened: look again
			g.old, g.done = true, true
			return false
		}
	}
	if n > 0 && !g.Head.heads(g.file) { // it was cut just now, and what was read may be of what came then
		return true
	}
	if n > 0 {
		g.grown, g.idle = time.Now(), false
		g.tail = append(g.tail, b[max(0, n-tailSize):]...)
		g.tail = g.tail[max(0, len(g.tail)-tailSize):]
		x.f.bytes.Add(int64(n))
		if !g.old {
			x.read.Store(g.text.read)
		}
		if e := g.text.take(b); e == nil {
			err = errors.Join(err, g.text.settle(settle.Now))
		} else {
			err = errors.Join(err, e)
		}
		if g.Head.Size < headSize {
			head := make([]byte, headSize)
			k, _ := g.file.ReadAt(head, 0)
			g.Head = digestOf(head[:k])
		}
	}
	if err != nil {
		g.done = true
		x.fail(err)
	}
	if n == 0 {
		x.buffer = nil // thousands of quiet files need none
		if !g.idle && time.Since(g.grown) > idleAfter {
			g.idle = true
			x.fail(g.text.settle(settle.Lines))
		}
	}
	return n == followChunk
}

// retire closes a file that another took the place of.
func (x *followed) retire(g *generation) {
	x.fail(g.text.settle(settle.End))
	if !g.done {
		x.f.state.put(x.entry(g))
	}
	g.file.Close()
}

func (x *followed) entry(g *generation) stateEntry {
	e := stateEntry{Path: x.path, trace: g.trace, Old: g.old, Mark: g.text.settled}
	if g.packed {
		e.Old, e.Mark = true, mark{Offset: g.size}
	}
	e.At = e.Mark.Offset
	if keep := len(g.tail) - int(min(g.text.read-e.At, tailSize)); keep > 0 && !g.packed { // the file may have been cut meanwhile
		e.Tail = digestOf(g.tail[:keep])
	}
	return e
}

// entries returns how far the files were read.
func (x *followed) entries() []stateEntry {
	x.mu.Lock()
	defer x.mu.Unlock()
	var out []stateEntry
	for _, g := range x.files {
		if !g.done {
			out = append(out, x.entry(g))
		}
	}
	return out
}

// close ends the files. Without a state what waits is judged as it stands.
func (x *followed) close(final bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, g := range x.files {
		if final {
			x.fail(g.text.settle(settle.End))
		}
		g.file.Close()
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
func (f *Follower) open(open func() (io.Reader, error)) bool {
	for _, o := range f.all() {
		o.snap.Lock()
		traces := slices.Clone(o.traces)
		o.snap.Unlock()
		for i := range traces {
			if traces[i].in(open) {
				return true
			}
		}
	}
	return false
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
