package byteregex

import "regexp/syntax"

// Matcher holds the scratch memory of one goroutine. The zero value is ready.
type Matcher struct {
	prog  []inst
	text  []byte
	marks [2]int
	steps int // left of the budget
}

// Result is where a match stands.
type Result struct {
	Start, End int
	Group      [2]int // of the group asked for; -1 where it took no part
}

// Match returns the match of p in text with the least start in [from, to] that is not below floor in its end. Borders
// see all of text. It takes at most about *budget steps, which it counts down; when they are used up it gives up, and
// *budget is negative.
func (m *Matcher) Match(p *Program, text []byte, from, to, floor int, budget *int) (r Result, ok bool) {
	m.prog, m.text, m.steps = p.insts, text, *budget
	for at := max(0, from); at <= min(to, len(text)); at++ {
		if !p.first.any && (at == len(text) || !p.first.set[text[at]]) {
			continue
		}
		m.marks = [2]int{-1, -1}
		if end := m.run(p.start, at); end >= floor && m.steps >= 0 {
			r, ok = Result{at, end, m.marks}, true
			break
		}
		if m.steps < 0 {
			break
		}
	}
	*budget = m.steps
	m.prog, m.text = nil, nil
	return r, ok
}

// run follows the program from a step on and returns where the match ends, or -1.
func (m *Matcher) run(pc int32, at int) int {
	text := m.text
	for {
		if m.steps--; m.steps < 0 {
			return -1
		}
		i := &m.prog[pc]
		switch i.op {
		case opMatch:
			return at
		case opText:
			if !i.stands(text, at) {
				return -1
			}
			at += len(i.text)
		case opRun:
			n := i.count(text, at)
			m.steps -= n >> 3
			if n < int(i.least) {
				return -1
			}
			if !i.sole && n > int(i.least) {
				return m.lengths(i, at, n)
			}
			at += n
		case opSplit:
			return m.split(i, at)
		case opAssert:
			if !holds(i.assert, text, at) {
				return -1
			}
		case opMark:
			old := m.marks[i.slot]
			m.marks[i.slot] = at
			end := m.run(i.next, at)
			if end < 0 {
				m.marks[i.slot] = old
			}
			return end
		}
		pc = i.next
	}
}

// count returns how many bytes from at on belong to i.set, at most i.most.
func (i *inst) count(text []byte, at int) int {
	rest := text[at:]
	if i.most >= 0 && len(rest) > int(i.most) {
		rest = rest[:i.most]
	}
	set := i.set
	for n, c := range rest {
		if !set[c] {
			return n
		}
	}
	return len(rest)
}

// lengths tries every length of a run of at most n bytes.
func (m *Matcher) lengths(i *inst, at, n int) int {
	k, stop, by := n, int(i.least)-1, -1
	if i.lazy {
		k, stop, by = int(i.least), n+1, 1
	}
	for ; k != stop; k += by {
		if end := m.run(i.next, at+k); end >= 0 {
			return end
		}
		if m.steps < 0 {
			return -1
		}
	}
	return -1
}

func (m *Matcher) split(i *inst, at int) int {
	for k, next := range i.alts {
		f := &i.firsts[k]
		if !f.any && (at >= len(m.text) || !f.set[m.text[at]]) {
			continue
		}
		if end := m.run(next, at); end >= 0 {
			return end
		}
		if m.steps < 0 {
			return -1
		}
	}
	return -1
}

func (i *inst) stands(text []byte, at int) bool {
	if len(text)-at < len(i.text) {
		return false
	}
	here := text[at : at+len(i.text)]
	if !i.fold {
		return string(here) == i.text
	}
	for k, c := range here {
		if lower(c) != i.text[k] {
			return false
		}
	}
	return true
}

// holds tells whether an empty-width condition holds at an offset.
func holds(op syntax.Op, text []byte, at int) bool {
	switch op {
	case syntax.OpBeginText:
		return at == 0
	case syntax.OpEndText:
		return at == len(text)
	case syntax.OpBeginLine:
		return at == 0 || text[at-1] == '\n'
	case syntax.OpEndLine:
		return at == len(text) || text[at] == '\n'
	}
	before := at > 0 && word[text[at-1]]
	after := at < len(text) && word[text[at]]
	return (before != after) == (op == syntax.OpWordBoundary)
}

// word marks what \b takes for a part of a word.
var word = func() (t [256]bool) {
	for c := range t {
		b := lower(byte(c))
		t[c] = b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z'
	}
	return t
}()
