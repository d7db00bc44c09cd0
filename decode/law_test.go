package decode

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kept is a stretch copied, with offsets from a base.
type kept struct {
	Name   string
	Source Span
	Text   string
	Dirty  []Span
	First  Span
}

func collect(d *Decoder, text string, within Span, base int) []kept {
	var out []kept
	d.Find([]byte(text), within, func(s *Stretch) {
		at := s.SourceSpan(Span{0, 1})
		out = append(out, kept{s.Name, Span{s.Source.Start - base, s.Source.End - base}, string(s.Text),
			append([]Span(nil), s.Dirty...), Span{at.Start - base, at.End - base}})
	})
	return out
}

// prose is ordinary text without anything encoded.
func prose(r *rand.Rand, n int) string {
	words := []string{"if", "err", "return", "the", "value", "{", "}", "(x)", "->", "42", "config.Load()", "\n", "\n\t", "// note", "a-b", "path/to/it"}
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(words[r.IntN(len(words))])
		b.WriteByte(' ')
	}
	return b.String()[:n-1] + "\n"
}

// TestCutsElsewhereChangeNothing is the law of locality: text further off decides nothing.
func TestCutsElsewhereChangeNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const near = 6 << 10 // far less than Reach, since nothing here is long
	for _, c := range losses() {
		if strings.HasPrefix(c.text, "\x1f\x8b") {
			continue
		}
		for range 6 {
			before, after := prose(r, near+r.IntN(9000)), prose(r, near+r.IntN(9000))
			text := before + c.text + after
			within := Span{len(before), len(before) + len(c.text)}
			want := collect(New(), text, within, len(before))
			lo, hi := r.IntN(len(before)-near+1), len(text)-r.IntN(len(after)-near+1)
			got := collect(New(), text[lo:hi], Span{within.Start - lo, within.End - lo}, len(before)-lo)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s: cut at %d and %d:\n%s", c.name, lo, hi, diff)
			}
		}
	}
}

// TestAnyPointFindsTheWhole asks for single points of an encoded token: each must yield all of it.
func TestAnyPointFindsTheWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	d := New()
	for _, c := range losses() {
		if c.chain == "" || strings.HasPrefix(c.text, "\x1f\x8b") {
			continue
		}
		before := prose(r, 3000)
		text := before + c.text + "\n" + prose(r, 3000)
		_, ok := find(d, text, token, c.chain, 4)
		if !ok {
			t.Errorf("%s: not found at all", c.name)
			continue
		}
		from := len(before) + strings.Index(c.text, c.encoded)
		for p := from; p <= from+len(c.encoded); p += 1 + len(c.encoded)/40 {
			if !findWithin(d, text, Span{p, p}, c.chain) {
				t.Errorf("%s: not found from offset %d of the encoded %d", c.name, p-from, len(c.encoded))
				break
			}
		}
	}
}

// TestEveryAlignment puts each case at every offset modulo the groups and words that are looked at together, and across
// the border of two blocks.
func TestEveryAlignment(t *testing.T) {
	d := New()
	for _, c := range losses() {
		if c.chain == "" || strings.HasPrefix(c.text, "\x1f\x8b") {
			continue
		}
		offsets := []int{}
		for k := range 33 {
			offsets = append(offsets, k, blockBytes-len(c.text)*k/32)
		}
		for _, k := range offsets {
			text := strings.Repeat(";;; ", max(k, 0)/4+1)[:max(k, 0)] + "\n" + c.text + "\n"
			if _, ok := find(d, text, token, c.chain, 4); !ok {
				t.Errorf("%s: not found at offset %d", c.name, k)
				break
			}
		}
	}
}

func findWithin(d *Decoder, text string, within Span, chain string) (ok bool) {
	head, rest, more := strings.Cut(chain, ">")
	d.Find([]byte(text), within, func(s *Stretch) {
		switch {
		case ok || s.Name != head:
		case more:
			_, ok = find(d, string(s.Text), token, rest, 4)
		default:
			ok = bytes.Contains(s.Text, []byte(token))
		}
	})
	return ok
}

// checkStretch holds a stretch to what it promises of spans and maps.
func checkStretch(t *testing.T, text []byte, s *Stretch) {
	t.Helper()
	if s.Source.Start < 0 || s.Source.End > len(text) || s.Source.Start >= s.Source.End {
		t.Fatalf("%s: source %v of %d bytes", s.Name, s.Source, len(text))
	}
	if len(s.Text) == 0 || len(s.Text) > MaxInflate {
		t.Fatalf("%s: %d bytes decoded", s.Name, len(s.Text))
	}
	if s.Name != nameGzip && s.Name != nameZlib && len(s.Text) > 2*(s.Source.End-s.Source.Start) {
		t.Fatalf("%s: %d bytes grew to %d", s.Name, s.Source.End-s.Source.Start, len(s.Text))
	}
	last := 0
	for _, d := range s.Dirty {
		if d.Start < last || d.End < d.Start || d.End > len(s.Text) {
			t.Fatalf("%s: dirty %v of %d", s.Name, s.Dirty, len(s.Text))
		}
		last = d.End
	}
	prev := s.Source.Start
	step := 1 + len(s.Text)/500
	dirty := 0
	for i := 0; i < len(s.Text); i += step {
		p := s.SourceSpan(Span{i, i + 1})
		if p.Start < prev || p.End <= p.Start || p.End > s.Source.End {
			t.Fatalf("%s: byte %d of %q maps to %v, after %d, in %v", s.Name, i, s.Text, p, prev, s.Source)
		}
		if whole := s.SourceSpan(Span{0, i + 1}); whole.Start > p.Start || whole.End < p.End {
			t.Fatalf("%s: %v does not cover %v", s.Name, whole, p)
		}
		prev = p.Start
		for dirty < len(s.Dirty) && s.Dirty[dirty].End <= i {
			dirty++
		}
		clean := s.Dirty != nil && (dirty == len(s.Dirty) || s.Dirty[dirty].Start > i)
		if clean && (p.End-p.Start != 1 || text[p.Start] != s.Text[i]) {
			t.Fatalf("%s: byte %d is said to be as in the source, and is not", s.Name, i)
		}
	}
}

func TestCleanTextAllocatesNothing(t *testing.T) {
	text := []byte(prose(rand.New(rand.NewPCG(7, 8)), 100_000))
	d := New()
	n := 0
	count := func(*Stretch) { n++ }
	d.Find(text, Span{0, len(text)}, count)
	if got := testing.AllocsPerRun(20, func() { d.Find(text, Span{0, len(text)}, count) }); got != 0 {
		t.Errorf("%v allocations for clean text", got)
	}
	if n != 0 {
		t.Errorf("%d stretches in clean text", n)
	}
}

// TestFindInsideYield nests Find on one Decoder: the outer stretch must stay as it is.
func TestFindInsideYield(t *testing.T) {
	d := New()
	text := []byte("x " + std(std("a "+token+" b")) + " y")
	seen := 0
	d.Find(text, Span{0, len(text)}, func(s *Stretch) {
		outer := string(s.Text)
		d.Find(s.Text, Span{0, len(s.Text)}, func(in *Stretch) {
			if strings.Contains(string(in.Text), token) {
				seen++
			}
		})
		if string(s.Text) != outer || len(s.Text) == 0 {
			t.Error("the outer stretch changed")
		}
	})
	if seen == 0 {
		t.Error("token not found two layers down")
	}
}

// TestCleanWordsAreNotDecoded lists what looks like an encoding and is none.
func TestCleanWordsAreNotDecoded(t *testing.T) {
	sha := "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	for _, text := range []string{
		"internationalizationConfigurationManagerFactory", "/usr/local/share/application/resources/icons",
		"THE_QUICK_BROWN_FOX_JUMPS_OVER_THE_LAZY_DOG", "sha256:" + sha, strings.Repeat(sha+"\n", 20),
		"sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
		"printf(\"%02d%s %d%%\\n\", a, b)", "a && b & c; x = y == z", "C:\\Users\\new\\temp\\x.txt",
		strings.Repeat("-", 300), strings.Repeat("A", 300), strings.Repeat("=", 300), strings.Repeat("0, ", 100),
		strings.Repeat("example.com/some/module/of/a/longer/name v1.2.3 h1:"+base64.StdEncoding.EncodeToString(make([]byte, 32))+"\n", 3),
		"import (\n\t\"example.com/one/two\"\n\t\"example.com/one/three\"\n)\n",
		`"GET /a/b HTTP/1.1" 200 12 "https://x.example/list" "Mozilla/5.0 (X11; Linux x86_64) Safari/537.36"`,
		"x = [1000, 2000, 3000]; t = 12:30:45", "\xef\xbb\xbfpackage main", "été — “quoted” text’s",
	} {
		for _, s := range collect(New(), text, Span{0, len(text)}, 0) {
			t.Errorf("%q: %s yields %q", text, s.Name, s.Text)
		}
	}
}
