package scanner

import (
	"sync"

	"github.com/unleak/unleak/finding"
)

// Findings are told while the scan goes on, where Options.Found asks for it. Workers settle texts in any order; turns
// put what they find into one that depends on the source alone:
//
//	turns:   a ── b ── c ── d          b is settled first: it waits for a
//	told:    ─────▶                    a is over: a's and b's findings go out
//
// A turn at the head of the line hands on what it gets at once, the others keep it until it is theirs.

// Told is what is told at a time.
type Told struct {
	Findings []finding.Finding // of one text; sorted as those of a Result
	Beside   []finding.Secret  // others that are known to stand in what is told now or later: no line may show them
}

// Turn is a place in the order in which findings are told. A nil turn does nothing: nobody wants to be told.
type Turn struct {
	line  *line
	next  *Turn
	batch []Told // one a text; kept until it is this turn's
	over  bool
}

// line is the list of turns.
type line struct {
	tell func(Told)

	mu         sync.Mutex
	head, tail *Turn
}

// newLine returns nil where nobody wants to be told.
func newLine(tell func(Told)) *line {
	if tell == nil {
		return nil
	}
	return &line{tell: tell}
}

// Turn returns a turn behind all there are. Whoever takes it ends it; what is left open keeps what comes later waiting
// until the scan is over.
func (s *Sink) Turn() *Turn {
	if s.line == nil {
		return nil
	}
	s.line.mu.Lock()
	defer s.line.mu.Unlock()
	t := &Turn{line: s.line}
	if s.line.head == nil {
		s.line.head = t
	} else {
		s.line.tail.next = t
	}
	s.line.tail = t
	return t
}

// Split ends the turn and returns n that take its place, in order.
func (t *Turn) Split(n int) []*Turn {
	turns := make([]*Turn, n)
	if t == nil {
		return turns
	}
	l := t.line
	l.mu.Lock()
	defer l.mu.Unlock()
	at := t
	for i := range turns {
		turns[i] = &Turn{line: l, next: at.next}
		at.next = turns[i]
		at = turns[i]
	}
	if l.tail == t {
		l.tail = at
	}
	t.over = true
	l.advance()
	return turns
}

// End says that nothing more comes.
func (t *Turn) End() {
	if t == nil {
		return
	}
	t.line.mu.Lock()
	defer t.line.mu.Unlock()
	t.over = true
	t.line.advance()
}

// Tell tells something at this turn.
func (t *Turn) Tell(found Told) {
	if t == nil {
		return
	}
	t.line.mu.Lock()
	defer t.line.mu.Unlock()
	t.batch = append(t.batch, found)
	t.line.advance()
}

// advance tells what is at its turn. Whoever is told holds up the workers while it takes its time: nothing piles up.
func (l *line) advance() {
	for t := l.head; t != nil; t = l.head {
		l.flush(t)
		if !t.over {
			return
		}
		if l.head = t.next; l.head == nil {
			l.tail = nil
		}
	}
}

func (l *line) flush(t *Turn) {
	for _, found := range t.batch {
		l.tell(found)
	}
	t.batch = nil
}

// close tells all that is left, as of a scan that was interrupted.
func (l *line) close() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for t := l.head; t != nil; t = t.next {
		l.flush(t)
	}
	l.head, l.tail = nil, nil
}

// Take makes what the worker finds from now on come at a turn, which it ends with the next it takes. A worker that took
// none takes one when it first finds something.
func (w *Worker) Take(t *Turn) {
	w.Settle()
	w.turn.End()
	w.turn = t
}

// Settle hands on what was added since the last time as what one text holds: it is told together, at the worker's turn.
// A text that the worker scans by itself is settled when it is over.
func (w *Worker) Settle() {
	if w.turn == nil && (len(w.told) > 0 || len(w.beside) > 0) {
		w.turn = w.sink.Turn()
	}
	w.SettleAt(w.turn)
}

// SettleAt is Settle at a turn that is not the worker's: whoever took it ends it.
func (w *Worker) SettleAt(t *Turn) {
	if len(w.told) == 0 && len(w.beside) == 0 {
		return
	}
	found := Told{Findings: w.told.sorted(), Beside: w.beside}
	w.told, w.beside = nil, nil
	t.Tell(found)
}

// Beside says which secrets stand near those that are told next.
func (w *Worker) Beside(secrets ...finding.Secret) {
	if w.sink.line != nil {
		w.beside = append(w.beside, secrets...)
	}
}

// Tell tells of a match without adding it to what the scan found: it is added later, with more that is known of it.
func (w *Worker) Tell(m finding.Match, p finding.Place) {
	if w.sink.line == nil || !w.detector.Accept(&p.Origin, &m) {
		return
	}
	title, severity := w.detector.Describe(&m)
	w.tell(m, p, title, severity)
}

// Told tells whether anybody wants to be told of findings while the scan goes on.
func (s *Sink) Told() bool { return s.line != nil }

func (w *Worker) tell(m finding.Match, p finding.Place, title string, severity finding.Severity) {
	if w.told == nil {
		w.told = collection{}
	}
	w.told.add(m, p, title, severity)
}
