// Package sourcetest holds the tests every source must pass, and a detector simple enough to foresee.
package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// Token returns the n-th text that Detector finds.
func Token(n int) string { return "tok" + "_" + fmt.Sprintf("%012d", n) }

// Detector finds "tok_" followed by twelve digits.
type Detector struct{}

// New returns a Detector; it fits scanner.Options.
func New() scanner.Detector { return Detector{} }

const tokenLen = 16

// Scan implements scanner.Detector.
func (Detector) Scan(text []byte, dirty []finding.Span, out []finding.Match) []finding.Match {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte("tok_"))
		if i < 0 {
			return out
		}
		at += i
		span := finding.Span{Start: at, End: at + tokenLen}
		at += 4
		if span.End > len(text) || !digits(text[at:span.End]) {
			continue
		}
		if dirty == nil || slices.ContainsFunc(dirty, span.Touches) {
			out = append(out, finding.Match{Rule: "token", Secret: string(text[span.Start:span.End]), Span: span, Context: span})
		}
	}
}

func digits(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c < '0' || c > '9' })
}

// Resolve implements scanner.Detector.
func (Detector) Resolve(matches []finding.Match) []finding.Match {
	slices.SortFunc(matches, func(a, b finding.Match) int { return a.Span.Start - b.Span.Start })
	return matches
}

// Accept implements scanner.Detector.
func (Detector) Accept(*finding.Origin, *finding.Match) bool { return true }

// Describe implements scanner.Detector.
func (Detector) Describe(*finding.Match) (string, finding.Severity) { return "token", 0 }

// Run scans with so many workers.
func Run(t *testing.T, jobs int, sources ...scanner.Source) scanner.Result {
	t.Helper()
	res, err := scanner.Run(t.Context(), scanner.Options{Jobs: jobs, NewDetector: New}, sources...)
	if err != nil {
		t.Fatalf("scan: %v", err)
	}
	return res
}

// Places returns "name:line:secret" of everything that was found, sorted.
func Places(res scanner.Result) []string {
	var out []string
	for _, f := range res.Findings {
		for _, p := range f.Places {
			out = append(out, fmt.Sprintf("%s:%d:%s", p.Origin.Name(), p.Start.Line, f.Secret.Reveal()))
		}
	}
	slices.Sort(out)
	return out
}

// Case is a source under test.
type Case struct {
	// Make returns a fresh source of these texts by name. Names are slash paths.
	Make func(t *testing.T, texts map[string]string) scanner.Source
	// Names says that origins carry the names given to Make.
	Names bool
	// Once says that a source can be scanned only once, as a stream.
	Once bool
	// Broken returns a source of one text that cannot be read, or not wholly, besides those given. Nil: not tested.
	Broken func(t *testing.T, texts map[string]string) scanner.Source
}

// Suite runs every test on a source.
func Suite(t *testing.T, c Case) {
	t.Run("every text once", c.everyText)
	t.Run("any order", c.anyOrder)
	t.Run("odd names", c.oddNames)
	t.Run("empty", c.empty)
	t.Run("huge", c.huge)
	t.Run("cancel", c.cancel)
	if c.Broken != nil {
		t.Run("broken", c.broken)
	}
}

func (c Case) check(t *testing.T, res scanner.Result, texts map[string]string) {
	t.Helper()
	var want []string
	for name, text := range texts {
		for i, line := range strings.Split(text, "\n") {
			for _, m := range (Detector{}).Scan([]byte(line), nil, nil) {
				want = append(want, fmt.Sprintf("%s:%d:%s", name, i+1, m.Secret))
			}
		}
	}
	slices.Sort(want)
	got := Places(res)
	if !c.Names {
		for _, list := range [][]string{want, got} {
			for i, p := range list {
				list[i] = p[strings.LastIndexByte(p, ':')+1:]
			}
			slices.Sort(list)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("places (-want +got):\n%s", d)
	}
}

func (c Case) everyText(t *testing.T) {
	texts := map[string]string{}
	for i := range 300 {
		texts[fmt.Sprintf("d%d/e%d/f%d.txt", i%3, i%7, i)] = strings.Repeat("x\n", i) + "k = " + Token(i) + "\nend"
	}
	res := Run(t, 4, c.Make(t, texts))
	c.check(t, res, texts)
	if res.Coverage.Incomplete() || res.Coverage.Empty() {
		t.Errorf("coverage of a whole scan: %+v", res.Coverage)
	}
}

func (c Case) anyOrder(t *testing.T) {
	texts := map[string]string{}
	for i := range 60 {
		texts[fmt.Sprintf("d%d/f%d", i%5, i)] = Token(i%20) + "\n" + Token(i%7)
	}
	src := c.Make(t, texts)
	want := Run(t, 1, src)
	for range 3 {
		if c.Once {
			src = c.Make(t, texts)
		}
		got := Run(t, 8, src)
		if d := cmp.Diff(want, got, cmp.AllowUnexported(finding.Secret{}), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("result with 8 workers (-1 worker +8):\n%s", d)
		}
	}
}

func (c Case) oddNames(t *testing.T) {
	texts := map[string]string{}
	for i, name := range []string{"a b", "-rf", "ünï", "semi;colon", "new\nline", "tab\t", "back\\slash", "%41", "#", "q?*[", "dot.", "..x", "…/x"} {
		texts[name] = Token(i)
	}
	c.check(t, Run(t, 2, c.Make(t, texts)), texts)
}

func (c Case) empty(t *testing.T) {
	res := Run(t, 2, c.Make(t, map[string]string{"a": "", "b": "\n", "c": "\x00"}))
	if len(res.Findings) != 0 || res.Coverage.Incomplete() {
		t.Errorf("empty texts: %d findings, %+v", len(res.Findings), res.Coverage)
	}
}

func (c Case) huge(t *testing.T) {
	line := strings.Repeat("y", 1000) + "\n"
	var b strings.Builder
	for n := 0; b.Len() < 21<<20; n++ {
		if n%997 == 0 {
			b.WriteString(Token(n) + "\n")
		}
		b.WriteString(line)
	}
	texts := map[string]string{"big.txt": b.String(), "small.txt": Token(1)}
	c.check(t, Run(t, 2, c.Make(t, texts)), texts)
}

func (c Case) cancel(t *testing.T) {
	texts := map[string]string{}
	for i := range 50 {
		texts[fmt.Sprint("f", i)] = Token(i)
	}
	src := c.Make(t, texts)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan error, 1)
	go func() {
		_, err := scanner.Run(ctx, scanner.Options{NewDetector: New}, src)
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled scan: error %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("cancelled scan goes on")
	}
}

func (c Case) broken(t *testing.T) {
	texts := map[string]string{"a": Token(1), "m": Token(2), "z": Token(3)}
	res := Run(t, 2, c.Broken(t, texts))
	c.check(t, res, texts)
	if !res.Coverage.Incomplete() {
		t.Errorf("coverage says complete: %+v", res.Coverage)
	}
}
