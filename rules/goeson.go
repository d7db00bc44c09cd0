package rules

import "regexp/syntax"

// goesOn tells whether a match may hold a line break behind the start of its secret, and more behind that. A border
// such as (?:\W|$) may be a line break, and is the end.
func goesOn(tree *syntax.Regexp, group int) bool {
	tail, ok := behind(tree, group)
	if !ok {
		return true
	}
	for i, n := range tail {
		if !breaks(n) {
			continue
		}
		rest := 0
		for _, m := range tail[i+1:] {
			rest = max(rest, mostBytes(m))
		}
		if mostBytes(n) > 1 || rest > 0 {
			return true
		}
	}
	return false
}

// behind returns what stands in a tree from the start of a group on, in order. It is false where the group stands inside
// an alternative or a repetition, so that there is no one such order.
func behind(n *syntax.Regexp, group int) ([]*syntax.Regexp, bool) {
	switch {
	case group == 0 || n.Op == syntax.OpCapture && n.Cap == group:
		return []*syntax.Regexp{n}, true
	case n.Op == syntax.OpCapture:
		return behind(n.Sub[0], group)
	case n.Op != syntax.OpConcat:
		return nil, false
	}
	for i, s := range n.Sub {
		if !holds(s, group) {
			continue
		}
		tail, ok := behind(s, group)
		return append(tail, n.Sub[i+1:]...), ok
	}
	return nil, false
}

func holds(n *syntax.Regexp, group int) bool {
	if n.Op == syntax.OpCapture && n.Cap == group {
		return true
	}
	for _, s := range n.Sub {
		if holds(s, group) {
			return true
		}
	}
	return false
}

// breaks tells whether a match of n may hold a line break.
func breaks(n *syntax.Regexp) bool {
	switch n.Op {
	case syntax.OpAnyChar:
		return true
	case syntax.OpLiteral:
		for _, r := range n.Rune {
			if r == '\n' {
				return true
			}
		}
	case syntax.OpCharClass:
		for i := 0; i+1 < len(n.Rune); i += 2 {
			if n.Rune[i] <= '\n' && '\n' <= n.Rune[i+1] {
				return true
			}
		}
	}
	for _, s := range n.Sub {
		if breaks(s) {
			return true
		}
	}
	return false
}

// many stands for a length without a limit.
const many = 1 << 20

// mostBytes returns the most bytes a match of n has, as far as it matters.
func mostBytes(n *syntax.Regexp) int {
	switch n.Op {
	case syntax.OpLiteral:
		return len(n.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpStar, syntax.OpPlus:
		return many
	case syntax.OpRepeat:
		if n.Max < 0 {
			return many
		}
		return min(many, n.Max*mostBytes(n.Sub[0]))
	case syntax.OpAlternate, syntax.OpQuest, syntax.OpCapture:
		most := 0
		for _, s := range n.Sub {
			most = max(most, mostBytes(s))
		}
		return most
	case syntax.OpConcat:
		sum := 0
		for _, s := range n.Sub {
			sum = min(many, sum+mostBytes(s))
		}
		return sum
	}
	return 0
}
