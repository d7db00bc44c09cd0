package settle

import (
	"regexp/syntax"
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// openRule is a rule whose matches may go on over a line break behind the start of their secret. Its regex runs as a set
// of threads, so that at the end of a text it can be told where a secret begins that is still to be completed.
type openRule struct {
	id    string
	prog  *syntax.Prog
	sets  [][4]uint64 // by instruction: the bytes it takes; bytes are Latin-1, as the detectors have it
	first [256]bool   // the bytes a match may begin with
	open  uint32      // capture slots of the secret
	shut  uint32
	whole bool // the secret is the whole match
	any   bool // the secret is the first group that takes part
	reach int  // most bytes of a match
}

// thread is one way into the regex, by where its secret begins and ends; -1: not yet.
type thread struct{ start, end int }

// simulation is scratch memory.
type simulation struct {
	now, next queue
	known     []finding.Match
	rule      *openRule
	text      []byte
}

type queue struct {
	list []uint32
	at   []int32 // by instruction: place in list, from 1
	who  []thread
}

func (q *queue) reset(n int) {
	if cap(q.at) < n {
		q.at, q.who = make([]int32, n), make([]thread, n)
	}
	for _, pc := range q.list {
		q.at[pc] = 0
	}
	q.list, q.at, q.who = q.list[:0], q.at[:cap(q.at)], q.who[:cap(q.who)]
}

func newOpenRule(r *rules.Rule, tree *syntax.Regexp) (*openRule, error) {
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	o := &openRule{
		id: r.ID, prog: prog, sets: make([][4]uint64, len(prog.Inst)), any: r.FirstGroup && tree.MaxCap() > 0,
		open: uint32(2 * r.SecretGroup), shut: uint32(2*r.SecretGroup + 1), reach: r.Plan.MaxLen + 2,
	}
	o.whole = r.SecretGroup == 0 && !o.any
	last := -1 // instruction that takes bytes: a repeated one is in the program many times
	for pc := range prog.Inst {
		in := &prog.Inst[pc]
		if !takes(in.Op) {
			continue
		}
		if last >= 0 && prog.Inst[last].Op == in.Op && slices.Equal(prog.Inst[last].Rune, in.Rune) && prog.Inst[last].Arg == in.Arg {
			o.sets[pc] = o.sets[last]
			continue
		}
		last = pc
		for c := range 256 {
			if in.MatchRune(rune(c)) {
				o.sets[pc][c>>6] |= 1 << (c & 63)
			}
		}
	}
	o.firsts(uint32(prog.Start), map[uint32]bool{})
	return o, nil
}

func takes(op syntax.InstOp) bool {
	return op == syntax.InstRune || op == syntax.InstRune1 || op == syntax.InstRuneAny || op == syntax.InstRuneAnyNotNL
}

func (o *openRule) firsts(pc uint32, seen map[uint32]bool) {
	if seen[pc] {
		return
	}
	seen[pc] = true
	in := &o.prog.Inst[pc]
	switch {
	case takes(in.Op):
		for c := range 256 {
			o.first[c] = o.first[c] || o.sets[pc][c>>6]&(1<<(c&63)) != 0
		}
	case in.Op == syntax.InstAlt || in.Op == syntax.InstAltMatch:
		o.firsts(in.Out, seen)
		o.firsts(in.Arg, seen)
	case in.Op != syntax.InstMatch && in.Op != syntax.InstFail:
		o.firsts(in.Out, seen)
	}
}

// begun returns where in text[from:] the first secret begins that more text may complete, or len(text). What is known
// already, found by the same rule and ended, counts no more.
func (s *simulation) begun(o *openRule, text []byte, from int, known []finding.Match) int {
	s.rule, s.text, s.known = o, text, known
	s.now.reset(len(o.prog.Inst))
	for at := max(from, len(text)-o.reach); at < len(text); at++ {
		c := text[at]
		if o.first[c] {
			w := thread{-1, -1}
			if o.whole {
				w.start = at
			}
			s.follow(&s.now, uint32(o.prog.Start), at, w)
		}
		if len(s.now.list) == 0 {
			continue
		}
		s.next.reset(len(o.prog.Inst))
		for _, pc := range s.now.list {
			if o.sets[pc][c>>6]&(1<<(c&63)) != 0 {
				s.follow(&s.next, o.prog.Inst[pc].Out, at+1, s.now.who[pc])
			}
		}
		s.now, s.next = s.next, s.now
	}
	least := len(text)
	for _, pc := range s.now.list {
		if w := s.now.who[pc]; w.start >= 0 && takes(o.prog.Inst[pc].Op) {
			least = min(least, w.start)
		}
	}
	s.text, s.known = nil, nil
	return least
}

// follow adds a thread at the instructions that take a byte. Of two at one instruction that whose secret begins first
// stays.
func (s *simulation) follow(q *queue, pc uint32, at int, w thread) {
	if i := q.at[pc]; i > 0 {
		old := q.who[pc]
		if w.start < 0 || old.start >= 0 && old.start <= w.start {
			return
		}
	} else {
		q.list = append(q.list, pc)
		q.at[pc] = int32(len(q.list))
	}
	q.who[pc] = w
	in := &s.rule.prog.Inst[pc]
	switch in.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		s.follow(q, in.Out, at, w)
		s.follow(q, in.Arg, at, w)
	case syntax.InstNop:
		s.follow(q, in.Out, at, w)
	case syntax.InstEmptyWidth:
		if s.may(syntax.EmptyOp(in.Arg), at) {
			s.follow(q, in.Out, at, w)
		}
	case syntax.InstCapture:
		switch group := s.rule.any && in.Arg > 1; {
		case group && in.Arg%2 == 0 && w.start < 0, !group && in.Arg == s.rule.open:
			w.start = at
		case group && in.Arg%2 == 1 && w.end < 0, !group && in.Arg == s.rule.shut:
			w.end = at
			if s.settled(w) {
				return
			}
		}
		s.follow(q, in.Out, at, w)
	}
}

// may tells whether assertions hold at an offset, or may hold once more text has come.
func (s *simulation) may(op syntax.EmptyOp, at int) bool {
	if at == len(s.text) {
		return op&^(syntax.EmptyBeginText|syntax.EmptyBeginLine) != 0 || at == 0 || op == syntax.EmptyBeginLine && s.text[at-1] == '\n'
	}
	before := rune(-1)
	if at > 0 {
		before = rune(s.text[at-1])
	}
	return op&^syntax.EmptyOpContext(before, rune(s.text[at])) == 0
}

// settled tells whether a thread's secret was found: what follows it changes nothing.
func (s *simulation) settled(w thread) bool {
	if s.rule.whole {
		return false
	}
	for i := range s.known {
		if m := &s.known[i]; m.Rule == s.rule.id && m.Span.Start == w.start && m.Span.End == w.end {
			return true
		}
	}
	return false
}
