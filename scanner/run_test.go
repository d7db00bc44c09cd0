package scanner

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// items is a source of items in any order.
type items []Item

func (s items) Scan(ctx context.Context, sink *Sink) error {
	for _, i := range s {
		if err := sink.Item(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

func item(name, text string) Item {
	return Item{Origin: finding.Origin{Kind: finding.KindFile, Path: name}, Text: []byte(text), Unit: "files"}
}

// TestJobsChangeNothing scans the same items in any order with any number of workers.
func TestJobsChangeNothing(t *testing.T) {
	e, all := newEngine(t), examples(t)
	rng := rand.New(rand.NewPCG(8, 9))
	var set items
	for i := range 60 {
		text := document(rng, all, 3000)
		it := item(fmt.Sprintf("d%d/%d.txt", i%7, i), string(text))
		if i%3 == 0 { // as a stream
			it.Text, it.Open = nil, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
		}
		set = append(set, it)
	}
	var want Result
	for round, jobs := range []int{1, 2, 3, 8, 64} {
		opts := options(e)
		opts.Jobs = jobs
		got, err := Run(context.Background(), opts, set)
		if err != nil || len(got.Findings) < 100 {
			t.Fatalf("%d findings, %v", len(got.Findings), err)
		}
		if round == 0 {
			want = got
		}
		if diff := cmp.Diff(want, got, sameFinding); diff != "" {
			t.Fatalf("%d jobs: (-one job +now)\n%.2000s", jobs, diff)
		}
		rng.Shuffle(len(set), func(i, j int) { set[i], set[j] = set[j], set[i] })
	}
}

// breaking is a detector that panics on some texts and counts who is at work.
type breaking struct {
	Detector
	busy, most *atomic.Int64
	pause      time.Duration
}

func (b breaking) Scan(text []byte, dirty []finding.Span, out []finding.Match) []finding.Match {
	if bytes.Contains(text, []byte("BREAK")) {
		panic("index out of range")
	}
	if b.busy != nil {
		n := b.busy.Add(int64(len(text)))
		for old := b.most.Load(); n > old && !b.most.CompareAndSwap(old, n); old = b.most.Load() {
		}
		time.Sleep(b.pause)
		defer b.busy.Add(-int64(len(text)))
	}
	return b.Detector.Scan(text, dirty, out)
}

// TestBrokenDetectorIsASkip loses only the text that the detector breaks down on, and says so.
func TestBrokenDetectorIsASkip(t *testing.T) {
	e := newEngine(t)
	opts := Options{Jobs: 2, NewDetector: func() Detector { return breaking{Detector: e.NewScanner()} }}
	got, err := Run(context.Background(), opts, items{
		item("a", "k = "+token+"\n"), item("b", "BREAK "+token+"\n"), item("c", "k = "+token+"\n"),
		{Origin: finding.Origin{Kind: finding.KindFile, Path: "d"}, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("BREAK")), nil }},
	})
	if err != nil || len(got.Findings) != 1 || len(got.Findings[0].Places) != 2 {
		t.Fatalf("%+v, %v", got.Findings, err)
	}
	if got.Coverage.Skipped[finding.SkipFailed] != 2 || !got.Coverage.Incomplete() || got.Coverage.Examples[0].Name != "b" {
		t.Errorf("coverage %+v", got.Coverage)
	}
}

// TestBrokenWindowIsASkip loses only the window that the detector breaks down on.
func TestBrokenWindowIsASkip(t *testing.T) {
	e := newEngine(t)
	opts := Options{NewDetector: func() Detector { return breaking{Detector: e.NewScanner()} }}
	pad := strings.Repeat("x = y;\n", 2000)
	got, err := scan(context.Background(), opts, strings.NewReader("k = "+token+"\n"+pad+"BREAK\n"+pad+"k = "+token+"\n"), 4000, 500)
	if err != nil || len(got.Findings) != 1 || len(got.Findings[0].Places) != 2 || got.Coverage.Skipped[finding.SkipFailed] == 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestMemoryBudget never has more bytes in flight than allowed, and an item larger than the budget still goes through.
func TestMemoryBudget(t *testing.T) {
	e := newEngine(t)
	var busy, most atomic.Int64
	opts := Options{Jobs: 8, MaxMemory: 1000, NewDetector: func() Detector {
		return breaking{e.NewScanner(), &busy, &most, time.Millisecond}
	}}
	var set items
	for i := range 100 {
		set = append(set, item(fmt.Sprint(i), strings.Repeat("some text\n", 30)))
	}
	got, err := Run(context.Background(), opts, set)
	if err != nil || got.Coverage.Counts["files"] != 100 || most.Load() > 1000 || most.Load() < 600 {
		t.Errorf("at most %d bytes in flight of 1000, %v", most.Load(), err)
	}
	got, err = Run(context.Background(), opts, items{item("big", strings.Repeat("some text\n", 3000)+token)})
	if err != nil || len(got.Findings) != 1 {
		t.Errorf("large item: %+v, %v", got, err)
	}
}

// TestCancelledRunEnds returns what was found with the context's error, and does not wait for the rest.
func TestCancelledRunEnds(t *testing.T) {
	e := newEngine(t)
	ctx, cancel := context.WithCancel(context.Background())
	opts := options(e)
	n := 0
	opts.NewDetector = func() Detector { return e.NewScanner() }
	src := sourceFunc(func(ctx context.Context, sink *Sink) error {
		for {
			if n++; n == 50 {
				cancel()
			}
			if err := sink.Item(ctx, item(fmt.Sprint(n), "k = "+token+"\n")); err != nil {
				return err
			}
			if n > 1000 {
				t.Fatal("goes on after the end of the context")
			}
		}
	})
	got, err := Run(ctx, opts, src)
	if err != context.Canceled || len(got.Findings) != 1 || len(got.Findings[0].Places) < 10 {
		t.Errorf("%d findings, %v", len(got.Findings), err)
	}
}

type sourceFunc func(context.Context, *Sink) error

func (f sourceFunc) Scan(ctx context.Context, sink *Sink) error { return f(ctx, sink) }

// TestUnreadableItem is a skip.
func TestUnreadableItem(t *testing.T) {
	bad := Item{Origin: finding.Origin{Kind: finding.KindFile, Path: "x"}, Open: func() (io.ReadCloser, error) { return nil, io.ErrUnexpectedEOF }}
	got, err := Run(context.Background(), options(newEngine(t)), items{bad, item("a", token)})
	if err != nil || len(got.Findings) != 1 || got.Coverage.Skipped[finding.SkipUnreadable] != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
