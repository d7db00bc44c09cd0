package redact

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules/builtin"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/source/files"
)

// bed is what every property test needs: the rules, compiled once.
type bed struct {
	engine   *detectors.Engine
	examples []string
}

func newBed(t testing.TB) *bed {
	t.Helper()
	engine, err := detectors.New(builtin.Rules(), detectors.Options{})
	if err != nil {
		t.Fatal(err)
	}
	set, err := builtin.WithExamples()
	if err != nil {
		t.Fatal(err)
	}
	b := &bed{engine: engine}
	for i := range set {
		b.examples = append(b.examples, set[i].Examples...)
	}
	if len(b.examples) < 500 {
		t.Fatalf("only %d examples", len(b.examples))
	}
	return b
}

func (b *bed) redactor(tell func(finding.Finding)) *Redactor {
	opts := Options{Engine: b.engine, OnFindings: func(found []finding.Finding) {
		for _, f := range found {
			tell(f)
		}
	}}
	r, err := New(opts)
	if err != nil {
		panic(err)
	}
	return r
}

// whole returns what the engine finds in a text at hand, as stdin would report it.
func (b *bed) whole(t testing.TB, text string) []finding.Finding {
	t.Helper()
	s := b.engine.NewScanner()
	var out []finding.Finding
	for _, m := range s.Resolve(s.Scan([]byte(text), nil, nil)) {
		if s.Accept(&finding.Origin{Kind: finding.KindStdin}, &m) {
			out = append(out, finding.Finding{Rule: m.Rule, Places: []finding.Place{scanner.Locate([]byte(text), m, "-")}})
		}
	}
	return out
}

// stdin returns what a scan of standard input reports.
func (b *bed) stdin(t testing.TB, text string) []finding.Finding {
	t.Helper()
	res, err := scanner.Run(t.Context(), scanner.Options{
		Jobs: 1, AllowMark: "-", NewDetector: func() scanner.Detector { return b.engine.NewScanner() },
	}, &files.Stdin{Reader: strings.NewReader(text), Archives: 4})
	if err != nil {
		t.Fatal(err)
	}
	return res.Findings
}

// chunked feeds a text in pieces; between some of them so much time passes that what can go out does.
func chunked(c *core, text string, pieces func() (n int, wait bool)) error {
	for len(text) > 0 {
		n, wait := pieces()
		n = min(max(n, 1), len(text))
		if err := c.write([]byte(text[:n])); err != nil {
			return err
		}
		text = text[n:]
		if wait {
			if err := c.flush(settle.Now); err != nil {
				return err
			}
		}
	}
	return c.flush(settle.End)
}

// check feeds a text and checks that what stdin reports is masked, wherever it stands, and that everything else comes
// out as it went in. It returns how many bytes more were masked.
func (b *bed) check(t *testing.T, r *Redactor, masked *[]finding.Span, text string, reported []finding.Finding, pieces func() (int, bool)) (more int) {
	t.Helper()
	*masked = (*masked)[:0]
	var out bytes.Buffer
	c := r.newCore(&out, r.opts.OnFindings)
	var marks []string
	tell := c.tell
	c.tell = func(found []finding.Finding) {
		tell(found)
		for _, f := range found {
			marks = append(marks, Marker(f.Rule, f.ID))
		}
	}
	if err := chunked(c, text, pieces); err != nil {
		t.Fatalf("%v in %q", err, clip(text))
	}
	gone := make([]bool, len(text))
	for _, s := range *masked {
		for s.End > s.Start && (text[s.End-1] == '\r' || text[s.End-1] == '\n') { // the line stays a line
			s.End--
		}
		for i := s.Start; i < s.End; i++ {
			gone[i] = true
		}
	}
	var kept strings.Builder
	for i, g := range gone {
		if !g {
			kept.WriteByte(text[i])
		}
	}
	rest := out.String()
	for _, m := range marks {
		if !strings.Contains(rest, m) {
			t.Errorf("no marker %s in %q", m, clip(rest))
		}
		rest = strings.Replace(rest, m, "", 1)
	}
	if kept.String() != rest {
		t.Errorf("other bytes changed:\n in %q\nout %q", clip(text), clip(out.String()))
	}
	should := make([]bool, len(text))
	for _, f := range reported {
		for _, p := range f.Places {
			for i := p.Start.Offset; i < p.End.Offset; i++ {
				should[i] = true
				if !gone[i] && text[i] != '\r' {
					t.Fatalf("%s at %d..%d (%s) got through at %d:\n in %q\nout %q", f.Rule, p.Start.Offset, p.End.Offset, p.Decoded, i, clip(text), clip(out.String()))
				}
			}
		}
	}
	for i := range gone {
		if gone[i] && !should[i] {
			more++
		}
	}
	return more
}

func clip(s string) string {
	if len(s) > 3000 {
		return s[:1500] + "..." + s[len(s)-1500:]
	}
	return s
}

// TestNothingGetsThrough composes texts of all rules' examples, as they are and encoded, between ordinary lines.
// UNLEAK_ROUNDS sets how many, for a long run.
func TestNothingGetsThrough(t *testing.T) {
	b := newBed(t)
	var masked []finding.Span
	r := b.redactor(func(f finding.Finding) {
		for _, p := range f.Places {
			masked = append(masked, finding.Span{Start: int(p.Start.Offset), End: int(p.End.Offset)})
		}
	})
	rounds := 200
	if testing.Short() {
		rounds = 40
	}
	if n, err := strconv.Atoi(os.Getenv("UNLEAK_ROUNDS")); err == nil {
		rounds = n
	}
	more, total := 0, 0
	for round := range rounds {
		rng := rand.New(rand.NewPCG(uint64(round), 8))
		text := compose(rng, b.examples)
		size := []int{1, 7, 60, 900, 20000}[rng.IntN(5)]
		often := []int{1, 2, 10}[rng.IntN(3)]
		more += b.check(t, r, &masked, text, b.stdin(t, text), func() (int, bool) { return 1 + rng.IntN(size), rng.IntN(often) == 0 })
		total += len(text)
		if t.Failed() {
			t.Fatalf("round %d, pieces up to %d", round, size)
		}
	}
	t.Logf("%d of %d bytes masked that stdin does not report", more, total)
}

// TestEveryExampleLineByLine feeds each example a line at a time, with a pause behind each.
func TestEveryExampleLineByLine(t *testing.T) {
	b := newBed(t)
	var masked []finding.Span
	r := b.redactor(func(f finding.Finding) {
		for _, p := range f.Places {
			masked = append(masked, finding.Span{Start: int(p.Start.Offset), End: int(p.End.Offset)})
		}
	})
	step := 1
	if testing.Short() {
		step = 7
	}
	for i := 0; i < len(b.examples); i += step {
		text := "2026-11-23 12:00:00 INFO start\n" + b.examples[i] + "\n2026-11-23 12:00:01 INFO end\n"
		rest := text
		b.check(t, r, &masked, text, b.whole(t, text), func() (int, bool) {
			n := strings.IndexByte(rest, '\n') + 1
			if n == 0 {
				n = len(rest)
			}
			rest = rest[n:]
			return n, true
		})
		if t.Failed() {
			t.Fatalf("example %d", i)
		}
	}
}
