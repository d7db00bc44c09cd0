package byteregex

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// parseAny reads any pattern that RE2 takes, or tells what is wrong with it or left out here.
func (p *parser) parseAny(pattern string) (root int32, err error) {
	p.reset()
	parsed, err := syntax.Parse(latin(pattern), syntax.Perl)
	if err != nil {
		return 0, err
	}
	root, err = p.take(parsed)
	if err != nil {
		return 0, fmt.Errorf("regex %q: %w", pattern, err)
	}
	return root, nil
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

var assertions = map[syntax.Op]operation{
	syntax.OpBeginText: opBeginText, syntax.OpEndText: opEndText, syntax.OpBeginLine: opBeginLine, syntax.OpEndLine: opEndLine,
	syntax.OpWordBoundary: opWordBoundary, syntax.OpNoWordBoundary: opNoWordBoundary,
}

// take makes a node of one of the general parser's.
func (t *tree) take(n *syntax.Regexp) (int32, error) {
	switch n.Op {
	case syntax.OpEmptyMatch:
		return t.add(node{kind: isEmpty, empty: true}), nil
	case syntax.OpLiteral:
		return t.literal(n)
	case syntax.OpCharClass:
		var s byteSet
		for i := 0; i+1 < len(n.Rune); i += 2 {
			if n.Rune[i] <= 0xff {
				s.addRange(byte(n.Rune[i]), byte(min(n.Rune[i+1], 0xff)))
			}
		}
		return t.set(s), nil
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return t.set(anyByte(n.Op == syntax.OpAnyChar)), nil
	case syntax.OpConcat, syntax.OpAlternate:
		base := len(t.stack)
		for _, s := range n.Sub {
			at, err := t.take(s)
			if err != nil {
				return 0, err
			}
			t.stack = append(t.stack, at)
		}
		if n.Op == syntax.OpConcat {
			return t.join(isConcat, base), nil
		}
		return t.join(isAlternate, base), nil
	case syntax.OpCapture, syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		return t.takeAround(n)
	}
	if op, ok := assertions[n.Op]; ok {
		return t.add(node{kind: isAssert, assert: op, empty: true}), nil
	}
	return 0, fmt.Errorf("%v: %w", n.Op, ErrUnsupported)
}

// takeAround makes a node of a group or a repeat.
func (t *tree) takeAround(n *syntax.Regexp) (int32, error) {
	sub, err := t.take(n.Sub[0])
	if err != nil {
		return 0, err
	}
	lazy := n.Flags&syntax.NonGreedy != 0
	least, most := int32(n.Min), int32(n.Max)
	switch n.Op {
	case syntax.OpCapture:
		t.groups = max(t.groups, int32(n.Cap))
		return t.group(int32(n.Cap), sub), nil
	case syntax.OpStar:
		least, most = 0, -1
	case syntax.OpPlus:
		least, most = 1, -1
	case syntax.OpQuest:
		least, most = 0, 1
	}
	if most != 1 && t.nodes[sub].empty {
		return 0, fmt.Errorf("repeat of what may be empty: %w", ErrUnsupported)
	}
	return t.repeat(sub, least, most, lazy), nil
}

func (t *tree) literal(n *syntax.Regexp) (int32, error) {
	fold := n.Flags&syntax.FoldCase != 0
	from := len(t.texts)
	for _, r := range n.Rune {
		if r > 0xff || fold && r >= 0x80 {
			return 0, fmt.Errorf("literal %q: %w", n, ErrUnsupported)
		}
		c := byte(r)
		if fold {
			c = lower(c)
		}
		t.texts = append(t.texts, c)
	}
	if len(n.Rune) == 1 {
		return t.set(one(t.texts[from], fold)), nil
	}
	return t.add(node{kind: isText, at: int32(from), count: int32(len(n.Rune)), fold: fold}), nil
}
