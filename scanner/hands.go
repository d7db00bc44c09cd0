package scanner

import (
	"sync"

	"github.com/unleak/unleak/finding"
)

// A long text is scanned in parts by all who have nothing else to do: where a scan ends with one large file, or is of one
// alone, the other processors would wait for it. A match belongs to the part it starts in. Since no match depends on more
// than its context, and a scan around the part sees all contexts that touch it, the parts' matches are those of the whole.

// longPart is how much of a text is worth a goroutine of its own, in bytes: it takes more than a millisecond.
const longPart = 256 << 10

// Idle says that so many goroutines of the source more, or fewer below zero, have nothing to scan.
func (s *Sink) Idle(n int) { s.idle.Add(int64(n)) }

// claim takes at most that many of the idle goroutines' places. Whoever takes some gives them back with Idle.
func (s *Sink) claim(most int) int {
	for {
		idle := s.idle.Load()
		n := min(int(idle), most)
		if n <= 0 {
			return 0
		}
		if s.idle.CompareAndSwap(idle, idle-int64(n)) {
			return n
		}
	}
}

// borrow returns a detector that nobody uses; lend gives it back.
func (s *Sink) borrow() Detector {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.spare); n > 0 {
		d := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return d
	}
	return s.opts.NewDetector()
}

func (s *Sink) lend(d Detector) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spare = append(s.spare, d)
}

// part is one hand's share of a text.
type part struct {
	span      finding.Span
	matches   []finding.Match
	undecoded bool
	failure   any // what the detector panicked with
}

func (p *part) scan(d Detector, text []byte, out []finding.Match) {
	defer func() { p.failure = recover() }()
	p.matches = d.Scan(text, []finding.Span{p.span}, out)
	p.undecoded = undecoded(d)
}

// detect is the detector's Scan, by several hands where there are any, and tells whether something was not decoded to its end.
func (w *Worker) detect(text []byte, dirty []finding.Span) (matches []finding.Match, cut bool) {
	all := finding.Span{End: len(text)}
	if len(dirty) == 1 {
		all = dirty[0]
	}
	hands := 0
	if len(dirty) <= 1 && all.Len() >= 2*w.part {
		hands = w.sink.claim(all.Len()/w.part - 1)
	}
	if hands == 0 {
		matches = w.detector.Scan(text, dirty, w.matches[:0])
		return matches, undecoded(w.detector)
	}
	defer w.sink.Idle(hands)
	w.BuiltOn(false) // a hand sees but its part of what is new
	parts := split(all, 1+hands)
	var group sync.WaitGroup
	for i := range parts[1:] {
		group.Go(func() {
			d := w.sink.borrow()
			defer w.sink.lend(d)
			parts[1+i].scan(d, text, nil)
		})
	}
	parts[0].scan(w.detector, text, w.matches[:0])
	group.Wait()
	return join(parts)
}

// split divides a span into n parts of like size.
func split(all finding.Span, n int) []part {
	parts := make([]part, n)
	for i := range parts {
		parts[i].span = finding.Span{Start: all.Start + i*all.Len()/n, End: all.Start + (i+1)*all.Len()/n}
	}
	return parts
}

// join returns the matches of all parts, each of the one it starts in; the first and the last have what starts before and
// behind them. A detector that broke down breaks down here.
func join(parts []part) (matches []finding.Match, cut bool) {
	matches = parts[0].matches[:0]
	for i := range parts {
		p := &parts[i]
		if p.failure != nil {
			panic(p.failure)
		}
		cut = cut || p.undecoded
		for _, m := range p.matches {
			if (i == 0 || m.Span.Start >= p.span.Start) && (i == len(parts)-1 || m.Span.Start < p.span.End) {
				matches = append(matches, m)
			}
		}
	}
	return matches, cut
}

func undecoded(d Detector) bool {
	u, ok := d.(decoding)
	return ok && u.Undecoded() > 0
}
