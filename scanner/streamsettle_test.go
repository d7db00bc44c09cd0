package scanner

import (
	"math/rand/v2"
	"testing"
	"unicode/utf8"

	"github.com/unleak/unleak/finding"
)

// TestStreamReportsOnTheWay reads a stream of tokens: what lies some windows back is reported and kept no longer.
func TestStreamReportsOnTheWay(t *testing.T) {
	const size, step, window, margin = 6 << 20, 3001, 100_000, 40_000
	in := &endless{n: size, step: step}
	sink := newSink(t.Context(), options(newEngine(t)).withDefaults())
	w := sink.Worker()
	w.window, w.margin = window, margin
	next := 1
	err := w.StreamHooked(t.Context(), in, finding.Origin{Path: "in"}, Hooks{Report: func(m finding.Match, p finding.Place) {
		if p.Start.Offset != int64(next) {
			t.Fatalf("a token at %d is reported, want one at %d", p.Start.Offset, next)
		}
		if behind := in.at - next; behind > 3*window {
			t.Fatalf("the token at %d is reported %d bytes later", next, behind)
		}
		next += step
	}})
	w.Close()
	sink.close()
	if err != nil || next <= size-step {
		t.Errorf("the last token is reported at %d, error %v", next-step, err)
	}
}

// TestCursorGoesBack moves a cursor about at random and works every position out again from the start.
func TestCursorGoesBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		var text []byte
		for range rng.IntN(60) {
			text = append(text, []string{"a", "é", "日", "\n", "\r\n", "\xff", "\xc3", "\x80", "😀"}[rng.IntN(9)]...)
		}
		c := cursor{text: text, base: position{offset: 50, line: 3, column: 2, bytes: 4}}
		for range 30 {
			off := rng.IntN(len(text) + 1)
			if off < len(text) && !utf8.RuneStart(text[off]) {
				continue
			}
			want := cursor{text: text, base: c.base}
			if got := c.to(off); got != want.to(off) {
				t.Fatalf("%q: offset %d: %+v, want %+v", text, off, got, want.at)
			}
		}
	}
}
