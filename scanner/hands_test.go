package scanner

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// TestHandsFindTheSame: a text that several scan in parts, small or large, in windows or whole, gives what one finds alone.
func TestHandsFindTheSame(t *testing.T) {
	opts, all := options(newEngine(t)), examples(t)
	rng := rand.New(rand.NewPCG(9, 10))
	ctx := context.Background()
	for round := range 3 {
		text := document(rng, all, 130_000+rng.IntN(40_000))
		want, err := scan(ctx, opts, bytes.NewReader(text), len(text)+1, 0)
		if err != nil || len(want.Findings) < 100 {
			t.Fatalf("alone: %d findings, %v", len(want.Findings), err)
		}
		for _, window := range []int{len(text) + 1, 120_000} {
			sink := newSink(ctx, opts.withDefaults())
			sink.Idle(1 + rng.IntN(4))
			idle := sink.idle.Load()
			w := sink.Worker()
			w.window, w.margin, w.part = window, 40_000, 500+rng.IntN(30_000)
			if err := w.Stream(ctx, bytes.NewReader(text), finding.Origin{Kind: finding.KindStdin, Path: "in"}); err != nil {
				t.Fatal(err)
			}
			if len(sink.spare) == 0 {
				t.Fatal("nobody helped")
			}
			if sink.idle.Load() != idle {
				t.Errorf("%d are idle after the scan, %d were before", sink.idle.Load(), idle)
			}
			w.Close()
			if diff := cmp.Diff(want.Findings, sink.close().Findings, sameFinding); diff != "" {
				t.Fatalf("round %d, window %d, parts of %d: (-alone +together)\n%.3000s", round, window, w.part, diff)
			}
		}
	}
}

// fragile breaks down on a span that does not begin where the text does.
type fragile struct{ Detector }

func (fragile) Scan(_ []byte, dirty []finding.Span, out []finding.Match) []finding.Match {
	if len(dirty) > 0 && dirty[0].Start > 0 {
		panic("too far")
	}
	return out
}

// A detector that breaks down while it helps takes the text's findings with it, and nothing else.
func TestHandBreaksDown(t *testing.T) {
	sink := newSink(t.Context(), Options{NewDetector: func() Detector { return fragile{} }}.withDefaults())
	sink.Idle(3)
	w := sink.Worker()
	w.part = 1000
	if _, err := w.Detect([]byte(strings.Repeat("some text\n", 1000)), nil); err == nil || !strings.Contains(err.Error(), "too far") {
		t.Errorf("error %v", err)
	}
	if sink.idle.Load() != 3 {
		t.Errorf("%d are idle afterwards, want 3", sink.idle.Load())
	}
}
