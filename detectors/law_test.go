package detectors_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/regexgen"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/rules/builtin"
)

// pieces are texts with credentials of every technique, and filler between them.
func pieces(tb testing.TB) []string {
	tb.Helper()
	all, err := builtin.WithExamples()
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for _, r := range all {
		out = append(out, r.Examples...)
		out = append(out, r.Negatives...)
	}
	return append(out, "for (i = 0; i < n; i++) {", "    return x->y;", "", "}", "The quick brown fox, and so on.",
		"password = getenv(\"DB_PASSWORD\");", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----")
}

// document joins random pieces.
func document(rng *rand.Rand, all []string, n int) []byte {
	var b bytes.Buffer
	for range n {
		b.WriteString(all[rng.IntN(len(all))])
		b.WriteString([]string{"\n", "\n", "\n\n", " ", ";\n"}[rng.IntN(5)])
	}
	return b.Bytes()
}

// edit changes a text at some places and returns the spans of the result that are new, borders included.
func edit(rng *rand.Rand, text []byte, all []string) ([]byte, []finding.Span) {
	var out []byte
	var dirty []finding.Span
	at := 0
	for range 1 + rng.IntN(3) {
		if at >= len(text) {
			break
		}
		cut := at + rng.IntN(len(text)-at)
		skip := min(len(text), cut+rng.IntN(40))
		out = append(out, text[at:cut]...)
		start := len(out)
		if rng.IntN(2) == 0 {
			p := all[rng.IntN(len(all))]
			out = append(out, p[:rng.IntN(len(p)+1)]...)
		}
		dirty = append(dirty, finding.Span{Start: start, End: len(out)})
		at = skip
	}
	return append(out, text[at:]...), dirty
}

func touching(all []finding.Match, dirty []finding.Span) []finding.Match {
	var out []finding.Match
	for _, m := range all {
		if slices.ContainsFunc(dirty, m.Context.Touches) {
			out = append(out, m)
		}
	}
	return out
}

// TestScanOfSpansIsScanRestricted is the law of spans: to scan only around the dirty spans finds what a full scan
// finds there, no more and no less.
func TestScanOfSpansIsScanRestricted(t *testing.T) {
	all := pieces(t)
	rng := rand.New(rand.NewPCG(1, 2))
	compareSpans(t, engine(t, detectors.Options{}), rounds(300), func() ([]byte, []finding.Span) {
		return edit(rng, document(rng, all, 30), all)
	})
}

// The same where what stands anywhere on its line decides whether a match is reported: its context is the line. Lines are
// long, and most edits stand on that of a match, apart from it.
func TestScanOfSpansWhereLinesDecide(t *testing.T) {
	all := pieces(t)
	for i, p := range all {
		all[i] = strings.ReplaceAll(p, "\n", strings.Repeat(" and so on;", 30))
	}
	allow := rules.Allow{Filter: rules.Filter{Field: rules.FieldLine, Regexes: []string{"harmless"}}}
	rng := rand.New(rand.NewPCG(11, 12))
	compareSpans(t, engine(t, detectors.Options{Allow: []rules.Allow{allow}}), rounds(150), func() ([]byte, []finding.Span) {
		return edit(rng, document(rng, all, 12), []string{"harmless", "ordinary", "x"})
	})
}

func compareSpans(t *testing.T, e *detectors.Engine, rounds int, draw func() ([]byte, []finding.Span)) {
	t.Helper()
	s := e.NewScanner()
	for round := range rounds {
		text, dirty := draw()
		want := touching(s.Scan(text, nil, nil), dirty)
		got := s.Scan(text, dirty, nil)
		if diff := cmp.Diff(want, got, cmp.Comparer(sameMatch), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("round %d, dirty %v: (-full +spans)\n%s", round, dirty, diff)
		}
	}
}

func sameMatch(a, b finding.Match) bool {
	return a.Rule == b.Rule && a.Secret == b.Secret && a.Span == b.Span && a.Context == b.Context && a.Decoded == b.Decoded
}

// TestContextDecides is the law of contexts: what is outside a match's context can change and the match stays.
func TestContextDecides(t *testing.T) {
	all := pieces(t)
	s := engine(t, detectors.Options{}).NewScanner()
	rng := rand.New(rand.NewPCG(3, 4))
	for range rounds(100) {
		text := document(rng, all, 12)
		for _, m := range s.Scan(text, nil, nil) {
			before := text[:m.Context.Start]
			pad := []byte(strings.Repeat("~(;", 10))
			changed := slices.Concat(before[:len(before)/2], pad, before[len(before)/2:], text[m.Context.Start:m.Context.End], text[m.Context.End:])
			want := m
			want.Span, want.Context = m.Span.Shift(len(pad)), m.Context.Shift(len(pad))
			if len(before) == 0 || slices.ContainsFunc(s.Scan(changed, nil, nil), func(g finding.Match) bool { return sameMatch(g, want) }) {
				continue
			}
			t.Fatalf("%s at %v (context %v) is lost when text %d bytes before its context changes:\n%q", m.Rule, m.Span, m.Context, len(before)-len(before)/2, changed)
		}
	}
}

// token is a well-formed GitHub token (its checksum holds).
var token = "gh" + "p_" + "NqVwYS81VP7Hb1DX8pPd5khxE3py" + "Ig3sJb3R"

func holds(matches []finding.Match, secret string) bool {
	return slices.ContainsFunc(matches, func(m finding.Match) bool { return m.Secret == secret })
}

// TestTokenAfterAnyByte puts a token behind and before every byte value and invalid UTF-8.
func TestTokenAfterAnyByte(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	for c := range 256 {
		if text := append([]byte{byte(c)}, token+"\n"...); !holds(s.Scan(text, nil, nil), token) {
			t.Errorf("lost behind byte %#x", c)
		}
		if isWord(byte(c)) {
			continue // a longer word is another token
		}
		if text := append([]byte("x "+token), byte(c), 'z'); !holds(s.Scan(text, nil, nil), token) {
			t.Errorf("lost before byte %#x", c)
		}
	}
	for _, junk := range []string{"\xc3", "\xe2\x82", "\xff\xfe\xfd", "\xf0\x9f\x98", "\xed\xa0\x80"} {
		if !holds(s.Scan([]byte(junk+token+junk+" "), nil, nil), token) {
			t.Errorf("lost beside %q", junk)
		}
	}
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// TestTwentyThousandTokens loses none of 20,000 tokens, one a line (a peer loses 26).
func TestTwentyThousandTokens(t *testing.T) {
	g, err := regexgen.New("gh"+"p_[A-Za-z0-9]{36}", 11)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	want := map[string]bool{}
	for len(want) < 20000 {
		tok := g.Next()
		want[tok] = true
		fmt.Fprintln(&text, tok)
	}
	for _, m := range engine(t, detectors.Options{}).NewScanner().Scan(text.Bytes(), nil, nil) {
		delete(want, m.Secret)
	}
	if len(want) > 0 {
		t.Errorf("%d of 20000 tokens lost", len(want))
	}
}

// TestCleanTextAllocatesNothing checks the promise that clean input is free.
func TestCleanTextAllocatesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("allocations are counted in the run without -short, which is without the race detector")
	}
	text := []byte(strings.Repeat("func (s *Scanner) next() (int, error) { return s.at + 1, nil } // the path of a token\n", 2000))
	s := engine(t, detectors.Options{}).NewScanner()
	var out []finding.Match
	if n := testing.AllocsPerRun(10, func() { out = s.Scan(text, nil, out[:0]) }); n != 0 || len(out) != 0 {
		t.Errorf("%v allocations and %d matches for clean text", n, len(out))
	}
}

// TestFilterLosesNothing draws strings from every rule's regex: what the regex matches, the engine's regex technique
// must be called for. The filter's work is compared with running the regex alone.
func TestFilterLosesNothing(t *testing.T) {
	e := engine(t, detectors.Options{})
	s := e.NewScanner()
	for i, r := range builtin.Rules() {
		if r.Regex == "" || testing.Short() && i%10 != 0 { // every rule's RE2 is compiled here: too much for the race detector
			continue
		}
		g, err := regexgen.New(r.Pattern(), 5)
		if err != nil {
			t.Fatal(err)
		}
		for range drawsPerRule() {
			text := []byte("\n " + g.Next() + " \n")
			if want, got := detectors.Unfiltered(s, r.ID, text), s.Scan(text, nil, nil); len(want) > 0 && !slices.ContainsFunc(got, func(m finding.Match) bool { return m.Rule == r.ID }) {
				t.Errorf("rule %s: filter loses %q in %q", r.ID, want[0].Secret, text)
				break
			}
		}
	}
}

func FuzzScan(f *testing.F) {
	for i, p := range pieces(f) {
		if i%20 == 0 {
			f.Add([]byte(p), 0, len(p)/2)
		}
	}
	s := engine(f, detectors.Options{}).NewScanner()
	f.Fuzz(func(t *testing.T, text []byte, from, to int) {
		full := s.Scan(text, nil, nil)
		for _, m := range full {
			if m.Span.Start < 0 || m.Span.End > len(text) || m.Span.Start > m.Span.End || m.Context.Start < 0 || m.Context.End > len(text) {
				t.Fatalf("%s: span %v, context %v outside of %d bytes", m.Rule, m.Span, m.Context, len(text))
			}
		}
		if from < 0 || to < from || to > len(text) {
			return
		}
		dirty := []finding.Span{{Start: from, End: to}}
		if diff := cmp.Diff(touching(full, dirty), s.Scan(text, dirty, nil), cmp.Comparer(sameMatch), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("dirty %v (-full +spans)\n%s", dirty, diff)
		}
	})
}

// rounds is n, or a tenth of it with -short, as the race detector runs it.
func rounds(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// drawsPerRule is how many strings are drawn from each rule's regex.
func drawsPerRule() int { return rounds(50) }
