package scanner

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules/builtin"
)

// token is a well-formed GitHub token (its checksum holds).
var token = "gh" + "p_" + "NqVwYS81VP7Hb1DX8pPd5khxE3py" + "Ig3sJb3R"

func newEngine(tb testing.TB) *detectors.Engine {
	tb.Helper()
	e, err := detectors.New(builtin.Rules(), detectors.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func options(e *detectors.Engine) Options {
	return Options{Jobs: 1, NewDetector: func() Detector { return e.NewScanner() }}
}

// scan runs one worker with the windows given over a reader and returns what it finds.
func scan(ctx context.Context, opts Options, r io.Reader, window, margin int) (Result, error) {
	sink := newSink(ctx, opts.withDefaults())
	w := sink.Worker()
	w.window, w.margin = window, margin
	err := w.Stream(ctx, r, finding.Origin{Kind: finding.KindStdin, Path: "in"})
	w.Close()
	return sink.close(), err
}

var sameFinding = cmp.Comparer(func(a, b finding.Secret) bool { return a.Reveal() == b.Reveal() })

// examples are texts with credentials of every rule, some with characters of several bytes around them.
func examples(tb testing.TB) []string {
	tb.Helper()
	all, err := builtin.WithExamples()
	if err != nil {
		tb.Fatal(err)
	}
	out := []string{"größer = ähnlich", "日本語のテキスト", "\xff\xfe\xe9", "x\r\ny\r\n", "\t\tif a < b {", "ключ", "😀 ok"}
	for _, r := range all {
		for _, x := range r.Examples {
			out = append(out, x, base64.StdEncoding.EncodeToString([]byte("é "+x)))
		}
	}
	return out
}

func document(rng *rand.Rand, all []string, size int) []byte {
	var b bytes.Buffer
	for b.Len() < size {
		b.WriteString(all[rng.IntN(len(all))])
		b.WriteString([]string{"\n", "\n", "\r\n", " é ", "; "}[rng.IntN(5)])
	}
	return b.Bytes()
}

// randomReader reads pieces of random length.
type randomReader struct {
	rng *rand.Rand
	r   io.Reader
}

func (r randomReader) Read(p []byte) (int, error) {
	return r.r.Read(p[:min(len(p), 1+r.rng.IntN(9000))])
}

// TestStreamIsWhole is the law of windows: a text streamed in small windows, read in any pieces, gives what the whole
// text gives, places included.
func TestStreamIsWhole(t *testing.T) {
	opts, all := options(newEngine(t)), examples(t)
	rng := rand.New(rand.NewPCG(5, 6))
	ctx := context.Background()
	for round := range 8 {
		text := document(rng, all, 150_000+rng.IntN(100_000))
		want, err := scan(ctx, opts, bytes.NewReader(text), len(text)+1, 0)
		if err != nil || len(want.Findings) < 100 {
			t.Fatalf("whole: %d findings, %v", len(want.Findings), err)
		}
		checkPositions(t, text, want.Findings)
		readers := map[string]func(io.Reader) io.Reader{
			"random": func(r io.Reader) io.Reader { return randomReader{rng, r} },
			"half":   iotest.HalfReader, "data with error": iotest.DataErrReader, "byte": iotest.OneByteReader,
		}
		for name, wrap := range readers {
			window := 100_000 + rng.IntN(40_000)
			got, err := scan(ctx, opts, wrap(bytes.NewReader(text)), window, 40_000)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.Findings, got.Findings, sameFinding); diff != "" {
				t.Fatalf("round %d, %s reader, window %d: (-whole +streamed)\n%.3000s", round, name, window, diff)
			}
		}
	}
}

// checkPositions works every position out again in the simplest way.
func checkPositions(t *testing.T, text []byte, findings []finding.Finding) {
	t.Helper()
	for _, f := range findings {
		for _, p := range f.Places {
			for _, at := range []finding.Position{p.Start, p.End} {
				before := text[:at.Offset]
				line := before[bytes.LastIndexByte(before, '\n')+1:]
				want := finding.Position{Line: 1 + bytes.Count(before, []byte("\n")), Column: utf8.RuneCount(line) + 1, Byte: len(line) + 1, Offset: at.Offset}
				if !strings.HasPrefix(p.Decoded, "utf-16") && at != want {
					t.Fatalf("%s: position %+v, want %+v", f.Rule, at, want)
				}
			}
			stands := string(text[p.Start.Offset:p.End.Offset])
			if p.Decoded == "" && len(stands) == len(f.Secret.Reveal()) && stands != f.Secret.Reveal() {
				t.Fatalf("%s: %q does not stand at %+v", f.Rule, f.Secret.Reveal(), p.Start)
			}
			if !utf8.ValidString(p.Line) || strings.ContainsAny(p.Line, "\r\n") || p.Mark.Start < 0 || p.Mark.End > len(p.Line) {
				t.Fatalf("%s: line %q, mark %v", f.Rule, p.Line, p.Mark)
			}
		}
	}
}

// TestTokenAtEveryWindowEdge moves a token over the edges of windows byte by byte.
func TestTokenAtEveryWindowEdge(t *testing.T) {
	opts := options(newEngine(t))
	const window, margin = 3000, 1000
	for at := 0; at < 2*window; at += 7 {
		text := []byte(strings.Repeat("é.", 3*window/3))
		at := runeStart(text, at)
		copy(text[at:], " "+token+" ")
		got, err := scan(context.Background(), opts, bytes.NewReader(text), window, margin)
		if err != nil || len(got.Findings) != 1 || len(got.Findings[0].Places) != 1 || got.Findings[0].Places[0].Start.Offset != int64(at+1) {
			t.Fatalf("token at %d: %+v, %v", at, got.Findings, err)
		}
		checkPositions(t, text, got.Findings)
	}
}

// endless yields a line of n bytes without end, with tokens at every step bytes.
type endless struct {
	at, n, step int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.at >= e.n {
		return 0, io.EOF
	}
	p = p[:min(len(p), e.n-e.at)]
	unit := " " + token + " "
	for i := range p {
		if k := (e.at + i) % e.step; k < len(unit) {
			p[i] = unit[k]
		} else {
			p[i] = "some words, x=1; "[k%17]
		}
	}
	e.at += len(p)
	return len(p), nil
}

// TestHundredMegabyteLine streams one line of 100 MB in bounded memory and loses no token of it.
func TestHundredMegabyteLine(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED with -short: a line of 100 MB is not tested")
	}
	opts := options(newEngine(t))
	const size, step = 100 << 20, 1_000_003
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	got, err := scan(context.Background(), opts, &endless{n: size, step: step}, streamBuffer, streamMargin)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got.Findings); n != 1 || len(got.Findings[0].Places) != (size+step-1)/step {
		t.Fatalf("%d findings, %d places", n, len(got.Findings[0].Places))
	}
	for i, p := range got.Findings[0].Places {
		if want := i*step + 1; p.Start != (finding.Position{Line: 1, Column: want + 1, Byte: want + 1, Offset: int64(want)}) {
			t.Fatalf("token %d at %+v", i, p.Start)
		}
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("%d MiB allocated for a line of 100 MiB", used>>20)
	}
}

// TestLongRunOverWindows hides tokens in one base64 run longer than any window.
func TestLongRunOverWindows(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED with -short: an encoded run of 16 MB is not tested")
	}
	var plain bytes.Buffer
	n := 0
	for plain.Len() < 12<<20 {
		fmt.Fprintf(&plain, "%s t=%s\n", strings.Repeat("words of prose. ", 3000+n*37%900), token)
		n++
	}
	text := base64.StdEncoding.EncodeToString(plain.Bytes())
	got, err := scan(context.Background(), options(newEngine(t)), strings.NewReader(text), streamBuffer, streamMargin)
	if err != nil || len(got.Findings) != 1 || len(got.Findings[0].Places) != n {
		t.Fatalf("%d findings, %v; want one at %d places", len(got.Findings), err, n)
	}
}

// TestReadErrorKeepsFindings reports what was read before an error.
func TestReadErrorKeepsFindings(t *testing.T) {
	opts := options(newEngine(t))
	broken := errors.New("broken pipe")
	for _, size := range []int{100, 5000} {
		text := "k = " + token + "\n" + strings.Repeat("x y\n", size)
		got, err := scan(context.Background(), opts, io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), 4000, 1000)
		if !errors.Is(err, broken) || len(got.Findings) != 1 {
			t.Errorf("%d lines: %d findings, error %v", size, len(got.Findings), err)
		}
	}
}

// TestCancelledStreamEnds returns what was found so far with the context's error.
func TestCancelledStreamEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	reads := 0
	r := readerFunc(func(p []byte) (int, error) {
		if reads++; reads > 10 {
			cancel()
		}
		return copy(p, strings.Repeat(" "+token+" ", 20)), nil
	})
	got, err := scan(ctx, options(newEngine(t)), r, 4000, 1000)
	if !errors.Is(err, context.Canceled) || len(got.Findings) != 1 {
		t.Errorf("%d findings, error %v", len(got.Findings), err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestRuneStart compares with the start of the rune that a full decoding finds.
func TestRuneStart(t *testing.T) {
	text := []byte("a\u00e9\u65e5\U0001f600\xff\x80\x80\x80\x80b")
	var starts []int
	for i := 0; i < len(text); {
		_, n := utf8.DecodeRune(text[i:])
		starts = append(starts, i)
		i += n
	}
	for i := range text {
		at := runeStart(text, i)
		if !slices.Contains(starts, at) || utf8.RuneCount(text[:at])+utf8.RuneCount(text[at:]) != utf8.RuneCount(text) {
			t.Errorf("runeStart(%d) = %d", i, at)
		}
	}
}
