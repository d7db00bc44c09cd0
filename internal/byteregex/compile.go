package byteregex

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
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
	tree, err := syntax.Parse(latin(pattern), syntax.Perl)
	if err != nil {
		return nil, err
	}
	c := compiler{group: group}
	c.groups, c.any = 1, group == FirstGroup
	c.insts = make([]inst, 0, 16+len(pattern)/8)
	c.start = c.node(tree, c.emit(inst{op: opMatch}))
	if c.err != nil {
		return nil, fmt.Errorf("regex %q: %w", pattern, c.err)
	}
	c.lookAhead()
	return &c.Program, nil
}

// latin makes each byte of a pattern one character.
func latin(pattern string) string {
	if !strings.ContainsFunc(pattern, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return pattern
	}
	var b strings.Builder
	for i := range len(pattern) {
		b.WriteRune(rune(pattern[i]))
	}
	return b.String()
}

// compiler emits steps from the end of the regex to its start.
type compiler struct {
	Program
	group int
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

// split makes a step go on at one of some others.
func (c *compiler) split(at int32, to ...int32) {
	if c.err != nil {
		return
	}
	c.insts[at].arg, c.insts[at].most = int32(len(c.alts)), int32(len(to))
	for _, next := range to {
		c.alts = append(c.alts, alternative{next: next})
	}
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
		return c.emit(inst{op: opAssert, assert: uint8(n.Op), next: next})
	case syntax.OpCapture:
		return c.capture(n, next)
	case syntax.OpConcat:
		for i := len(n.Sub) - 1; i >= 0; i-- {
			next = c.node(n.Sub[i], next)
		}
		return next
	case syntax.OpAlternate:
		to := make([]int32, len(n.Sub))
		for i, s := range n.Sub {
			to[i] = c.node(s, next)
		}
		at := c.emit(inst{op: opSplit})
		c.split(at, to...)
		return at
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

func (c *compiler) capture(n *syntax.Regexp, next int32) int32 {
	k := 0
	switch {
	case c.group == FirstGroup:
		k = n.Cap - 1
		c.groups = max(c.groups, n.Cap)
	case n.Cap != c.group:
		return c.node(n.Sub[0], next)
	}
	if k >= maxGroups {
		c.err = fmt.Errorf("more than %d groups: %w", maxGroups, ErrUnsupported)
		return next
	}
	end := c.emit(inst{op: opMark, slot: uint8(2*k + 1), next: next})
	return c.emit(inst{op: opMark, slot: uint8(2 * k), next: c.node(n.Sub[0], end)})
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
	c.texts = append(c.texts, string(text))
	return c.emit(inst{op: opText, arg: int32(len(c.texts) - 1), fold: fold, next: next})
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
	choice := func(at, body int32) {
		if lazy {
			c.split(at, next, body)
		} else {
			c.split(at, body, next)
		}
	}
	at := next
	if most < 0 {
		at = c.emit(inst{op: opSplit})
		choice(at, c.node(sub, at))
	}
	for range most - least {
		body := c.node(sub, at)
		at = c.emit(inst{op: opSplit})
		choice(at, body)
	}
	for range least {
		at = c.node(sub, at)
	}
	return at
}

// run emits a run of bytes of one set. Two greedy runs of the same set in a row are one: a longer run may be written so
// where a brace takes only so much, and would be tried in every way to divide it.
func (c *compiler) run(set byteSet, least, most int, lazy bool, next int32) int32 {
	i := inst{op: opRun, least: int32(least), most: int32(most), arg: c.share(set), lazy: lazy, next: next}
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
func (c *compiler) share(set byteSet) int32 {
	i := slices.Index(c.sets, set)
	if i < 0 {
		i = len(c.sets)
		c.sets = append(c.sets, set)
	}
	return int32(i)
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

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
