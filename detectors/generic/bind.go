package generic

import "github.com/unleak/unleak/finding"

// sep is what ties a value to its name.
type sep uint8

const (
	sepNone    sep = iota
	sepAssign      // name = value, name := value
	sepColon       // name: value
	sepArrow       // name => value
	sepCompare     // name == value
	sepCall        // name("value")
	sepArgs        // ("name", "value")
	sepTag         // <name>value</name>
	sepFlag        // --name value
	sepSpace       // name "value"
	sepEnv         // ENV name value
	sepPair        // name: name, value: value
	sepQuery       // ?name=value&
	sepTable       // | name | value |
	sepProse       // name is "value"
	sepDefault     // name || "value"
	sepURL         // scheme://user:value@host
	sepScheme      // Bearer value
	sepUser        // -u user:value
	sepCount
)

// binder looks for the values of one name. text ends where the last line that was looked at ends.
type binder struct {
	d    *Detector
	c    *Candidate
	text []byte
	full []byte
	lo   int
	hi   int // end of text
	cap  int // hi never passes it
}

// nextLine makes one more line visible and tells whether there is one.
func (b *binder) nextLine() bool {
	if b.hi+1 >= b.cap || b.hi >= len(b.full) || b.full[b.hi] != '\n' {
		return false
	}
	b.hi = lineEnd(b.full, b.hi+1, b.cap)
	b.text = b.full[:b.hi]
	return true
}

func (b *binder) at(i int) byte {
	if i < len(b.text) {
		return b.text[i]
	}
	return '\n'
}

// run finds the separator and then the values.
func (b *binder) run() {
	t, c := b.text, b.c
	i := b.closers(c.Key.End)
	j := skipSpace(t, i)
	c.spaced = j > i
	switch b.at(j) {
	case '=':
		b.assign(j)
	case ':':
		b.colon(j)
	case '!':
		if b.at(j+1) == '=' {
			c.sep = sepCompare
			b.value(skipEquals(t, j+1))
		}
	case '(':
		b.call(j + 1)
	case ',':
		b.comma(j)
	case '>', '<':
		b.tag(j)
	case '|', '?':
		b.bar(j)
	case ';':
		b.serialized(j)
	case '\n', '\r':
		b.pair(j)
	default:
		b.apart(i, j)
	}
}

// closers skips what may close around a name: quotes, brackets, Markdown marks.
func (b *binder) closers(i int) int {
	t, c := b.text, b.c
	for n := 0; n < 6 && i < len(t); n++ {
		if k, w := quoteAt(t, i); k != quoteNone {
			if c.keyQuote != quoteNone {
				return i
			}
			c.keyQuote = k
			i += w
			continue
		}
		switch t[i] {
		case ')':
			c.called = true
			i++
		case ']', '*', '}':
			i++
		case '[':
			if b.at(i+1) == ']' {
				i += 2
			} else {
				return i
			}
		case '?':
			if b.at(i+1) != ':' {
				return i
			}
			i++
		default:
			return i
		}
	}
	return i
}

func skipEquals(t []byte, i int) int {
	for i < len(t) && t[i] == '=' {
		i++
	}
	return i
}

func (b *binder) assign(j int) {
	t, c := b.text, b.c
	k := skipEquals(t, j)
	switch {
	case b.at(k) == '>':
		c.sep = sepArrow
		k++
	case k-j > 1:
		c.sep = sepCompare
	case b.at(k) == '~':
		return
	default:
		c.sep = sepAssign
		if p := c.Key.Start - 1; p >= b.lo && (t[p] == '?' || t[p] == '&') && !c.spaced {
			c.sep = sepQuery
		}
	}
	b.value(k)
}

func (b *binder) colon(j int) {
	c := b.c
	switch b.at(j + 1) {
	case ':':
		return
	case '=':
		c.sep = sepAssign
		b.value(j + 2)
	case '-':
		if b.at(j+2) == ' ' {
			return
		}
		c.sep = sepDefault
		b.value(j + 2)
	default:
		c.sep = sepColon
		b.value(b.closersAfterColon(j + 1))
	}
}

// closersAfterColon steps over Markdown's closing asterisks in "**Password:** x".
func (b *binder) closersAfterColon(i int) int {
	for b.at(i) == '*' {
		i++
	}
	return i
}

// bar handles a table cell and the operators that give a default.
func (b *binder) bar(j int) {
	c := b.c
	if b.at(j) == b.at(j+1) {
		c.sep = sepDefault
		b.value(j + 2)
		return
	}
	if b.at(j) == '|' {
		if has(b.text, j, "|s:") {
			b.serialized(j)
			return
		}
		if c.spaced || isSpace(b.at(j+1)) {
			c.sep = sepTable
			b.value(j + 1)
		}
	}
}

// serialized handles PHP's serialize: s:8:"password";s:5:"value".
func (b *binder) serialized(j int) {
	t, c := b.text, b.c
	if !has(t, j+1, "s:") {
		return
	}
	k := j + 3
	for k < len(t) && chars[t[k]]&charDigit != 0 {
		k++
	}
	if b.at(k) == ':' {
		c.sep = sepColon
		b.value(k + 1)
	}
}

// comma handles ("name", "value") and lists of name and value.
func (b *binder) comma(j int) {
	if b.pair(j + 1) {
		return
	}
	k := skipSpace(b.text, j+1)
	if b.c.keyQuote == quoteNone {
		b.several(k)
		return
	}
	if q, _ := quoteAt(b.text, k); q == quoteNone || !b.leads() {
		return
	}
	b.c.sep = sepArgs
	b.value(k)
}

// leads tells whether the quoted name is the first of a list, or a flag, so that what follows may be its value.
func (b *binder) leads() bool {
	t, k := b.text, b.c.Key.Start
	if t[k] == '-' {
		return true
	}
	for k > b.lo && (t[k-1] == '\'' || t[k-1] == '"' || t[k-1] == '\\' || t[k-1] == '`' || isSpace(t[k-1]) || t[k-1] == ':' || t[k-1] == '@') {
		k--
	}
	return k == b.lo || t[k-1] != ','
}

// several handles "name, err := value".
func (b *binder) several(k int) {
	for k < len(b.text) && (isAlnum(b.text[k]) || b.text[k] == '_') {
		k++
	}
	if k = skipSpace(b.text, k); has(b.text, k, ":=") {
		b.c.sep = sepAssign
		b.value(k + 2)
	}
}

// pair handles a name that is itself a value: {"name": "DB_PASSWORD", "value": "x"}, on one line or two.
func (b *binder) pair(j int) bool {
	c := b.c
	if p := c.Key.Start - 1; p < b.lo {
		return false
	} else if q := b.text[p]; c.keyQuote == quoteNone && q != ' ' && q != '>' {
		return false
	}
	for n := 0; n < 2; n++ {
		for j < len(b.text) && (isSpace(b.text[j]) || b.text[j] == ',' || b.text[j] == '\r') {
			j++
		}
		if j < len(b.text) || n > 0 || !b.nextLine() {
			break
		}
		j++
	}
	if _, w := quoteAt(b.text, j); w > 0 {
		j += w
	}
	if !hasFold(b.text, j, "value") {
		return false
	}
	j += len("value")
	if _, w := quoteAt(b.text, j); w > 0 {
		j += w
	}
	j = skipSpace(b.text, j)
	if ch := b.at(j); ch != ':' && ch != '=' {
		return false
	}
	c.sep, c.nextLine = sepPair, j > c.Key.End+200
	b.value(j + 1)
	return true
}

// tag handles <name>value<, <td>name</td><td>value< and <key>name</key><string>value<.
func (b *binder) tag(j int) {
	t, c := b.text, b.c
	c.sep = sepTag
	p := c.Key.Start - 1
	if b.at(j) == '>' {
		if p < b.lo || t[p] != '<' && t[p] != ':' {
			return
		}
		b.element(j + 1)
		return
	}
	for n := 0; n < 6; n++ {
		j = skipSpace(b.text, j)
		if j >= len(b.text) {
			if !b.nextLine() {
				return
			}
			if j = skipSpace(b.text, j+1); b.at(j) != '<' {
				return
			}
			continue
		}
		if b.text[j] != '<' {
			break
		}
		k := j
		for k < len(b.text) && b.text[k] != '>' && k < j+80 {
			k++
		}
		if b.at(k) != '>' {
			return
		}
		j = k + 1
	}
	if ch := b.at(j); ch == ':' || ch == '=' {
		c.sep = sepColon
		b.value(j + 1)
		return
	}
	b.element(j)
}

func (b *binder) element(i int) {
	c := b.c
	end := closing(b.text, i, quoteTag)
	if end < 0 {
		end = len(b.text)
	}
	for i < end && isSpace(b.text[i]) {
		i++
	}
	for end > i && (isSpace(b.text[end-1]) || b.text[end-1] == '\r') {
		end--
	}
	c.quote = quoteTag
	b.emit(i, end)
}

// emit keeps the value text[i:end] unless it is hopeless.
func (b *binder) emit(i, end int) bool {
	if end-i < 3 || end-i > maxValue {
		return true
	}
	c := b.c
	if c.sep != sepScheme && (hasFold(b.text, i, "bearer ") || hasFold(b.text, i, "basic ")) {
		return true // found at that word
	}
	if b.hopeless(i, end) {
		return true
	}
	c.Value = finding.Span{Start: i, End: end}
	c.judged = c.Value
	return b.d.add(c)
}
