package scanner

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// forest is a source that finds its texts as a walk does: a folder is a turn that its entries take the place of.
type forest struct{ width, depth int }

func (f forest) Scan(_ context.Context, sink *Sink) error {
	var group sync.WaitGroup
	var visit func(name string, depth int, turn *Turn)
	visit = func(name string, depth int, turn *Turn) {
		group.Go(func() {
			if depth > 0 {
				for i, t := range turn.Split(f.width) {
					visit(fmt.Sprintf("%s/%d", name, i), depth-1, t)
				}
				return
			}
			w := sink.Worker()
			defer w.Close()
			w.Take(turn)
			for k := range 2 {
				p := finding.Place{Origin: finding.Origin{Kind: finding.KindFile, Path: name}}
				p.Start.Offset = int64(k)
				w.Add(finding.Match{Rule: "r", Secret: fmt.Sprint(name, k)}, p)
				w.Settle()
			}
		})
	}
	for i := range f.width {
		visit(fmt.Sprint(i), f.depth, sink.Turn())
	}
	group.Wait()
	return nil
}

// plain accepts everything.
type plain struct{ Detector }

func (plain) Accept(*finding.Origin, *finding.Match) bool                { return true }
func (plain) Describe(*finding.Match) (title string, s finding.Severity) { return "", finding.Low }

// TestTurns holds that what is told comes in the order of the turns, all of it, however the workers run.
func TestTurns(t *testing.T) {
	for range 20 {
		var got []string
		res, err := Run(t.Context(), Options{
			NewDetector: func() Detector { return plain{} },
			Found: func(told Told) {
				for _, f := range told.Findings {
					got = append(got, f.Secret.Reveal())
				}
			},
		}, forest{3, 3}, forest{2, 1})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, f := range res.Findings {
			if len(f.Places) > 0 {
				want = append(want, f.Secret.Reveal())
			}
		}
		if first := got[:3*3*3*3*2]; !slices.IsSorted(first) {
			t.Fatalf("out of order: %v", first)
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-found +told)\n%s", diff)
		}
	}
}

// TestToldInOrder holds that items are told in the order they are handed over, each as soon as all before it are
// settled, and that nothing is told where nobody asks.
func TestToldInOrder(t *testing.T) {
	e, all := newEngine(t), examples(t)
	rng := rand.New(rand.NewPCG(3, 4))
	var set items
	for i := range 50 {
		text := ""
		for range 1 + rng.IntN(4) {
			text += all[rng.IntN(len(all))] + "\n"
		}
		set = append(set, item(fmt.Sprintf("%02d", i), text))
	}
	var first []string
	for _, jobs := range []int{1, 2, 8} {
		var got []string
		res, err := Run(t.Context(), Options{Jobs: jobs, NewDetector: func() Detector { return e.NewScanner() }, Found: func(told Told) {
			for _, f := range told.Findings {
				for _, p := range f.Places {
					got = append(got, fmt.Sprint(p.Origin.Path, " ", p.Start.Offset, " ", f.Rule))
				}
			}
		}}, set)
		if err != nil {
			t.Fatal(err)
		}
		places := 0
		for _, f := range res.Findings {
			places += len(f.Places)
		}
		if len(got) != places {
			t.Errorf("%d places told, %d found", len(got), places)
		}
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("%d workers:\n%s", jobs, diff)
		}
	}
	sink := newSink(t.Context(), Options{}.withDefaults())
	if turn := sink.Turn(); turn != nil || sink.Told() {
		t.Error("there is a turn though nobody listens")
	}
}
