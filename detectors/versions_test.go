package detectors_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

// versions draws texts of a few parts in any order, with something new between some of them: the same edits meet in
// other surroundings, and what they join or part may be a credential.
type versions struct {
	parts [][]byte
	edits []string
}

func newVersions(rng *rand.Rand, all []string) versions {
	plain := []string{"for (i = 0; i < n; i++) {", "    return x->y;", "", "}", "The quick brown fox, and so on.", "name: value", "- item", "# (c)"}
	v := versions{edits: []string{"", "\n", "x", string(document(rng, plain, 2))}}
	for range 6 {
		p := all[rng.IntN(len(all))]
		cut := rng.IntN(len(p) + 1)
		v.parts = append(v.parts, slices.Concat(document(rng, plain, rng.IntN(30)), []byte(p[:cut])))
		v.parts = append(v.parts, slices.Concat([]byte(p[cut:]), []byte{'\n'}, document(rng, plain, rng.IntN(30))))
	}
	return v
}

func (v versions) draw(rng *rand.Rand) (text []byte, dirty []finding.Span) {
	for i := range 8 {
		k := rng.IntN(len(v.parts))
		text = append(text, v.parts[k]...)
		if i%2 == 0 {
			text = append(text, v.parts[k^1]...)
		}
		if rng.IntN(2) == 0 {
			from := len(text)
			text = append(text, v.edits[rng.IntN(len(v.edits))]...)
			dirty = append(dirty, finding.Span{Start: from, End: len(text)})
		}
		text = append(text, v.parts[rng.IntN(len(v.parts))]...)
	}
	return text, dirty
}

// TestVersionsAreFoundAlike is the law of versions: a scanner that remembers what it searched finds what one that does
// not finds.
func TestVersionsAreFoundAlike(t *testing.T) {
	all := pieces(t)
	e := engine(t, detectors.Options{})
	plain, versed := e.NewScanner(), e.NewScanner()
	versed.Versions()
	rng := rand.New(rand.NewPCG(7, 8))
	spared := 0
	for round := range rounds(40) {
		v := newVersions(rng, all)
		for range 20 {
			text, dirty := v.draw(rng)
			want := plain.Scan(text, dirty, nil)
			for range 2 { // the second time, all of it has been seen
				got := versed.Scan(text, dirty, nil)
				if diff := cmp.Diff(want, got, cmp.Comparer(sameMatch), cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("round %d, dirty %v: (-plain +versions)\n%s", round, dirty, diff)
				}
			}
			spared += detectors.Spared(versed)
		}
	}
	if spared < rounds(40) {
		t.Errorf("only %d regions were recognised", spared)
	}
}

// TestScannersRememberTogether has four scanners of one engine, which remember together, scan the same texts at once, each
// from another one on: what one searches while another asks for it changes nothing of what either finds.
func TestScannersRememberTogether(t *testing.T) {
	type text struct {
		bytes []byte
		dirty []finding.Span
		want  []finding.Match
	}
	all := pieces(t)
	e := engine(t, detectors.Options{})
	plain := e.NewScanner()
	rng := rand.New(rand.NewPCG(9, 10))
	var texts []text
	found := 0
	for range rounds(20) {
		v := newVersions(rng, all)
		for range 10 {
			b, dirty := v.draw(rng)
			x := text{b, dirty, plain.Scan(b, dirty, nil)}
			texts, found = append(texts, x), found+len(x.want)
		}
	}
	if found == 0 {
		t.Fatal("the texts hold nothing that could be missed")
	}
	const scanners = 4
	var spared [scanners]int
	start := make(chan struct{})
	var group sync.WaitGroup
	for k := range scanners {
		group.Go(func() {
			<-start
			s := e.NewScanner()
			s.Versions()
			for i := range texts {
				at := (i + k*len(texts)/(2*scanners)) % len(texts) // they meet what another is about to search
				x := texts[at]
				if diff := cmp.Diff(x.want, s.Scan(x.bytes, x.dirty, nil), cmp.Comparer(sameMatch), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("scanner %d, text %d: (-plain +together)\n%s", k, at, diff)
					return
				}
			}
			spared[k] = detectors.Spared(s)
		})
	}
	close(start)
	group.Wait()
	total := 0
	for _, n := range spared {
		total += n
	}
	if total < len(texts) { // alone, each would know little of what it meets first
		t.Errorf("only %d regions of %d texts were recognised", total, len(texts))
	}
}

// TestWhatIsAroundDecides puts the same lines, with the same edit, where what is far around makes them part of a
// credential, after they were searched where they were none, and the other way round.
func TestWhatIsAroundDecides(t *testing.T) {
	data := make([]byte, 1200)
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	key := []byte("-----BEGIN RSA PRIVATE " + "KEY-----\n")
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(data)), 64) {
		key = append(append(key, line...), '\n')
	}
	key = append(key, "-----END RSA PRIVATE "+"KEY-----\n"...)
	lines := bytes.SplitAfter(key, []byte("\n"))
	middle := bytes.Join(lines[1:len(lines)-2], nil)
	code := []byte(strings.Repeat("for (i = 0; i < n; i++) { use(a[i]); }\n", 40))
	begin := key[:len(lines[0])]
	headers := []byte("use(key);\n" + string(begin) + strings.Repeat("Comment: a key\n", 100))
	for _, texts := range [][][]byte{
		{ // where the edit is, in the middle of base64, a key's first line may be far above
			slices.Concat(code, []byte("x = (\n"), middle, []byte(");\n"), code),
			slices.Concat(code, key, code),
			slices.Concat(code, []byte(strings.Repeat("\n", 30)), begin, middle, code),
		},
		{ // or, before a key, its end far below
			slices.Concat(code, headers, []byte(strings.Repeat("x = (y);\n", 30)), code),
			slices.Concat(code, headers, []byte("\n"), middle, lines[len(lines)-2], code),
		},
	} {
		compareAround(t, texts, middle)
	}
}

// compareAround edits texts in the middle of some lines, or else before "key".
func compareAround(t *testing.T, texts [][]byte, middle []byte) {
	t.Helper()
	for first := range texts {
		e := engine(t, detectors.Options{})
		plain, versed := e.NewScanner(), e.NewScanner()
		versed.Versions()
		found := 0
		for k := range texts {
			text := texts[(first+k)%len(texts)]
			at := bytes.Index(text, []byte("key);"))
			if at < 0 {
				at = bytes.Index(text, middle) + len(middle)/2
			}
			dirty := []finding.Span{{Start: at, End: at + 3}}
			want := plain.Scan(text, dirty, nil)
			found += len(want)
			if diff := cmp.Diff(want, versed.Scan(text, dirty, nil), cmp.Comparer(sameMatch), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("text %d after %d others: (-plain +versions)\n%s", (first+k)%len(texts), k, diff)
			}
		}
		if found == 0 || found == len(texts) {
			t.Errorf("%d keys found in %d texts, which tests nothing", found, len(texts))
		}
	}
}

// TestOtherSpansAreSearched marks another line of the same region as new.
func TestOtherSpansAreSearched(t *testing.T) {
	code := strings.Repeat("for (i = 0; i < n; i++) { use(a[i]); }\n", 40)
	text := []byte(code + "first();\n\nx = \"" + token + "\"\n\nlast();\n" + code)
	span := func(word string) finding.Span {
		at := bytes.Index(text, []byte(word))
		return finding.Span{Start: at, End: at + 3}
	}
	s := engine(t, detectors.Options{}).NewScanner()
	s.Versions()
	if found := s.Scan(text, []finding.Span{span("first"), span("last")}, nil); len(found) > 0 {
		t.Fatalf("%s touches what is new around it: this tests nothing", found[0].Rule)
	}
	if found := s.Scan(text, []finding.Span{span("first"), span(token), span("last")}, nil); !holds(found, token) {
		t.Error("what is new is taken for what was there before")
	}
}

// TestDecodedTextsAreSearchedOnce scans the same array of bytes twice, and then one that holds a credential.
func TestDecodedTextsAreSearchedOnce(t *testing.T) {
	array := func(text string) []byte {
		var b bytes.Buffer
		b.WriteString("var raw = []byte{\n")
		for _, c := range []byte(text) {
			fmt.Fprintf(&b, "0x%02x, ", c)
		}
		b.WriteString("\n}\n")
		return b.Bytes()
	}
	plain := strings.Repeat("a line of a message that holds nothing\n", 20)
	s := engine(t, detectors.Options{}).NewScanner()
	s.Versions()
	scan := func(text []byte) []finding.Match {
		return s.Scan(text, []finding.Span{{Start: 5, End: len(text) - 5}}, nil)
	}
	if found := scan(array(plain)); len(found) > 0 {
		t.Fatalf("%s: this tests nothing", found[0].Rule)
	}
	before := detectors.Spared(s)
	if found := scan(slices.Concat(array(plain), []byte("// other\n"))); len(found) > 0 || detectors.Spared(s) == before {
		t.Errorf("%d found, %d texts recognised", len(found), detectors.Spared(s)-before)
	}
	if !holds(scan(array(plain+"token = "+token+"\n")), token) {
		t.Error("an array that holds a credential is taken for one that does not")
	}
}

// TestTextsBuiltOnBareOnesAreFoundAlike is the law of bare texts: a scanner that was told what a text is built on finds in it
// what one that was not finds, whatever the edits bring or join.
func TestTextsBuiltOnBareOnesAreFoundAlike(t *testing.T) {
	all := pieces(t)
	marks := []string{"-----BEGIN RSA PRIVATE ", "KEY-----\nMIIEowIBAAKCAQEA\n", "-----END RSA PRIVATE KEY-----", "-----BE", "GIN ", "kind: Sec", "ret\ndata:\n  password: c2VjcmV0\n", "PuTTY-User-", "Key-File-2: ssh-rsa\n", "\"kt", "y\": \"oct\", \"k\": \"AAAA\"", "BEGIN", "kind"}
	e := engine(t, detectors.Options{})
	plain, built := e.NewScanner(), e.NewScanner()
	built.Versions()
	rng := rand.New(rand.NewPCG(11, 12))
	bare, lost := 0, 0
	for round := range rounds(60) {
		text := document(rng, []string{"for (i = 0; i < n; i++) {", "    return x->y;", "", "}", "The quick brown fox", "- item", "AAAAB3NzaC1yc2EAAAADAQABAAABAQ==", "name: value"}, 200)
		built.BuiltOn(true) // counts for nothing where all is dirty
		built.Scan(text, nil, nil)
		for range 12 {
			was := built.Bare()
			from := all
			if rng.IntN(2) == 0 {
				from = marks
			}
			var dirty []finding.Span
			text, dirty = edit(rng, text, from)
			if len(dirty) == 0 {
				continue
			}
			want := plain.Scan(text, dirty, nil)
			built.BuiltOn(was)
			got := built.Scan(text, dirty, nil)
			if diff := cmp.Diff(want, got, cmp.Comparer(sameMatch), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("round %d, dirty %v, built on a bare one: %v: (-plain +built)\n%s", round, dirty, was, diff)
			}
			if is := built.Bare(); is {
				bare++
			} else if was {
				lost++
			}
		}
	}
	if bare < rounds(60) || lost == 0 {
		t.Errorf("%d texts were bare, %d no longer: the test shows nothing", bare, lost)
	}
}

// TestMarkEndsBareness has an edit bring a block's mark, and a later one change the block far from it.
func TestMarkEndsBareness(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	var body strings.Builder
	for range 40 {
		line := make([]byte, 48)
		for i := range line {
			line[i] = byte(rng.Uint32())
		}
		body.WriteString(base64.StdEncoding.EncodeToString(line) + "\n")
	}
	before, after := strings.Repeat("int main(void) { return 0; }\n", 60), "-----END RSA PRIVATE "+"KEY-----\n"+strings.Repeat("int more(void);\n", 60)
	mark := "-----BEGIN RSA PRIVATE " + "KEY-----\n"
	e := engine(t, detectors.Options{})
	s := e.NewScanner()
	if s.Scan([]byte(before+body.String()+after), nil, nil); !s.Bare() {
		t.Fatal("a text without a mark is not bare")
	}
	s.BuiltOn(true)
	text := []byte(before + mark + body.String() + after)
	found := s.Scan(text, []finding.Span{{Start: len(before), End: len(before) + len(mark)}}, nil)
	if len(found) == 0 || s.Bare() {
		t.Fatalf("%d matches, bare %v: want the key, in a text that is bare no longer", len(found), s.Bare())
	}
	at := len(before) + len(mark) + body.Len() - 100
	text[at] ^= 1
	s.BuiltOn(s.Bare())
	found = s.Scan(text, []finding.Span{{Start: at, End: at + 1}}, nil)
	if want := e.NewScanner().Scan(text, []finding.Span{{Start: at, End: at + 1}}, nil); len(want) == 0 || !cmp.Equal(want, found, cmp.Comparer(sameMatch)) {
		t.Errorf("an edit deep in the key: %d matches, want %d", len(found), len(want))
	}
}

// TestStartOfBareText has an edit behind many lines, but near the start of a text, which then counts as a whole.
func TestStartOfBareText(t *testing.T) {
	text := append(javaStore(0xfeedfeed, 1, "server"), bytes.Repeat([]byte("filler "), 300)...)
	copy(text[40:], bytes.Repeat([]byte{'\n'}, 40))
	dirty := []finding.Span{{Start: 200, End: 201}}
	e := engine(t, detectors.Options{})
	want := e.NewScanner().Scan(text, dirty, nil)
	s := e.NewScanner()
	s.BuiltOn(true)
	if got := s.Scan(text, dirty, nil); len(want) == 0 || !cmp.Equal(want, got, cmp.Comparer(sameMatch)) {
		t.Errorf("%d matches, want %d", len(got), len(want))
	}
}
