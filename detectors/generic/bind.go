package generic

import (
	"bytes"

	"github.com/unleak/unleak/finding"
)

// sep is what ties a value to its name.
type sep uint8

const (
	sepNone    sep = iota
	sepAssign      // name = value, name := value, name ?= value
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
	b.forward()
	if b.d.n == 0 {
		b.reversed()
	}
}

func (b *binder) forward() {
	t, c := b.text, b.c
	i := b.closers(c.Key.End)
	j := skipSpace(t, i)
	c.spaced = j > i
	if b.column(j) || c.called && c.keyQuote == quoteNone && b.insert() {
		return
	}
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
		if c.spaced && c.keyQuote == quoteNone && b.annotated(j) {
			return
		}
		b.call(j + 1)
	case ',':
		b.comma(j)
	case '>', '<':
		if has(t, j, "<- ") || has(t, j, "<<- ") {
			c.sep = sepAssign
			b.value(j + bytes.IndexByte(t[j:], '-') + 1)
			return
		}
		b.tag(j)
	case '{':
		b.braces(j)
	case wideColon[0]:
		if has(t, j, wideColon) {
			c.sep = sepColon
			b.value(j + len(wideColon))
		}
	case '|', '?':
		b.bar(j)
	case ';':
		b.serialized(j)
	case '\n', '\r':
		if !b.pair(j) {
			b.below(j)
		}
	default:
		if !b.field(j) {
			b.apart(i, j)
		}
	}
}

// wideColon is the colon of Chinese and Japanese text.
const wideColon = "："

// braces handles C++'s secret{"value"}, and a Terraform variable whose default is on a line of its own.
func (b *binder) braces(j int) {
	t, c := b.text, b.c
	if q, _ := quoteAt(t, skipSpace(t, j+1)); q != quoteNone && c.keyQuote == quoteNone && !c.spaced {
		c.sep = sepAssign
		b.value(j + 1)
		return
	}
	if k := b.accessors(j); k > j {
		if b.at(k) == '=' && b.at(k+1) != '>' {
			c.sep = sepAssign
			b.value(k + 1)
		}
		return
	}
	if c.keyQuote == quoteNone || !hasFold(t, skipSpace(t, b.lo), "variable") {
		return
	}
	for range 6 {
		from := b.hi + 1
		if !b.nextLine() {
			return
		}
		i := skipSpace(b.text, from)
		if b.at(i) == '}' {
			return
		}
		if !has(b.text, i, "default") {
			continue
		}
		if i = skipSpace(b.text, i+len("default")); b.at(i) == '=' {
			c.sep, c.nextLine = sepAssign, true
			b.value(i + 1)
			return
		}
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
				continue
			}
			if k := b.skipSubscript(i); k > i && c.keyQuote == quoteNone {
				i = k
				continue
			}
			return i
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
	case ':': // ::= and :::= assign in makefiles
		for j++; b.at(j+1) == ':'; j++ {
		}
		if b.at(j+1) != '=' {
			b.constructed(j + 1)
			return
		}
		c.sep = sepAssign
		b.value(j + 2)
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
		if b.provider(j) || b.pairNoted(j) {
			return
		}
		c.sep = sepColon
		b.value(b.typed(b.closersAfterColon(j + 1)))
	}
}

// closersAfterColon steps over Markdown's closing asterisks in "**Password:** x".
func (b *binder) closersAfterColon(i int) int {
	for b.at(i) == '*' {
		i++
	}
	return i
}

// emit keeps the value text[i:end] unless it is hopeless.
func (b *binder) emit(i, end int) bool {
	if end-i < 3 || end-i > maxValue {
		return true
	}
	c := b.c
	if b.text[i] == '{' {
		if i += openly(b.text[i:end]); end-i < 3 {
			return true
		}
	}
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
