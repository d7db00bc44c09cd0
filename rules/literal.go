package rules

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// Literal extraction: every match of a regex holds at least one of a set of strings. The set is read off the syntax
// tree, each string with its distance to the match's ends, so that the engine looks at a regex only around such a
// string. Of several sets a match must meet, the one that ordinary text meets least is best; a short string is
// lengthened by the characters that may follow it while that leaves few enough strings.
const (
	exactLimit  = 256 // most strings an exact set may hold
	exactLong   = 24  // bytes; longer strings tell nothing more
	minLiteral  = 3   // bytes; shorter ones are met too often
	goodLength  = 4   // bytes; a short literal is lengthened to this
	branchLimit = 8   // most alternatives that are looked at one by one
	spaceLimit  = 64  // most blanks in a row a match may hold where its regex allows any number
)

// part is what is known of a node of the syntax tree.
type part struct {
	min, max int       // bytes of a match
	newline  bool      // a match may hold a line break
	exact    []exact   // all its matches, where they are few; nil: unknown
	required []Literal // every match holds one of these; nil: unknown
}

// plan works out the Plan of a parsed regex.
func plan(tree *syntax.Regexp) Plan {
	p := analyse(tree)
	lits := p.required
	if own := runLiterals(p.exact, 0, 0, p.max); better(own, lits) {
		lits = own
	}
	run := mandatoryRun(tree, nil)
	if weakest(lits) < minLiteral || weakest(lits) == minLiteral && len(lits) > fewShort && run.Len >= longRun {
		lits = nil
	}
	lits = compact(lits)
	if lits != nil {
		run = mandatoryRun(tree, lits)
	}
	return Plan{Literals: lits, MinLen: p.min, MaxLen: min(p.max, 2*MaxWindow), SingleLine: !p.newline, Run: run}
}

// A long run costs less to look for than many short literals.
const (
	fewShort = 16
	longRun  = 48 // bytes
)

func analyse(n *syntax.Regexp) part {
	switch n.Op {
	case syntax.OpLiteral:
		return literal(n)
	case syntax.OpCharClass:
		return class(n.Rune)
	case syntax.OpAnyChar:
		return part{min: 1, max: 1, newline: true}
	case syntax.OpAnyCharNotNL:
		return part{min: 1, max: 1}
	case syntax.OpCapture:
		return analyse(n.Sub[0])
	case syntax.OpStar:
		return repeat(n.Sub[0], 0, -1)
	case syntax.OpPlus:
		return repeat(n.Sub[0], 1, -1)
	case syntax.OpQuest:
		return repeat(n.Sub[0], 0, 1)
	case syntax.OpRepeat:
		return repeat(n.Sub[0], n.Min, n.Max)
	case syntax.OpConcat:
		return sequenceOf(n.Sub)
	case syntax.OpAlternate:
		return alternate(n.Sub)
	}
	return part{exact: []exact{{}}} // empty matches: anchors, word boundaries
}

// sequenceOf analyses the parts of a sequence. The parser takes what alternatives begin with out of them; the literals
// that are cut by this are whole again when each alternative is seen with what stands around it.
func sequenceOf(nodes []*syntax.Regexp) part {
	subs := flatten(nodes)
	p := concatNodes(subs)
	for i, s := range subs {
		if s.Op != syntax.OpAlternate || len(s.Sub) > branchLimit || p.exact != nil {
			continue
		}
		var whole []Literal
		for _, branch := range s.Sub {
			around := slices.Concat(subs[:i], []*syntax.Regexp{branch}, subs[i+1:])
			lits := requiredOf(concatNodes(around))
			if lits == nil {
				whole = nil
				break
			}
			whole = append(whole, lits...)
		}
		if better(whole, p.required) {
			p.required = whole
		}
	}
	return p
}

func concatNodes(nodes []*syntax.Regexp) part {
	var parts []part
	for _, s := range nodes {
		parts = append(parts, unroll(s)...)
	}
	return concat(parts)
}

// flatten takes groups and sequences within a sequence apart.
func flatten(nodes []*syntax.Regexp) []*syntax.Regexp {
	var out []*syntax.Regexp
	for _, n := range nodes {
		switch n.Op {
		case syntax.OpCapture, syntax.OpConcat:
			out = append(out, flatten(n.Sub)...)
		default:
			out = append(out, n)
		}
	}
	return out
}

// unroll splits a repeat into its first iterations, which may lengthen a literal before it, and the rest.
func unroll(n *syntax.Regexp) []part {
	if n.Op == syntax.OpCapture {
		return unroll(n.Sub[0])
	}
	if n.Op == syntax.OpConcat {
		var parts []part
		for _, s := range n.Sub {
			parts = append(parts, unroll(s)...)
		}
		return parts
	}
	least, most := 0, 0
	switch n.Op {
	case syntax.OpPlus:
		least, most = 1, -1
	case syntax.OpRepeat:
		least, most = n.Min, n.Max
	default:
		return []part{analyse(n)}
	}
	var parts []part
	one := analyse(n.Sub[0])
	limit := goodLength
	if len(one.exact) == 1 { // all of a long row of the same
		limit = exactLong
	}
	for least > 0 && len(parts) < limit {
		parts = append(parts, one)
		least--
		if most > 0 {
			most--
		}
	}
	if most != 0 {
		parts = append(parts, repeat(n.Sub[0], least, most))
	}
	return parts
}

func repeat(sub *syntax.Regexp, least, most int) part {
	s := analyse(sub)
	limit := MaxWindow
	if most < 0 && blank(sub) {
		limit = spaceLimit
	}
	p := part{min: s.min * least, newline: s.newline && most != 0}
	switch {
	case s.max == 0:
		p.max = 0
	case most < 0:
		p.max = max(limit, p.min, s.max)
	default:
		p.max = min(s.max*most, max(MaxWindow, p.min, s.max))
	}
	switch {
	case most == 0:
		p.exact = []exact{{}}
	case least == 1 && most == 1:
		return s
	case least == 0 && most == 1 && s.exact != nil && len(s.exact) < exactLimit:
		p.exact = append([]exact{{}}, s.exact...)
	case least > 0:
		p.required = stretch(requiredOf(s), 0, p.max-s.max)
	}
	return p
}

// blank tells whether a node matches one white-space character.
func blank(n *syntax.Regexp) bool {
	if n.Op != syntax.OpCharClass {
		return false
	}
	for i := 0; i+1 < len(n.Rune); i += 2 {
		for r := n.Rune[i]; r <= n.Rune[i+1]; r++ {
			if !strings.ContainsRune(" \t\n\v\f\r", r) {
				return false
			}
		}
	}
	return true
}

func alternate(subs []*syntax.Regexp) part {
	p := analyse(subs[0])
	exacts, required := p.exact, requiredOf(p)
	for _, n := range subs[1:] {
		s := analyse(n)
		p.min, p.max, p.newline = min(p.min, s.min), max(p.max, s.max), p.newline || s.newline
		if exacts == nil || s.exact == nil || len(exacts)+len(s.exact) > exactLimit {
			exacts = nil
		} else {
			exacts = append(slices.Clone(exacts), s.exact...)
		}
		if r := requiredOf(s); required == nil || r == nil {
			required = nil
		} else {
			required = append(slices.Clone(required), r...)
		}
	}
	p.exact, p.required = exacts, nil
	if exacts == nil {
		p.required = required
	}
	return p
}

// concat joins the parts of a sequence. run is the exact set of the parts since runStart.
func concat(parts []part) part {
	after := make([]int, len(parts)+1) // most bytes from part i to the end
	for i := len(parts) - 1; i >= 0; i-- {
		after[i] = min(after[i+1]+parts[i].max, 2*MaxWindow)
	}
	var p part
	var best []Literal
	run, whole := []exact{{}}, true
	runMin, runMax := 0, 0 // distance of the run from the start
	offer := func(lits []Literal) {
		if better(lits, best) {
			best = lits
		}
	}
	for i, s := range parts {
		next := product(run, s.exact)
		if next == nil {
			offer(runLiterals(run, runMin, runMax, after[i]))
			offer(stretch(shift(requiredOf(s), p.min, p.max), 0, after[i+1]))
			whole = false
			runMin, runMax = p.min, p.max
			run = s.exact
			if run == nil {
				run = []exact{{}}
				runMin, runMax = p.min+s.min, p.max+s.max
			}
		} else {
			run = next
		}
		p.min += s.min
		p.max = min(p.max+s.max, 2*MaxWindow)
		p.newline = p.newline || s.newline
	}
	offer(runLiterals(run, runMin, runMax, 0))
	if whole {
		p.exact = run
	}
	p.required = best
	return p
}
