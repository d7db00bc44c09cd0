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
)

// TestChunksAreFoundAlike is the law of versions for texts of which a region is long: lines are taken out, put in and
// joined in many places, so that what is known stands beside other lines, which may make it a credential or none.
func TestChunksAreFoundAlike(t *testing.T) {
	all := pieces(t)
	filler := []string{"for (i = 0; i < n; i++) {", "    return x->y;", "", "}", "The quick brown fox, and so on.", "name: value", "- item", "# (c)"}
	e := engine(t, detectors.Options{})
	plain, versed := e.NewScanner(), e.NewScanner()
	versed.Versions()
	rng := rand.New(rand.NewPCG(17, 18))
	found := 0
	for round := range rounds(80) {
		var base []byte
		for range 30 {
			base = append(append(base, document(rng, filler, rng.IntN(12))...), document(rng, all, 1)...)
		}
		lines := bytes.SplitAfter(base, []byte("\n"))
		for range 12 {
			text, dirty := otherLines(rng, lines, filler)
			want := plain.Scan(text, dirty, nil)
			found += len(want)
			if diff := cmp.Diff(want, versed.Scan(text, dirty, nil), cmp.Comparer(sameMatch), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("round %d, dirty %v: (-plain +chunks)\n%s", round, dirty, diff)
			}
		}
	}
	if spared := detectors.Spared(versed); spared < rounds(80) || found == 0 {
		t.Errorf("%d chunks were recognised, %d matches found: the test shows too little", spared, found)
	}
}

// otherLines takes lines out, puts some in and joins some, and returns where; at times all of it is new.
func otherLines(rng *rand.Rand, lines [][]byte, others []string) (text []byte, dirty []finding.Span) {
	rate := 25 << rng.IntN(4)
	for _, line := range lines {
		from := len(text)
		switch rng.IntN(rate) {
		case 0:
			dirty = append(dirty, finding.Span{Start: from, End: from})
			continue
		case 1:
			text = append(append(text, others[rng.IntN(len(others))]...), '\n')
			dirty = append(dirty, finding.Span{Start: from, End: len(text)})
		case 2:
			line = bytes.TrimSuffix(line, []byte("\n"))
			dirty = append(dirty, finding.Span{Start: from + len(line), End: from + len(line)})
		}
		text = append(text, line...)
	}
	if rng.IntN(2) == 0 {
		return text, nil
	}
	return text, joined(dirty)
}

// joined makes one span of those that touch.
func joined(spans []finding.Span) (out []finding.Span) {
	for _, s := range spans {
		if n := len(out); n > 0 && out[n-1].End >= s.Start {
			out[n-1].End = s.End
		} else {
			out = append(out, s)
		}
	}
	return out
}

// TestChunksEndAtCuts compares the chunks of random texts with what is said of cuts, byte by byte.
func TestChunksEndAtCuts(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	s.Versions()
	rng := rand.New(rand.NewPCG(19, 20))
	for range 200 {
		var text []byte
		for n := rng.IntN(6000); len(text) < n; {
			line := make([]byte, rng.IntN(60))
			if rng.IntN(50) == 0 {
				line = make([]byte, 5000)
			}
			for i := range line {
				line[i] = byte(rng.Uint32())
			}
			text = append(append(text, line...), '\n')
		}
		var want []int
		start := 0
		for at, c := range text {
			if c == '\n' && (detectors.IsCut(text, at) || at-start > 4096) {
				start = at + 1
				want = append(want, start)
			}
		}
		if start < len(text) {
			want = append(want, len(text))
		}
		if diff := cmp.Diff(want, detectors.Chunks(s, text), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%d bytes: (-cuts +chunks)\n%s", len(text), diff)
		}
	}
}

// TestNextChunkDecides has a chunk end between a name and its value, which is none at first.
func TestNextChunkDecides(t *testing.T) {
	code := strings.Repeat("        - run: make all\n", 200)
	name := ""
	for i := 0; name == ""; i++ {
		line := fmt.Sprintf("        - name: DB_PASSWORD%d\n", i)
		if detectors.IsCut([]byte(line), len(line)-1) {
			name = line
		}
	}
	version := func(value string) []byte {
		return []byte(code + name + "          value: \"" + value + "\"\n" + code)
	}
	secret := "tR7" + "qLm29" + "Zw8xKd"
	s := engine(t, detectors.Options{}).NewScanner()
	s.Versions()
	if found := s.Scan(version("$(password)"), nil, nil); len(found) > 0 {
		t.Fatalf("%s: this tests nothing", found[0].Rule)
	}
	for _, dirty := range [][]finding.Span{nil, {{Start: 10, End: 2 * len(code)}}} {
		if !holds(s.Scan(version(secret), dirty, nil), secret) {
			t.Errorf("dirty %v: a value in the chunk behind its name's is not found", dirty)
		}
	}
}

// TestKnownChunksAreSpared scans a long text again with something new in the middle, and the same credential where no
// chunk is known.
func TestKnownChunksAreSpared(t *testing.T) {
	var code bytes.Buffer
	for i := range 400 {
		code.WriteString(strings.Repeat("x", i%17) + " = f(" + strings.Repeat("y", i%13) + ");\n")
	}
	s := engine(t, detectors.Options{}).NewScanner()
	s.Versions()
	s.Scan(code.Bytes(), nil, nil)
	detectors.Spared(s)
	half := bytes.LastIndexByte(code.Bytes()[:code.Len()/2], '\n') + 1
	text := slices.Concat(code.Bytes()[:half], []byte("x = \""+token+"\"\n"), code.Bytes()[half:])
	for range 2 { // what holds a match is searched again
		if !holds(s.Scan(text, nil, nil), token) {
			t.Fatal("what is new in a long text is not found")
		}
		if detectors.Spared(s) == 0 {
			t.Error("no chunk was recognised")
		}
	}
}
