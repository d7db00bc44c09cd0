// Package regexgen makes random strings that a regex matches, for tests that compare a fast path with the regex.
package regexgen

import (
	"math/rand/v2"
	"regexp/syntax"
	"strings"
)

// maxLoop bounds repeats without an upper limit.
const maxLoop = 20

// Generator makes strings that match one regex.
type Generator struct {
	tree *syntax.Regexp
	rng  *rand.Rand
}

// New parses a regex byte by byte, as the engine does.
func New(pattern string, seed uint64) (*Generator, error) {
	var b strings.Builder
	for i := range len(pattern) {
		b.WriteRune(rune(pattern[i]))
	}
	tree, err := syntax.Parse(b.String(), syntax.Perl)
	if err != nil {
		return nil, err
	}
	return &Generator{tree, rand.New(rand.NewPCG(seed, 1))}, nil
}

// Next returns a string built along the regex. Anchors and word boundaries are taken to hold, so a caller checks the
// result against the regex where it has any.
func (g *Generator) Next() string {
	var b strings.Builder
	g.write(&b, g.tree)
	return b.String()
}

func (g *Generator) write(b *strings.Builder, n *syntax.Regexp) {
	switch n.Op {
	case syntax.OpLiteral:
		for _, r := range n.Rune {
			b.WriteByte(g.anyCase(byte(r), n.Flags&syntax.FoldCase != 0))
		}
	case syntax.OpCharClass:
		b.WriteByte(g.pick(n.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte(' ' + byte(g.rng.IntN(95)))
	case syntax.OpCapture:
		g.write(b, n.Sub[0])
	case syntax.OpConcat:
		for _, s := range n.Sub {
			g.write(b, s)
		}
	case syntax.OpAlternate:
		g.write(b, n.Sub[g.rng.IntN(len(n.Sub))])
	case syntax.OpStar:
		g.loop(b, n.Sub[0], 0, -1)
	case syntax.OpPlus:
		g.loop(b, n.Sub[0], 1, -1)
	case syntax.OpQuest:
		g.loop(b, n.Sub[0], 0, 1)
	case syntax.OpRepeat:
		g.loop(b, n.Sub[0], n.Min, n.Max)
	}
}

func (g *Generator) loop(b *strings.Builder, n *syntax.Regexp, least, most int) {
	if most < 0 || most > least+maxLoop {
		most = least + maxLoop
	}
	for range least + g.rng.IntN(most-least+1) {
		g.write(b, n)
	}
}

func (g *Generator) anyCase(c byte, fold bool) byte {
	switch {
	case !fold || g.rng.IntN(2) == 0:
		return c
	case c >= 'a' && c <= 'z':
		return c - 32
	case c >= 'A' && c <= 'Z':
		return c + 32
	}
	return c
}

// pick chooses a byte of the class, a printable one where the class has some.
func (g *Generator) pick(ranges []rune) byte {
	var all, shown []byte
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= min(ranges[i+1], 255); r++ {
			all = append(all, byte(r))
			if r >= ' ' && r < 0x7f {
				shown = append(shown, byte(r))
			}
		}
	}
	if len(shown) > 0 {
		all = shown
	}
	if len(all) == 0 {
		return '?'
	}
	return all[g.rng.IntN(len(all))]
}
