package byteregex

// Most patterns use a small part of RE2's syntax. This parser knows that part and is an order of magnitude cheaper than
// the general one, since it makes no garbage and a class of bytes is four words. What it does not know for sure, what is
// no regex among it, it leaves to the general parser.

// most groups one in the other that the parser follows
const maxDepth = 100

// parser reads a pattern into its tree.
type parser struct {
	tree
	text  string
	at    int
	depth int

	fold, lines, dotAll bool // the flags i, m and s
}

// parse returns the root of the pattern's tree; false where the pattern needs the general parser.
func (p *parser) parse(pattern string) (root int32, ok bool) {
	p.reset()
	p.text, p.at, p.depth = pattern, 0, 0
	p.fold, p.lines, p.dotAll = false, false, false
	root, ok = p.alternation()
	return root, ok && p.at == len(p.text)
}

// alternation reads up to the end of a group or of the pattern.
func (p *parser) alternation() (int32, bool) {
	if p.depth++; p.depth > maxDepth {
		return 0, false
	}
	base := len(p.stack)
	for {
		n, ok := p.concat()
		if !ok {
			return 0, false
		}
		p.alternative(base, n)
		if p.at == len(p.text) || p.text[p.at] != '|' {
			p.depth--
			return p.join(isAlternate, base), true
		}
		p.at++
	}
}

// concat reads one alternative.
func (p *parser) concat() (int32, bool) {
	base := len(p.stack)
	for p.at < len(p.text) && p.text[p.at] != '|' && p.text[p.at] != ')' {
		n, ok := p.atom()
		if !ok {
			return 0, false
		}
		if n >= 0 {
			p.stack = append(p.stack, n)
		}
	}
	return p.join(isConcat, base), true
}

// atom reads what a repeat may follow, and the repeat. It returns -1 where there is nothing but flags.
func (p *parser) atom() (n int32, ok bool) {
	c := p.text[p.at]
	switch c {
	case '(':
		n, ok = p.open()
	case '[':
		var s byteSet
		p.at++
		if s, ok = p.class(); ok {
			n = p.set(s)
		}
	case '.':
		p.at++
		n, ok = p.set(anyByte(p.dotAll)), true
	case '^', '$':
		p.at++
		n, ok = p.edge(c), true
	case '*', '+', '?':
		return 0, false
	case '\\':
		n, ok = p.backslash()
	default:
		return p.literal()
	}
	if !ok || n < 0 {
		return n, ok
	}
	return p.repeated(n)
}

// edge makes a node for the start or the end of a line or of the text.
func (p *parser) edge(c byte) int32 {
	op := opBeginText
	switch {
	case c == '^' && p.lines:
		op = opBeginLine
	case c == '$' && p.lines:
		op = opEndLine
	case c == '$':
		op = opEndText
	}
	return p.add(node{kind: isAssert, assert: op, empty: true})
}

// literal reads bytes that stand for themselves: a text, or one of them and its repeat.
func (p *parser) literal() (int32, bool) {
	from := len(p.texts)
	for p.at < len(p.text) {
		c, next, ok := p.plain()
		if !ok {
			break
		}
		if len(p.texts) > from && next < len(p.text) && repeats(p.text[next:]) {
			break // the repeat takes this byte alone
		}
		if p.fold {
			if c >= 0x80 {
				return 0, false
			}
			c = lower(c)
		}
		p.texts = append(p.texts, c)
		p.at = next
		if next < len(p.text) && repeats(p.text[next:]) {
			break
		}
	}
	switch n := len(p.texts) - from; n {
	case 0:
		return 0, false
	case 1:
		c := p.texts[from]
		p.texts = p.texts[:from]
		return p.repeated(p.set(one(c, p.fold)))
	default:
		return p.add(node{kind: isText, at: int32(from), count: int32(n), fold: p.fold}), true
	}
}

// plain returns the byte that stands for itself at the parser's place, and where the next begins.
func (p *parser) plain() (c byte, next int, ok bool) {
	switch c = p.text[p.at]; c {
	case '(', ')', '[', '.', '^', '$', '*', '+', '?', '|', '{':
		return c, p.at, false
	case '\\':
		return escaped(p.text, p.at)
	}
	return c, p.at + 1, true
}

// repeats tells whether a text may begin with a repeat; what is none after all is for the general parser.
func repeats(s string) bool { return s[0] == '*' || s[0] == '+' || s[0] == '?' || s[0] == '{' }

// repeated reads the repeat of a node, if there is one.
func (p *parser) repeated(n int32) (int32, bool) {
	if p.at == len(p.text) || !repeats(p.text[p.at:]) {
		return n, true
	}
	least, most := int32(0), int32(-1)
	switch p.text[p.at] {
	case '+':
		least = 1
	case '?':
		most = 1
	case '{':
		var ok bool
		if least, most, ok = p.braces(); !ok {
			return 0, false
		}
	}
	p.at++
	lazy := p.at < len(p.text) && p.text[p.at] == '?'
	if lazy {
		p.at++
	}
	if p.at < len(p.text) && repeats(p.text[p.at:]) {
		return 0, false
	}
	if sub := &p.nodes[n]; sub.kind == isAssert || sub.empty && most != 1 || sub.kind == isRepeat && sub.most < 0 && most < 0 {
		return 0, false
	}
	n = p.repeat(n, least, most, lazy)
	return n, p.nodes[n].times <= maxRepeat
}

// maxRepeat is RE2's limit of x{n,m}, and of such repeats one in the other.
const maxRepeat = 1000

// braces reads {n}, {n,} or {n,m} but for the closing brace.
func (p *parser) braces() (least, most int32, ok bool) {
	p.at++
	if least, ok = p.number(); !ok {
		return 0, 0, false
	}
	most = least
	if p.at < len(p.text) && p.text[p.at] == ',' {
		p.at++
		most = -1
		if p.at < len(p.text) && p.text[p.at] != '}' {
			if most, ok = p.number(); !ok || most < least {
				return 0, 0, false
			}
		}
	}
	return least, most, p.at < len(p.text) && p.text[p.at] == '}'
}

func (p *parser) number() (n int32, ok bool) {
	from := p.at
	for ; p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' && n <= maxRepeat; p.at++ {
		n = 10*n + int32(p.text[p.at]-'0')
	}
	ok = p.at > from && n <= maxRepeat && (p.text[from] != '0' || p.at == from+1)
	return n, ok
}

// open reads a group, or flags, for which it returns -1.
func (p *parser) open() (int32, bool) {
	p.at++
	fold, lines, dotAll := p.fold, p.lines, p.dotAll
	number := int32(0)
	if p.at < len(p.text) && p.text[p.at] == '?' {
		p.at++
		group, ok := p.flags()
		if !ok || !group {
			return -1, ok
		}
	} else {
		p.groups++
		number = p.groups
	}
	n, ok := p.alternation()
	if !ok || p.at == len(p.text) || p.text[p.at] != ')' {
		return 0, false
	}
	p.at++
	p.fold, p.lines, p.dotAll = fold, lines, dotAll
	if number > 0 {
		n = p.group(number, n)
	}
	return n, true
}

// flags reads "i-m:" or "i-m)"; group: the former.
func (p *parser) flags() (group, ok bool) {
	for on := true; p.at < len(p.text); {
		c := p.text[p.at]
		p.at++
		switch c {
		case 'i':
			p.fold = on
		case 'm':
			p.lines = on
		case 's':
			p.dotAll = on
		case '-':
			if !on || p.at < len(p.text) && (p.text[p.at] == ':' || p.text[p.at] == ')') {
				return false, false
			}
			on = false
		case ':':
			return true, true
		case ')':
			return false, p.text[p.at-2] != '?'
		default:
			return false, false
		}
	}
	return false, false
}
