package byteregex

import (
	"bytes"
	"slices"

	"github.com/unleak/unleak/internal/fold"
)

// Matcher holds the scratch memory of one goroutine. The zero value is ready.
type Matcher struct {
	prog  *Program
	text  []byte
	marks [2 * maxGroups]int // where groups begin and end
	steps int                // left of the budget

	failed []uint64 // by step and position: nothing comes of going on there; in use where memo is set
	memo   bool
}

// plainSteps may be taken before failures are remembered; memoLimit is the most bits that are spent on that.
const (
	plainSteps = 1 << 12
	memoLimit  = 1 << 22
)

// Result is where a match stands.
type Result struct {
	Start, End int
	Group      [2]int // of the group asked for; -1 where it took no part
}

// Match returns the match of p in text with the least start in [from, to] that is not below floor in its end. Borders
// see all of text. It takes at most about *budget steps, which it counts down; when they are used up it gives up, and
// *budget is negative.
func (m *Matcher) Match(p *Program, text []byte, from, to, floor int, budget *int) (r Result, ok bool) {
	m.prog, m.text, m.memo = p, text, false
	m.steps = min(*budget, plainSteps)
	taken := m.steps
	r, ok = m.starts(p, from, to, floor)
	if bits := len(p.insts) * (len(text) + 1); m.steps < 0 && *budget > taken && bits <= memoLimit {
		m.memo = true
		m.failed = slices.Grow(m.failed[:0], bits/64+1)[:bits/64+1]
		clear(m.failed)
	}
	if m.steps < 0 && *budget > taken {
		*budget -= taken
		m.steps, taken = *budget, *budget
		r, ok = m.starts(p, from, to, floor)
	}
	*budget += m.steps - taken
	if m.steps < 0 {
		*budget = -1
	}
	m.prog, m.text = nil, nil
	return r, ok
}

// starts tries every start in [from, to].
func (m *Matcher) starts(p *Program, from, to, floor int) (Result, bool) {
	for at := m.next(p, max(0, from), to); at >= 0; at = m.next(p, at+1, to) {
		for k := range 2 * p.groups {
			m.marks[k] = -1
		}
		end := m.run(p.start, at)
		if m.steps < 0 {
			break
		}
		if end >= floor {
			return Result{at, end, m.group(p)}, true
		}
	}
	return Result{}, false
}

// stretch is how many starts are looked at together: what a fold stands for in one case may be far off where it is not in the other.
const stretch = 1 << 10

// index returns where the text of an opText first stands; -1: nowhere.
func (i *inst) index(p *Program, text []byte) int {
	t := p.texts[i.arg : i.arg+i.most]
	if i.fold {
		return fold.Index(text, t)
	}
	return bytes.Index(text, []byte(t))
}

// longWay is how many starts make it worth while to look for the text that a match begins with.
const longWay = 64

// next returns the first place in [at, to] where a match may begin; -1: none.
func (m *Matcher) next(p *Program, at, to int) int {
	if p.first.any {
		if at > min(to, len(m.text)) {
			return -1
		}
		return at
	}
	to = min(to, len(m.text)-1)
	if i := &p.insts[p.start]; i.op == opText && to-at >= longWay {
		for ; at <= to; at += stretch {
			if n := i.index(p, m.text[at:min(len(m.text), min(to, at+stretch-1)+int(i.most))]); n >= 0 {
				return at + n
			}
		}
		return -1
	}
	if at > to {
		return -1
	}
	for i, c := range m.text[at : to+1] {
		if p.first.set.has(c) {
			return at + i
		}
	}
	return -1
}

// group returns where the group asked for stands.
func (m *Matcher) group(p *Program) [2]int {
	if !p.any {
		return [2]int(m.marks[:2])
	}
	for k := range p.groups {
		if m.marks[2*k] < m.marks[2*k+1] {
			return [2]int(m.marks[2*k:])
		}
	}
	return [2]int{-1, -1}
}

// again tells whether the search was at a step and position before, and notes that it is now. Whoever comes back has
// failed there: a success ends the search, or ends too early from wherever it is reached.
func (m *Matcher) again(pc int32, at int) bool {
	bit := int(pc)*(len(m.text)+1) + at
	word, mask := &m.failed[bit>>6], uint64(1)<<(bit&63)
	seen := *word&mask != 0
	*word |= mask
	return seen
}

// run follows the program from a step on and returns where the match ends, or -1.
func (m *Matcher) run(pc int32, at int) int {
	if m.memo && m.again(pc, at) {
		m.steps--
		return -1
	}
	text := m.text
	for {
		if m.steps--; m.steps < 0 {
			return -1
		}
		i := &m.prog.insts[pc]
		switch i.op {
		case opMatch:
			return at
		case opText:
			t := m.prog.texts[i.arg : i.arg+i.most]
			if !i.stands(t, text, at) {
				return -1
			}
			at += len(t)
		case opRun:
			n := i.count(&m.prog.sets[i.arg], text, at)
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
		case opMark:
			old := m.marks[i.arg]
			m.marks[i.arg] = at
			end := m.run(i.next, at)
			if end < 0 {
				m.marks[i.arg] = old
			}
			return end
		default:
			if !holds(i.op, text, at) {
				return -1
			}
		}
		pc = i.next
	}
}

// count returns how many bytes from at on belong to a set, at most i.most.
func (i *inst) count(set *byteSet, text []byte, at int) int {
	rest := text[at:]
	if i.most >= 0 && len(rest) > int(i.most) {
		rest = rest[:i.most]
	}
	for n, c := range rest {
		if !set.has(c) {
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
	alts := m.prog.alts[i.arg : i.arg+i.most]
	for k := range alts {
		f := &alts[k].first
		if !f.any && (at >= len(m.text) || !f.set.has(m.text[at])) {
			continue
		}
		if end := m.run(alts[k].next, at); end >= 0 {
			return end
		}
		if m.steps < 0 {
			return -1
		}
	}
	return -1
}

func (i *inst) stands(t string, text []byte, at int) bool {
	if len(text)-at < len(t) {
		return false
	}
	here := text[at : at+len(t)]
	if !i.fold {
		return string(here) == t
	}
	for k, c := range here {
		if lower(c) != t[k] {
			return false
		}
	}
	return true
}

// holds tells whether an empty-width condition holds at an offset.
func holds(op operation, text []byte, at int) bool {
	switch op {
	case opBeginText:
		return at == 0
	case opEndText:
		return at == len(text)
	case opBeginLine:
		return at == 0 || text[at-1] == '\n'
	case opEndLine:
		return at == len(text) || text[at] == '\n'
	}
	before := at > 0 && word[text[at-1]]
	after := at < len(text) && word[text[at]]
	return (before != after) == (op == opWordBoundary)
}

// word marks what \b takes for a part of a word.
var word = func() (t [256]bool) {
	for c := range t {
		b := lower(byte(c))
		t[c] = b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z'
	}
	return t
}()
