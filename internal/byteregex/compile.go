package byteregex

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
)

// ErrUnsupported is returned by Compile for what this package leaves out.
var ErrUnsupported = errors.New("not supported by the backtracking matcher")

// Program is a compiled regex. It never changes and may be shared.
type Program struct {
	insts []inst
	start int32
	first firsts
}

type operation uint8

const (
	opMatch  operation = iota
	opText             // the bytes of text
	opRun              // least to most bytes of set
	opSplit            // one of alts, the first that leads to a match
	opAssert           // an empty-width condition
	opMark             // remembers the position
)

// inst is one step of a program; next is the step after it.
type inst struct {
	op     operation
	lazy   bool // opRun: fewer bytes first
	sole   bool // opRun: what follows cannot begin with a byte of set, so only the longest run can go on
	fold   bool // opText: text is lower case and stands for either
	slot   uint8
	assert syntax.Op
	next   int32
	least  int32
	most   int32 // -1: any number
	set    *byteSet
	text   string
	alts   []int32
	firsts []firsts // of alts
}

// firsts tells what a match from some step on may begin with; any: it may be empty, so anything may follow.
type firsts struct {
	set byteSet
	any bool
}

// byteSet is a set of bytes, one bit each.
type byteSet [4]uint64

func (s *byteSet) has(c byte) bool { return s[c>>6]>>(c&63)&1 != 0 }

func (s *byteSet) add(c byte) { s[c>>6] |= 1 << (c & 63) }

// most steps a program may have
const maxInsts = 4096

// Compile compiles a regex. Of its groups only one is remembered; group 0 is the whole match.
func Compile(pattern string, group int) (*Program, error) {
	var latin strings.Builder // each byte of the pattern is one character, too
	for i := range len(pattern) {
		latin.WriteRune(rune(pattern[i]))
	}
	tree, err := syntax.Parse(latin.String(), syntax.Perl)
	if err != nil {
		return nil, err
	}
	c := compiler{group: group, sets: map[byteSet]*byteSet{}, insts: make([]inst, 0, 16+len(pattern)/4)}
	start := c.node(tree, c.emit(inst{op: opMatch}))
	if c.err != nil {
		return nil, fmt.Errorf("regex %q: %w", pattern, c.err)
	}
	p := &Program{insts: c.insts, start: start}
	c.lookAhead(p)
	return p, nil
}

// compiler emits steps from the end of the regex to its start.
type compiler struct {
	insts []inst
	group int
	sets  map[byteSet]*byteSet
	err   error
}

func (c *compiler) emit(i inst) int32 {
	if len(c.insts) >= maxInsts {
		c.err = fmt.Errorf("more than %d steps: %w", maxInsts, ErrUnsupported)
		return 0
	}
	c.insts = append(c.insts, i)
	return int32(len(c.insts) - 1)
}

// node emits the steps of a node that go on to next, and returns the first.
func (c *compiler) node(n *syntax.Regexp, next int32) int32 {
	if c.err != nil {
		return next
	}
	if set, ok := oneByte(n); ok {
		return c.run(set, 1, 1, false, next)
	}
	switch n.Op {
	case syntax.OpEmptyMatch:
		return next
	case syntax.OpLiteral:
		return c.literal(n, next)
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return c.emit(inst{op: opAssert, assert: n.Op, next: next})
	case syntax.OpCapture:
		if n.Cap != c.group {
			return c.node(n.Sub[0], next)
		}
		end := c.emit(inst{op: opMark, slot: 1, next: next})
		return c.emit(inst{op: opMark, slot: 0, next: c.node(n.Sub[0], end)})
	case syntax.OpConcat:
		for i := len(n.Sub) - 1; i >= 0; i-- {
			next = c.node(n.Sub[i], next)
		}
		return next
	case syntax.OpAlternate:
		alts := make([]int32, len(n.Sub))
		for i, s := range n.Sub {
			alts[i] = c.node(s, next)
		}
		return c.emit(inst{op: opSplit, alts: alts})
	case syntax.OpStar:
		return c.repeat(n, 0, -1, next)
	case syntax.OpPlus:
		return c.repeat(n, 1, -1, next)
	case syntax.OpQuest:
		return c.repeat(n, 0, 1, next)
	case syntax.OpRepeat:
		return c.repeat(n, n.Min, n.Max, next)
	}
	c.err = fmt.Errorf("%v: %w", n.Op, ErrUnsupported)
	return next
}

func (c *compiler) literal(n *syntax.Regexp, next int32) int32 {
	fold := n.Flags&syntax.FoldCase != 0
	text := make([]byte, len(n.Rune))
	for i, r := range n.Rune {
		if r > 0xff || fold && r >= 0x80 {
			c.err = fmt.Errorf("literal %q: %w", n, ErrUnsupported)
			return next
		}
		text[i] = byte(r)
		if fold {
			text[i] = lower(byte(r))
		}
	}
	return c.emit(inst{op: opText, text: string(text), fold: fold, next: next})
}

func (c *compiler) repeat(n *syntax.Regexp, least, most int, next int32) int32 {
	sub, lazy := n.Sub[0], n.Flags&syntax.NonGreedy != 0
	if set, ok := oneByte(sub); ok {
		return c.run(set, least, most, lazy, next)
	}
	if most != 1 && mayBeEmpty(sub) {
		c.err = fmt.Errorf("repeat of what may be empty: %w", ErrUnsupported)
		return next
	}
	order := func(body int32) []int32 {
		if lazy {
			return []int32{next, body}
		}
		return []int32{body, next}
	}
	at := next
	if most < 0 {
		at = c.emit(inst{op: opSplit})
		body := c.node(sub, at)
		c.insts[at].alts = order(body)
	}
	for range most - least {
		at = c.emit(inst{op: opSplit, alts: order(c.node(sub, at))})
	}
	for range least {
		at = c.node(sub, at)
	}
	return at
}

// run emits a run of bytes of one set. Two greedy runs of the same set in a row are one: a longer run may be written so
// where a brace takes only so much, and would be tried in every way to divide it.
func (c *compiler) run(set byteSet, least, most int, lazy bool, next int32) int32 {
	i := inst{op: opRun, least: int32(least), most: int32(most), set: c.share(set), lazy: lazy, next: next}
	if n := &c.insts[next]; n.op == opRun && n.set == i.set && !n.lazy && !lazy {
		i.least += n.least
		i.next = n.next
		if i.most >= 0 && n.most >= 0 {
			i.most += n.most
		} else {
			i.most = -1
		}
	}
	return c.emit(i)
}

// share returns one copy of equal sets.
func (c *compiler) share(set byteSet) *byteSet {
	if s := c.sets[set]; s != nil {
		return s
	}
	c.sets[set] = &set
	return &set
}

// oneByte returns the bytes that a node which always takes one byte may match.
func oneByte(n *syntax.Regexp) (set byteSet, ok bool) {
	switch n.Op {
	case syntax.OpCharClass:
		for i := 0; i+1 < len(n.Rune); i += 2 {
			for r := n.Rune[i]; r <= min(n.Rune[i+1], 0xff); r++ {
				set.add(byte(r))
			}
		}
		return set, true
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		for i := range set {
			set[i] = ^uint64(0)
		}
		if n.Op == syntax.OpAnyCharNotNL {
			set[0] &^= 1 << '\n'
		}
		return set, true
	case syntax.OpLiteral:
		if len(n.Rune) != 1 || n.Rune[0] >= 0x80 {
			return set, false
		}
		b := byte(n.Rune[0])
		set.add(b)
		if n.Flags&syntax.FoldCase != 0 {
			set.add(lower(b))
			if b = lower(b); b >= 'a' && b <= 'z' {
				set.add(b - 'a' + 'A')
			}
		}
		return set, true
	}
	return set, false
}

func mayBeEmpty(n *syntax.Regexp) bool {
	switch n.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return mayBeEmpty(n.Sub[0])
	case syntax.OpRepeat:
		return n.Min == 0 || mayBeEmpty(n.Sub[0])
	case syntax.OpConcat:
		for _, s := range n.Sub {
			if !mayBeEmpty(s) {
				return false
			}
		}
		return true
	case syntax.OpAlternate:
		for _, s := range n.Sub {
			if mayBeEmpty(s) {
				return true
			}
		}
		return false
	}
	return true
}

// lookAhead works out what each step may begin with.
func (c *compiler) lookAhead(p *Program) {
	known := make([]*firsts, len(p.insts))
	var of func(at int32) *firsts
	of = func(at int32) *firsts {
		if known[at] != nil {
			return known[at]
		}
		f := &firsts{}
		known[at] = f
		i := &p.insts[at]
		switch i.op {
		case opMatch:
			f.any = true
		case opText:
			f.set.add(i.text[0])
			if c := i.text[0]; i.fold && c >= 'a' && c <= 'z' {
				f.set.add(c - 'a' + 'A')
			}
		case opRun:
			if i.least > 0 {
				f.set = *i.set
			} else {
				*f = *of(i.next)
				f.add(&firsts{set: *i.set})
			}
		case opSplit:
			for _, a := range i.alts {
				f.add(of(a))
			}
		default:
			*f = *of(i.next)
		}
		return f
	}
	for at := range p.insts {
		i := &p.insts[at]
		switch i.op {
		case opRun:
			i.sole = of(i.next).apart(i.set)
		case opSplit:
			for _, a := range i.alts {
				i.firsts = append(i.firsts, *of(a))
			}
		}
	}
	p.first = *of(p.start)
}

func (f *firsts) add(g *firsts) {
	for i := range f.set {
		f.set[i] |= g.set[i]
	}
	f.any = f.any || g.any
}

// apart tells whether a match that begins as f says cannot begin with a byte of set.
func (f *firsts) apart(set *byteSet) bool {
	if f.any {
		return false
	}
	for i := range set {
		if set[i]&f.set[i] != 0 {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
