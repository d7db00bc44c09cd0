package redact

import (
	"io"
	"sync"
	"time"

	"github.com/unleak/unleak/settle"
)

// Writer passes on what is written to it with every credential replaced. It may be used by several goroutines. Whoever
// is done calls Close, which passes on the rest.
type Writer struct {
	delay time.Duration

	mu    sync.Mutex
	core  *core
	timer *time.Timer
	armed bool
	err   error
}

// NewWriter returns a writer that writes to w.
func (r *Redactor) NewWriter(w io.Writer) *Writer { return r.newWriter(w, false) }

// NewNamedWriter is NewWriter; the places of findings carry the name as their path.
func (r *Redactor) NewNamedWriter(w io.Writer, name string) *Writer {
	n := r.newWriter(w, false)
	n.core.name = name
	return n
}

func (r *Redactor) newWriter(out io.Writer, plain bool) *Writer {
	w := &Writer{delay: r.opts.Delay, core: r.newCore(out, r.opts.OnFindings)}
	w.core.plain = plain
	w.timer = time.AfterFunc(time.Hour, w.tick)
	w.timer.Stop()
	return w
}

// Write takes more text. An error of the writer behind it, or ErrPacked, may be that of an earlier Write.
func (w *Writer) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return 0, w.err
	}
	if w.err = w.core.write(b); w.err != nil {
		return 0, w.err
	}
	if !w.armed && len(b) > 0 {
		w.armed = true
		w.timer.Reset(w.delay)
	}
	return len(b), nil
}

// tick passes on what has waited long enough.
func (w *Writer) tick() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = false
	if w.err == nil {
		w.err = w.core.flush(settle.Now)
	}
}

// Flush passes on at once what can be: whole lines that are not part of a credential of several lines.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = w.core.flush(settle.Now)
	}
	return w.err
}

// Close ends the text and passes on the rest. It does not close the writer behind it.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
	if w.err == nil {
		w.err = w.core.flush(settle.End)
		if w.err == nil {
			w.err = errClosed
			return nil
		}
	}
	if w.err == errClosed {
		return nil
	}
	return w.err
}

// Masked returns how many credentials have been replaced.
func (w *Writer) Masked() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.core.masked
}

var errClosed = closedError{}

type closedError struct{}

func (closedError) Error() string { return "redact: the writer is closed" }

// Reader passes on what it reads as it is, and tells Options.OnFindings of the credentials in it.
type Reader struct {
	src  io.Reader
	scan *Writer
}

// NewReader returns a reader of src. OnFindings is called while text is read, or a little later; the last calls come
// before Read returns the end.
func (r *Redactor) NewReader(src io.Reader) *Reader {
	return &Reader{src: src, scan: r.newWriter(io.Discard, true)}
}

// Read implements io.Reader. A text that cannot be scanned is an error; see ErrPacked.
func (r *Reader) Read(b []byte) (int, error) {
	n, err := r.src.Read(b)
	if _, e := r.scan.Write(b[:n]); e != nil {
		return n, e
	}
	if err != nil {
		if e := r.scan.Close(); e != nil {
			return n, e
		}
	}
	return n, err
}
