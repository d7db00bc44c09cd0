package scanner

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/unleak/unleak/finding"
)

// Worker scans texts for one goroutine and keeps that goroutine's share of the coverage until it is closed.
type Worker struct {
	sink     *Sink
	detector Detector
	matches  []finding.Match
	buffer   []byte // of window bytes, made when first needed
	window   int    // see stream.go
	margin   int
	part     int // see hands.go
	coverage finding.Coverage
	origin   finding.Origin // of the text at hand
	known    bool           // origin is
	streams  bool           // the text at hand is one of many windows
	gaveUp   bool           // it was told that something in an earlier window was not decoded to its end
	turn     *Turn          // nil: none was taken
	accepted finding.Match  // see accepts
	told     collection     // what was added since the worker settled
	beside   []finding.Secret
}

// Worker returns a new worker. Sources that scan by themselves, because they know which bytes are new, use one per
// goroutine and close it when done.
func (s *Sink) Worker() *Worker {
	return &Worker{sink: s, detector: s.opts.NewDetector(), window: streamBuffer, margin: streamMargin, part: longPart}
}

// Close adds the worker's coverage to the scan's, and ends its turn.
func (w *Worker) Close() {
	w.Take(nil)
	w.sink.mu.Lock()
	defer w.sink.mu.Unlock()
	w.sink.coverage.Add(w.coverage)
	w.coverage = finding.Coverage{}
}

// Coverage returns what the worker added to the coverage since it was made, for a look.
func (w *Worker) Coverage() finding.Coverage { return w.coverage }

// Account adds to the coverage what an earlier scan left of it.
func (w *Worker) Account(c finding.Coverage) { w.coverage.Add(c) }

// Detect returns the unresolved matches of text whose context touches dirty; with nil dirty, all. The slice is valid
// until the next call; the matches share no memory with text. A detector that breaks down is reported as an error.
func (w *Worker) Detect(text []byte, dirty []finding.Span) (matches []finding.Match, err error) {
	defer func() {
		if r := recover(); r != nil {
			matches, err = nil, fmt.Errorf("detector broke down: %v", r)
		}
	}()
	if blank(text) {
		w.BuiltOn(false)
		w.coverage.Bytes += scanned(text, dirty)
		return nil, nil
	}
	var cut bool
	if w.matches, cut = w.detect(text, dirty); cut && !w.gaveUp { // however often: it is one text
		w.gaveUp = w.streams
		w.coverage.Skip(finding.Skip{Name: w.name(), Reason: finding.SkipBudget, Detail: "an encoded text decodes to more than is followed"})
	}
	w.coverage.Bytes += scanned(text, dirty)
	return w.matches, nil
}

// Versions tells the detector that the texts to come are versions of one another.
func (w *Worker) Versions() {
	if d, ok := w.detector.(remembering); ok {
		d.Versions()
	}
}

// remembering is a detector that searches faster what it has searched before; what it finds is the same.
type remembering interface{ Versions() }

// Renew finds anew what stands around matches that hold in a text as they did in the one it is built on.
func (w *Worker) Renew(text []byte, dirty []finding.Span, matches []finding.Match) {
	if d, ok := w.detector.(building); ok {
		d.Renew(text, dirty, matches)
	}
}

// BuiltOn tells the detector of the text that comes next that it is built on one of which Bare said this.
func (w *Worker) BuiltOn(bare bool) {
	if d, ok := w.detector.(building); ok {
		d.BuiltOn(bare)
	}
}

// Bare tells whether the detector saw that the text it scanned last is one of which less need be searched in what is built
// on it.
func (w *Worker) Bare() bool {
	d, ok := w.detector.(building)
	return ok && d.Bare()
}

// building is a detector that knows of texts that are built on others: less is searched of one that is built on a text
// without certain marks, and what stands around a match may change where the match does not.
type building interface {
	BuiltOn(bare bool)
	Bare() bool
	Renew(text []byte, dirty []finding.Span, matches []finding.Match)
}

// blank tells a text that is long and one byte over and over, as the holes of sparse files, the free space of disks and the
// padding of images are: nothing is to be found there, at a tenth of the cost of looking, and far less where it is a letter,
// which decodes to something over and over.
func blank(text []byte) bool {
	return len(text) >= 1<<10 && text[0] == text[1] && bytes.Equal(text[1:], text[:len(text)-1])
}

// decoding is a detector that tells of encoded texts which it did not follow to their end.
type decoding interface{ Undecoded() int }

// name says what is being scanned, for the coverage.
func (w *Worker) name() string {
	if !w.known {
		return "encoded text"
	}
	return w.origin.Name()
}

func scanned(text []byte, dirty []finding.Span) int64 {
	if dirty == nil {
		return int64(len(text))
	}
	n := 0
	for _, s := range dirty {
		n += s.Len()
	}
	return int64(n)
}

// Resolve picks the winners among all matches of one text; see Detector.Resolve.
func (w *Worker) Resolve(matches []finding.Match) []finding.Match { return w.detector.Resolve(matches) }

// Report adds a resolved match of text, which came from origin, to the findings.
func (w *Worker) Report(text []byte, origin finding.Origin, m finding.Match) {
	p := Locate(text, m, w.sink.opts.AllowMark)
	p.Origin = origin
	w.add(m, p)
}

// Add adds a resolved match at a place that was located before.
func (w *Worker) Add(m finding.Match, p finding.Place) { w.add(m, p) }

// Try is Add; it returns false if the detector does not accept a match that comes from there.
func (w *Worker) Try(m finding.Match, p finding.Place) bool { return w.add(m, p) }

// Also tells that a match which was added stands at o as well, without listing o: a finding carries only the tags that
// all its places carry, and the confidence of the best.
func (w *Worker) Also(m finding.Match, o finding.Origin) { w.sink.also(w.detector, m, o) }

// Cover adds to the bytes looked at: those a source knows to hold no new match without asking the detector.
func (w *Worker) Cover(n int64) { w.coverage.Bytes += n }

// Locate returns where m stands in text, without an origin.
func (w *Worker) Locate(text []byte, m finding.Match) finding.Place {
	return Locate(text, m, w.sink.opts.AllowMark)
}

// Tally returns how many bytes the worker covered so far, how many of a unit it counted, and how many things it skipped:
// what is between two calls tells whether all in between was read.
func (w *Worker) Tally(unit string) (bytes, units, skips int64) {
	for _, n := range w.coverage.Skipped {
		skips += n
	}
	return w.coverage.Bytes, w.coverage.Counts[unit], skips
}

// Count adds to the coverage.
func (w *Worker) Count(unit string, n int64) { w.coverage.Count(unit, n) }

// Skip adds to the coverage.
func (w *Worker) Skip(s finding.Skip) { w.coverage.Skip(s) }

// Text scans a whole text that came from origin.
func (w *Worker) Text(text []byte, origin finding.Origin) {
	w.text(text, origin, Hooks{})
}

func (w *Worker) text(text []byte, origin finding.Origin, hooks Hooks) {
	w.origin, w.known = origin, true
	matches, err := w.Detect(text, nil)
	w.known = false
	if err != nil {
		w.coverage.Skip(finding.Skip{Name: origin.Name(), Reason: finding.SkipFailed, Detail: err.Error()})
		return
	}
	at := cursor{text: text}
	for _, m := range w.Resolve(matches) {
		if hooks.Report == nil && !w.accepts(m) {
			continue
		}
		p := at.locate(m, w.sink.opts.AllowMark)
		p.Origin = origin
		if hooks.At != nil {
			hooks.At(text, m, &p)
		}
		switch {
		case hooks.Report != nil:
			hooks.Report(m, p)
		case hooks.At != nil: // which may have changed where it stands
			w.Add(m, p)
		default:
			w.put(w.accepted, p)
		}
	}
	w.Settle()
}

// accepts is Accepts for the text at hand; w.accepted is then the match as the detector leaves it.
func (w *Worker) accepts(m finding.Match) bool {
	w.accepted = m
	w.accepted.Tags = slices.Clone(m.Tags)
	return w.detector.Accept(&w.origin, &w.accepted)
}

// Accepts tells whether the detector accepts a match that comes from there, and leaves the match as it is.
func (w *Worker) Accepts(origin finding.Origin, m finding.Match) bool {
	m.Tags = slices.Clone(m.Tags)
	return w.detector.Accept(&origin, &m)
}

func (w *Worker) scanItem(ctx context.Context, item Item) {
	if item.Unit != "" {
		w.coverage.Count(item.Unit, 1)
	}
	if item.Open == nil {
		w.Text(item.Text, item.Origin)
		return
	}
	r, err := item.Open()
	if err != nil {
		w.coverage.Skip(finding.Skip{Name: item.Origin.Name(), Reason: finding.SkipUnreadable, Detail: err.Error()})
		return
	}
	defer r.Close()
	if err := w.stream(ctx, r, item.Origin, Hooks{}); err != nil {
		w.coverage.Skip(finding.Skip{Name: item.Origin.Name(), Reason: skipReason(err), Detail: err.Error()})
	}
}

// Reasoned is an error that knows the skip reason it stands for.
type Reasoned interface {
	error
	SkipReason() finding.SkipReason
}

func skipReason(err error) finding.SkipReason {
	if r, ok := err.(Reasoned); ok {
		return r.SkipReason()
	}
	return finding.SkipUnreadable
}

// Stream scans a text of any length in bounded memory. What was read before an error is scanned and reported.
func (w *Worker) Stream(ctx context.Context, r io.Reader, origin finding.Origin) error {
	return w.stream(ctx, r, origin, Hooks{})
}

// StreamHooked is Stream with a say in what is found.
func (w *Worker) StreamHooked(ctx context.Context, r io.Reader, origin finding.Origin, hooks Hooks) error {
	return w.stream(ctx, r, origin, hooks)
}
