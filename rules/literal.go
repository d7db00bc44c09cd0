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

type exact struct {
	text string
	fold bool
}

// plan works out the Plan of a parsed regex.
func plan(tree *syntax.Regexp) Plan {
	p := analyse(tree)
	lits := p.required
	if own := literalsOf(p.exact, p.min, p.max); better(own, lits) {
		lits = own
	}
	run := mandatoryRun(tree)
	if weakest(lits) < minLiteral || weakest(lits) == minLiteral && len(lits) > fewShort && run.Len >= longRun {
		lits = nil
	}
	return Plan{Literals: compact(lits), MinLen: p.min, MaxLen: min(p.max, 2*MaxWindow), SingleLine: !p.newline, Run: run}
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

func literal(n *syntax.Regexp) part {
	fold := n.Flags&syntax.FoldCase != 0
	var b strings.Builder
	for _, r := range n.Rune {
		b.WriteByte(byte(r))
	}
	text := b.String()
	return part{min: len(text), max: len(text), newline: strings.Contains(text, "\n"), exact: []exact{folded(text, fold)}}
}

// folded writes a literal that may be in either case in lower case, and knows when case makes no difference.
func folded(text string, fold bool) exact {
	lower := asciiLower(text)
	return exact{lower, true}.unless(!fold && lower != asciiUpper(text), text)
}

func (e exact) unless(cased bool, text string) exact {
	if cased {
		return exact{text, false}
	}
	return e
}

func asciiLower(s string) string { return mapASCII(s, 'A', 'Z', 32) }
func asciiUpper(s string) string { return mapASCII(s, 'a', 'z', -32) }

func mapASCII(s string, lo, hi byte, by int) string {
	b := []byte(s)
	for i, c := range b {
		if c >= lo && c <= hi {
			b[i] = byte(int(c) + by)
		}
	}
	return string(b)
}

// class takes the ranges of a character class; only bytes count.
func class(ranges []rune) part {
	p := part{min: 1, max: 1}
	n := 0
	var set [256]bool
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= min(ranges[i+1], 255); r++ {
			set[r] = true
			n++
		}
	}
	p.newline = set['\n']
	if n > 64 {
		return p
	}
	for c := range set {
		if !set[c] {
			continue
		}
		b := byte(c)
		switch {
		case b >= 'A' && b <= 'Z' && set[b+32]: // its lower-case twin stands for both
		case b >= 'a' && b <= 'z' && set[b-32]:
			p.exact = append(p.exact, exact{string([]byte{b}), true})
		default:
			p.exact = append(p.exact, folded(string([]byte{b}), false))
		}
	}
	return p
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
	for least > 0 && len(parts) < goodLength {
		parts = append(parts, analyse(n.Sub[0]))
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

// product returns every string of a followed by every string of b; nil when that is unknown, too much, or of no more
// use because a's strings are long and many already.
func product(a, b []exact) []exact {
	if b == nil || len(a)*len(b) > exactLimit || longest(a) > exactLong {
		return nil
	}
	if len(b) > 8 && shortest(a) >= goodLength {
		return nil
	}
	out := make([]exact, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, join(x, y))
		}
	}
	return out
}

// join folds case where one side does: a superset of what matches is fine for a filter.
func join(x, y exact) exact {
	if x.text == "" {
		return y
	}
	if y.text == "" {
		return x
	}
	if x.fold == y.fold {
		return exact{x.text + y.text, x.fold}
	}
	if caseless(x.text) || caseless(y.text) {
		return exact{x.text + y.text, false}.unfold(x, y)
	}
	return exact{asciiLower(x.text + y.text), true}
}

// unfold keeps the exact case of the side that has one when the other side has no letters.
func (e exact) unfold(x, y exact) exact {
	if x.fold && !caseless(x.text) || y.fold && !caseless(y.text) {
		return exact{asciiLower(e.text), true}
	}
	return e
}

func caseless(s string) bool { return asciiLower(s) == asciiUpper(s) }

func longest(set []exact) int {
	n := 0
	for _, e := range set {
		n = max(n, len(e.text))
	}
	return n
}

func shortest(set []exact) int {
	if len(set) == 0 {
		return 0
	}
	n := len(set[0].text)
	for _, e := range set {
		n = min(n, len(e.text))
	}
	return n
}

func requiredOf(p part) []Literal {
	own := literalsOf(p.exact, p.min, p.max)
	if better(own, p.required) {
		return own
	}
	return p.required
}

func literalsOf(set []exact, _, most int) []Literal { return runLiterals(set, 0, 0, most) }

// runLiterals makes literals of an exact set that starts before[0] to before[1] bytes into the match; tail is the most
// bytes from the end of the set's strings to the end of the match, or the whole rest where that is known better.
func runLiterals(set []exact, least, most, tail int) []Literal {
	if len(set) == 0 || shortest(set) == 0 {
		return nil
	}
	out := make([]Literal, len(set))
	for i, e := range set {
		out[i] = Literal{Text: e.text, Fold: e.fold, Before: [2]int{least, min(most, MaxWindow)},
			After: min(max(tail, 0)+len(e.text), MaxWindow)}
	}
	return out
}

func shift(lits []Literal, least, most int) []Literal {
	out := slices.Clone(lits)
	for i := range out {
		out[i].Before = [2]int{out[i].Before[0] + least, min(out[i].Before[1]+most, MaxWindow)}
	}
	return out
}

// stretch adds what may follow: before more bytes ahead, after more bytes behind.
func stretch(lits []Literal, before, after int) []Literal {
	out := slices.Clone(lits)
	for i := range out {
		out[i].Before[1] = min(out[i].Before[1]+before, MaxWindow)
		out[i].After = min(out[i].After+after, MaxWindow)
	}
	return out
}

// weakest returns the length of the shortest literal; 0 for none.
func weakest(lits []Literal) int {
	if len(lits) == 0 {
		return 0
	}
	n := len(lits[0].Text)
	for _, l := range lits {
		n = min(n, len(l.Text))
	}
	return n
}

// better tells whether a is the better filter: the one that ordinary text meets less often.
func better(a, b []Literal) bool {
	if len(b) == 0 || len(a) == 0 {
		return len(a) > 0
	}
	if wa, wb := weakest(a) >= minLiteral, weakest(b) >= minLiteral; wa != wb {
		return wa
	}
	return frequency(a) < frequency(b)
}

// compact merges equal literals and takes out those that hold another one of the set, which finds them too. The distances
// of what is left widen to cover both.
func compact(lits []Literal) []Literal {
	slices.SortStableFunc(lits, func(a, b Literal) int { return len(a.Text) - len(b.Text) })
	var out []Literal
	for _, l := range lits {
		k, at := -1, -1
		for i := range out {
			if at = out[i].within(&l); at >= 0 {
				k = i
				break
			}
		}
		if k < 0 {
			out = append(out, l)
			continue
		}
		o := &out[k]
		o.Fold = o.Fold || l.Fold && len(o.Text) == len(l.Text)
		o.Before = [2]int{min(o.Before[0], l.Before[0]+at), min(max(o.Before[1], l.Before[1]+at), MaxWindow)}
		o.After = max(o.After, l.After-at)
	}
	slices.SortFunc(out, func(a, b Literal) int { return strings.Compare(a.Text, b.Text) })
	return out
}

// within returns where every text that l stands for holds o, or -1. Equal strings are one literal, whatever their case.
func (o *Literal) within(l *Literal) int {
	switch {
	case o.Text == l.Text:
		return 0
	case o.Fold:
		return strings.Index(asciiLower(l.Text), o.Text)
	case l.Fold && !caseless(o.Text):
		return -1
	}
	return strings.Index(l.Text, o.Text)
}
