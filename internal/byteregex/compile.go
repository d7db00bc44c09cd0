package byteregex

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// ErrUnsupported is returned by Compile for what this package leaves out.
var ErrUnsupported = errors.New("not supported by the backtracking matcher")

// most steps a program may have
const maxInsts = 4096

// FirstGroup stands for the first group that holds text.
const FirstGroup = -1

// most groups of a regex of which the first that holds text is asked for
const maxGroups = 16

// Compile compiles a regex. Of its groups only one is remembered; group 0 is the whole match.
func Compile(pattern string, group int) (*Program, error) {
	c := compilers.Get().(*compiler)
	defer compilers.Put(c)
	return c.compile(pattern, group)
}

// compilers are kept for the next regex, for their scratch memory.
var compilers = sync.Pool{New: func() any { return new(compiler) }}

// compiler holds scratch memory, which the next regex takes over.
type compiler struct {
	parser
	insts []inst
	sets  []byteSet
	alts  []alternative
	known []firsts // by step
	done  []bool   // what of known is known

	group  int
	groups int
	err    error
}

func (c *compiler) compile(pattern string, group int) (*Program, error) {
	root, ok := c.parse(pattern)
	if !ok {
		var err error
		if root, err = c.parseAny(pattern); err != nil {
			return nil, err
		}
	}
	p, err := c.program(root, group)
	if err != nil {
		return nil, fmt.Errorf("regex %q: %w", pattern, err)
	}
	return p, nil
}

// program makes the program of a tree.
func (c *compiler) program(root int32, group int) (*Program, error) {
	c.insts, c.sets, c.alts = c.insts[:0], c.sets[:0], c.alts[:0]
	c.group, c.groups, c.err = group, 1, nil
	start := c.node(root, c.emit(inst{op: opMatch}))
	if c.err != nil {
		return nil, c.err
	}
	p := &Program{start: start, first: c.lookAhead(start), groups: c.groups, any: group == FirstGroup, texts: string(c.texts)}
	p.insts, p.sets, p.alts = slices.Clone(c.insts), slices.Clone(c.sets), slices.Clone(c.alts)
	return p, nil
}

// emit adds a step. Steps are added from the end of the regex to its start.
func (c *compiler) emit(i inst) int32 {
	if len(c.insts) >= maxInsts {
		c.err = fmt.Errorf("more than %d steps: %w", maxInsts, ErrUnsupported)
		return 0
	}
	c.insts = append(c.insts, i)
	return int32(len(c.insts) - 1)
}

// node emits the steps of a node that go on to next, and returns the first.
func (c *compiler) node(at, next int32) int32 {
	if c.err != nil {
		return next
	}
	n := &c.nodes[at]
	switch n.kind {
	case isSet:
		return c.run(&c.classes[n.at], 1, 1, false, next)
	case isText:
		return c.emit(inst{op: opText, arg: n.at, most: n.count, fold: n.fold, next: next})
	case isAssert:
		return c.emit(inst{op: n.assert, next: next})
	case isGroup:
		return c.capture(n, next)
	case isConcat:
		kids := c.children(n)
		for i := len(kids) - 1; i >= 0; i-- {
			next = c.node(kids[i], next)
		}
	case isAlternate:
		return c.alternate(n, next)
	case isRepeat:
		return c.repeated(n, next)
	}
	return next
}

func (c *compiler) capture(n *node, next int32) int32 {
	k, sub := 0, c.kids[n.at]
	switch {
	case c.group == FirstGroup:
		k = int(n.least) - 1
		c.groups = max(c.groups, k+1)
	case int(n.least) != c.group:
		return c.node(sub, next)
	}
	if k >= maxGroups {
		c.err = fmt.Errorf("more than %d groups: %w", maxGroups, ErrUnsupported)
		return next
	}
	end := c.emit(inst{op: opMark, arg: int32(2*k + 1), next: next})
	return c.emit(inst{op: opMark, arg: int32(2 * k), next: c.node(sub, end)})
}

// alternate emits the alternatives, and the step that chooses one of them.
func (c *compiler) alternate(n *node, next int32) int32 {
	base := len(c.stack)
	for _, kid := range c.children(n) {
		c.stack = append(c.stack, c.node(kid, next))
	}
	at := c.split(c.emit(inst{op: opSplit}), c.stack[base:]...)
	c.stack = c.stack[:base]
	return at
}

// split makes a step go on at one of some others.
func (c *compiler) split(at int32, to ...int32) int32 {
	if c.err != nil {
		return at
	}
	c.insts[at].arg, c.insts[at].most = int32(len(c.alts)), int32(len(to))
	for _, next := range to {
		c.alts = append(c.alts, alternative{next: next})
	}
	return at
}

// choice makes a step go on with the body of a repeat or without.
func (c *compiler) choice(at, body, next int32, lazy bool) int32 {
	if lazy {
		body, next = next, body
	}
	return c.split(at, body, next)
}

func (c *compiler) repeated(n *node, next int32) int32 {
	sub := c.kids[n.at]
	if s := &c.nodes[sub]; s.kind == isSet {
		return c.run(&c.classes[s.at], n.least, n.most, n.lazy, next)
	}
	at := next
	if n.most < 0 {
		at = c.emit(inst{op: opSplit})
		c.choice(at, c.node(sub, at), next, n.lazy)
	}
	for range n.most - n.least {
		body := c.node(sub, at)
		at = c.choice(c.emit(inst{op: opSplit}), body, next, n.lazy)
	}
	for range n.least {
		at = c.node(sub, at)
	}
	return at
}

// run emits a run of bytes of one set. Two greedy runs of the same set in a row are one: a longer run may be written so
// where a brace takes only so much, and would be tried in every way to divide it.
func (c *compiler) run(set *byteSet, least, most int32, lazy bool, next int32) int32 {
	i := inst{op: opRun, least: least, most: most, arg: c.share(set), lazy: lazy, next: next}
	if n := &c.insts[next]; n.op == opRun && n.arg == i.arg && !n.lazy && !lazy {
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

// share returns which of the sets equals one.
func (c *compiler) share(set *byteSet) int32 {
	for i := range c.sets {
		if s := &c.sets[i]; s[1] == set[1] && s[0] == set[0] && s[2] == set[2] && s[3] == set[3] {
			return int32(i)
		}
	}
	c.sets = append(c.sets, *set)
	return int32(len(c.sets) - 1)
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
