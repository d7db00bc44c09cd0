package rules

import (
	"regexp/syntax"
	"slices"
	"strings"
)

type exact struct {
	text string
	fold bool
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

// product returns every string of a followed by every string of b; nil when that is unknown, too much, or of no more
// use because a's strings are long and many already.
func product(a, b []exact) []exact {
	if b == nil || len(a)*len(b) > exactLimit || longest(a) > exactLong {
		return nil
	}
	if len(b) > 8 && shortest(a) >= goodLength && !slices.ContainsFunc(a, exact.ruler) {
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

// ruler tells whether a string is a row of the same byte. Where that is met it is met at every byte, so what ends it
// belongs to the literal.
func (e exact) ruler() bool { return len(e.text) > 2 && len(squeezed(e.text)) == 2 }

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
