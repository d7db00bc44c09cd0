package rules

import (
	"math"
	"math/bits"
	"regexp/syntax"
)

// Run is a stretch of bytes of one class that every match of a regex holds: a hexadecimal key of 32 digits, a UUID. To
// look for it in a window costs far less than to run the regex.
type Run struct {
	Len   int       // least bytes; 0: none known
	Class [4]uint64 // the bytes it is made of, one bit each
}

// Has tells whether c is of the run's class.
func (r *Run) Has(c byte) bool { return r.Class[c>>6]>>(c&63)&1 != 0 }

// stretchOf is a part of a sequence: at least min bytes, all of class.
type stretchOf struct {
	class [4]uint64
	min   int
}

// mandatoryRun returns the run of consecutive parts of a regex that tells most where one of the literals stands: what a
// literal brings of it tells nothing then.
func mandatoryRun(tree *syntax.Regexp, lits []Literal) Run {
	parts := sequence(tree)
	var best Run
	most := minLeftBits
	for i := range parts {
		var class [4]uint64
		n := 0
		for _, p := range parts[i:] {
			class = union(class, p.class)
			n += p.min
			run := Run{n, class}
			if tellingBits(class, n) <= max(most, minRunBits) {
				continue
			}
			if b := tellingBits(class, n-run.broughtBy(lits)); b > most {
				best, most = run, b
			}
		}
	}
	return best
}

// broughtBy returns the most bytes of a run that one of the literals holds.
func (r *Run) broughtBy(lits []Literal) int {
	most := 0
	for _, l := range lits {
		n := 0
		for _, c := range []byte(l.Text) {
			if n++; !r.Has(c) && (!l.Fold || c < 'a' || c > 'z' || !r.Has(c-32)) {
				n = 0
			}
			most = max(most, n)
		}
	}
	return min(most, r.Len)
}

// minRunBits is what a run must at least tell to be worth looking for, minLeftBits what of that no literal may bring;
// plainBytes is how many bytes ordinary text uses.
const (
	minRunBits  = 8.0
	minLeftBits = 4.0
	plainBytes  = 96
)

func tellingBits(class [4]uint64, n int) float64 {
	size := 0
	for _, w := range class {
		size += bits.OnesCount64(w)
	}
	return float64(n) * math.Log2(plainBytes/float64(max(1, size)))
}

func union(a, b [4]uint64) [4]uint64 {
	for i := range a {
		a[i] |= b[i]
	}
	return a
}

// sequence returns the parts of a regex in order. A part that may be absent has min 0.
func sequence(n *syntax.Regexp) []stretchOf {
	switch n.Op {
	case syntax.OpCapture:
		return sequence(n.Sub[0])
	case syntax.OpConcat:
		var parts []stretchOf
		for _, s := range n.Sub {
			parts = append(parts, sequence(s)...)
		}
		return parts
	}
	return []stretchOf{{bytesOf(n), minLen(n)}}
}

func minLen(n *syntax.Regexp) int { return analyse(n).min }

// bytesOf returns every byte that a match of a node may hold.
func bytesOf(n *syntax.Regexp) (class [4]uint64) {
	add := func(c byte) { class[c>>6] |= 1 << (c & 63) }
	switch n.Op {
	case syntax.OpLiteral:
		for _, r := range n.Rune {
			c := byte(r)
			add(c)
			if n.Flags&syntax.FoldCase != 0 {
				add(asciiLower(string([]byte{c}))[0])
				add(asciiUpper(string([]byte{c}))[0])
			}
		}
	case syntax.OpCharClass:
		for i := 0; i+1 < len(n.Rune); i += 2 {
			for r := n.Rune[i]; r <= min(n.Rune[i+1], 255); r++ {
				add(byte(r))
			}
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return [4]uint64{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
	default:
		for _, s := range n.Sub {
			class = union(class, bytesOf(s))
		}
	}
	return class
}
