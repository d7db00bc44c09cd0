package logs

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
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
	early    bool      // what is there was there before the follow began
	first    fileID    // of what was there then
	begun    bool      // a file was opened there
	since    time.Time // when the file there was first seen as it is, while it is not read
	seen     sight
	searched bool // what the state has of the path was looked for
	rotated  bool // one was taken away, and the next has not come
	job      int
	buffer   []byte

	mu        sync.Mutex // guards what follows; not waited for while another lock of the follower is held
	files     []*generation
	forgotten bool // it is gone, and nobody asks for it any more

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
	if x.forgotten {
		return false
	}
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
	x.early = x.early && err == nil && idOf(info) == x.first // the number of a file that is gone is given to another
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
		g.ID, g.size, g.written = idOf(info), info.Size(), info.ModTime()
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
