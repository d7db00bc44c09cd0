package scanner

import (
	"context"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/unleak/unleak/finding"
)

// A text longer than streamBuffer is scanned in windows that overlap by two margins. A match belongs to the window
// whose middle it starts in:
//
//	window k      |margin|.......... middle ..........|margin|
//	window k+1                                  |margin|.......... middle ..........|margin|
//
// No context is longer than a margin, so each match is seen whole, with everything it depends on, in exactly one
// window, wherever the windows happen to lie.
const (
	streamBuffer = 8 << 20
	streamMargin = MaxContext
)

// MaxContext is the most bytes a match's context may span. Detectors keep to it.
const MaxContext = 1 << 20

// Hooks give a source a say in what is found in a stream. Fields that are nil are left out.
type Hooks struct {
	// At is called with each match that is located, while the text around it is at hand: m.Span lies in text, and p is
	// where it stands in the whole, with the stream's origin. It may change p.
	At func(text []byte, m finding.Match, p *finding.Place)
	// Report takes what is found instead of the scan's findings; Worker.Add puts it there later.
	Report func(m finding.Match, p finding.Place)
}

func (w *Worker) stream(ctx context.Context, r io.Reader, origin finding.Origin, hooks Hooks) error {
	st := streamState{worker: w, origin: origin, hooks: hooks, adds: hooks.Report == nil}
	n, readErr := w.fill(r, 0)
	if readErr == io.EOF {
		w.text(w.buffer[:n], origin, hooks)
		return nil
	}
	if st.adds {
		st.hooks.Report = w.Add
	}
	defer func() { w.gaveUp = false }()
	for {
		text := w.buffer[:n]
		last := readErr != nil || ctx.Err() != nil // what was read before an interruption is scanned
		end := len(text)
		if !last {
			end -= w.margin
		}
		st.window(text, finding.Span{Start: st.own, End: end}, last)
		if last {
			break
		}
		st.settle(int(st.position.offset) + end)
		keep := runeStart(text, end-w.margin)
		st.position.advance(text[:keep])
		copy(w.buffer, text[keep:])
		st.own = end - keep
		n, readErr = w.fill(r, n-keep)
	}
	st.finish()
	if readErr == io.EOF {
		readErr = nil
	}
	return errors.Join(readErr, ctx.Err())
}

// runeStart returns the start of the UTF-8 sequence that text[i] may be inside of, so that columns count it once.
func runeStart(text []byte, i int) int {
	for k := i; k > 0 && k > i-utf8.UTFMax; k-- {
		if utf8.RuneStart(text[k]) {
			return k
		}
	}
	return i
}

// fill reads until the buffer, which holds n bytes, is full. It returns how many it holds and why it is not full.
func (w *Worker) fill(r io.Reader, n int) (int, error) {
	if w.buffer == nil {
		w.buffer = make([]byte, w.window)
	}
	for idle := 0; n < len(w.buffer); {
		k, err := r.Read(w.buffer[n:])
		n += k
		if err != nil {
			return n, err
		}
		if idle++; k > 0 {
			idle = 0
		}
		if idle > maxIdleReads {
			return n, io.ErrNoProgress
		}
	}
	return n, nil
}

const maxIdleReads = 100 // in a row that give neither bytes nor an error

// streamState is what is carried from window to window.
type streamState struct {
	worker   *Worker
	origin   finding.Origin
	hooks    Hooks
	own      int      // where the next window's own middle starts
	position position // of the buffer's first byte
	adds     bool     // what is found goes to the scan's findings
	found    []streamed
	settled  int // offset of the whole text up to which matches were reported
}

// streamed is a match at offsets of the whole text, located while its window was at hand.
type streamed struct {
	match finding.Match
	place finding.Place
	bare  bool // the detector will not accept it: the place is no more than its bounds
}

func (st *streamState) window(text []byte, own finding.Span, last bool) {
	st.worker.origin, st.worker.known, st.worker.streams = st.origin, true, true
	matches, err := st.worker.Detect(text, []finding.Span{own})
	st.worker.known, st.worker.streams = false, false
	if err != nil {
		st.worker.coverage.Skip(finding.Skip{Name: st.origin.Name(), Reason: finding.SkipFailed, Detail: err.Error()})
		return
	}
	at := cursor{text: text, base: st.position}
	for _, m := range matches {
		if m.Span.Start < own.Start || m.Span.Start >= own.End && !last {
			continue
		}
		p, bare := st.place(&at, m)
		base := int(st.position.offset)
		m.Span, m.Context = m.Span.Shift(base), m.Context.Shift(base)
		for i := range m.Parts {
			m.Parts[i].Span = m.Parts[i].Span.Shift(base)
		}
		st.found = append(st.found, streamed{m, p, bare})
	}
}

// place returns where a match stands; of one that will not be accepted no more than others may want to know of it.
func (st *streamState) place(at *cursor, m finding.Match) (p finding.Place, bare bool) {
	bare = st.adds && !st.worker.Accepts(st.origin, m)
	if bare {
		p = at.bounds(m)
	} else {
		p = at.locate(m, st.worker.sink.opts.AllowMark)
	}
	p.Origin = st.origin
	if st.hooks.At != nil && !bare {
		st.hooks.At(at.text, m, &p)
	}
	return p, bare
}
