package match

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

func value(text string, path string) Value {
	return Value{finding.NewHidden(text), []finding.StoreRef{{Store: "test", Path: path, Current: true}}}
}

func setOf(t testing.TB, texts ...string) *Set {
	t.Helper()
	var values []Value
	for i, s := range texts {
		values = append(values, value(s, fmt.Sprint("p", i)))
	}
	s, refused := New(values)
	if len(refused) > 0 {
		t.Fatalf("refused: %v", refused)
	}
	return s
}

func find(s *Set, text string) []finding.Match {
	d := s.Detector()
	return d.Resolve(d.Scan([]byte(text), nil, nil))
}

// random returns a value of n characters.
func random(r *rand.Rand, alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

const (
	plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	rich  = plain + ` !"#$%&'()*+,-./:;<=>?@[\]^_{|}~`
)

// Every form that an encoder of the standard library makes of a value is found, wherever it stands.
func TestForms(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		v := random(r, rich, 8+r.IntN(60))
		s, refused := New([]Value{value(v, "a")})
		if len(refused) > 0 {
			continue
		}
		inJSON, err := json.Marshal(map[string]string{"k": v})
		if err != nil {
			t.Fatal(err)
		}
		before := random(r, plain, r.IntN(7))
		basic := before + ":" + v
		for form, text := range map[string]string{
			"raw": v, "base64": base64.StdEncoding.EncodeToString([]byte(basic)), "url base64": base64.RawURLEncoding.EncodeToString([]byte(basic + "xy")),
			"hex": hex.EncodeToString([]byte(basic)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(v))),
			"query": url.QueryEscape(v), "path": url.PathEscape(v), "json": string(inJSON), "lower": lowerPercent(url.QueryEscape(v)),
		} {
			whole := "key = <" + text + ">\nnext\n"
			got := find(s, whole)
			if len(got) != 1 || got[0].Secret != v {
				t.Fatalf("%s: %q in %q: %d matches, want 1", form, v, whole, len(got))
			}
			if m := got[0]; form == "raw" && whole[m.Span.Start:m.Span.End] != v {
				t.Fatalf("%q: span shows %q", v, whole[m.Span.Start:m.Span.End])
			}
		}
	}
}

func lowerPercent(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:], bytes.ToLower(b[i+1:i+3]))
		}
	}
	return string(b)
}

func TestLines(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	key := "-----BEGIN " + "PRIVATE KEY-----\n"
	for range 6 {
		key += random(r, plain, 64) + "\n"
	}
	key += "-----END " + "PRIVATE KEY-----\n"
	s := setOf(t, key)
	for name, text := range map[string]string{
		"as it is": key, "indented": strings.ReplaceAll(key, "\n", "\n    "), "crlf": strings.ReplaceAll(key, "\n", "\r\n"),
		"one line": strings.ReplaceAll(key, "\n", `\n`),
	} {
		if got := find(s, "x: |\n    "+text); len(got) != 1 {
			t.Errorf("%s: %d matches, want 1", name, len(got))
		}
	}
}

// A naive search and the set agree on texts full of near misses, for any stride.
func TestAgreesWithNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 60 {
		var texts []string
		for range 1 + r.IntN(40) {
			texts = append(texts, "pre-"+random(r, "abAB01", 8+r.IntN(20))+"-x9"+random(r, "yzYZ", 1+round%5))
		}
		s := setOf(t, slices.Compact(slices.Sorted(slices.Values(texts)))...)
		var b strings.Builder
		for range 200 {
			v := texts[r.IntN(len(texts))]
			if r.IntN(2) == 0 {
				v = v[:r.IntN(len(v))]
			}
			b.WriteString(v + random(r, " \n-ab", 1+r.IntN(3)))
		}
		text := b.String()
		want := map[string]bool{}
		for i := range s.values {
			v := s.values[i].Secret.Reveal()
			for at := 0; ; at++ {
				k := strings.Index(text[at:], v)
				if k < 0 {
					break
				}
				at += k
				want[fmt.Sprint(at, v)] = true
			}
		}
		got := map[string]bool{}
		for _, m := range s.Detector().Scan([]byte(text), nil, nil) {
			if m.Decoded == "" {
				got[fmt.Sprint(m.Span.Start, m.Secret)] = true
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("stride %d: %s", s.stride, d)
		}
	}
}

// What a scan of dirty spans finds is what a whole scan finds whose context touches them.
func TestDirty(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	s := setOf(t, "first-Value-1", "second-Value-2", "abcdefghijklm", "third value/3?")
	names := slices.Sorted(maps.Keys(encodings))
	for range 200 {
		var b strings.Builder
		for range 30 {
			v := s.values[r.IntN(s.Len())].Secret.Reveal()
			fs := forms(v)
			if r.IntN(8) == 0 {
				b.WriteString(" " + encodings[names[r.IntN(len(names))]](v) + "\n")
			}
			b.Write(fs[r.IntN(len(fs))].text)
			b.WriteString(random(r, "xy .\n", r.IntN(30)))
		}
		text := []byte(b.String())
		var dirty []finding.Span
		for range 1 + r.IntN(3) {
			at := r.IntN(len(text))
			dirty = append(dirty, finding.Span{Start: at, End: at + r.IntN(len(text)-at)})
		}
		d := s.Detector()
		var want []finding.Match
		for _, m := range d.Scan(text, nil, nil) {
			if touches(m.Context, dirty) {
				want = append(want, m)
			}
		}
		got := d.Scan(text, dirty, nil)
		if diff := cmp.Diff(d.Resolve(want), d.Resolve(got), cmp.AllowUnexported(finding.Secret{})); diff != "" {
			t.Fatalf("dirty %v: %s", dirty, diff)
		}
	}
}

func TestRefused(t *testing.T) {
	for text, why := range map[string]string{
		"": "empty", "hunter2": "shorter", "password": "common", "ChangeMe": "common", "production": "common", "aaaaaaaabb": "different",
		"20260101": "number", "database": "word", "db.internal.example.com": "host", "10.0.0.5:5432": "host", "https://example.com/a/b": "URL",
		"/var/lib/data/x": "path", "${DB_PASSWORD}": "reference", "2026-01-02T03:04:05Z": "date", "ops@example.com": "mail",
		"arn:aws:iam::123456789012:role/x": "cloud",
	} {
		s, refused := New([]Value{value(text, "p")})
		if len(refused) != 1 || !strings.Contains(refused[0].Reason, why) || s.Len() != 0 {
			t.Errorf("%q: %v, want a refusal because of %q", text, refused, why)
		}
	}
	for _, text := range []string{
		"Sommer2024!", "hunter22x", "correct horse battery", "q9Zk3LmX", "postgres://app:" + "s3cr3tPW@db/x", "https://hooks.example.com/T00/" + "B0a1b2c3d4e5f6g7h8",
		"4929123456781234", "abcdefghijklmnop",
	} {
		if _, refused := New([]Value{value(text, "p")}); len(refused) > 0 {
			t.Errorf("%q is refused: %s", text, refused[0].Reason)
		}
	}
}

// A value kept at several places is one value; a value inside another is found as well.
func TestSeveral(t *testing.T) {
	url := "postgres://app:" + "s3cr3tPW99@db/x"
	s, _ := New([]Value{value("s3cr3tPW99", "b"), value(url, "url"), value("s3cr3tPW99", "a")})
	if s.Len() != 2 || len(s.Refs("s3cr3tPW99")) != 2 || s.Refs("s3cr3tPW99")[0].Path != "a" {
		t.Fatalf("%d values, refs %v", s.Len(), s.Refs("s3cr3tPW99"))
	}
	if got := find(s, "url="+url+"\n"); len(got) != 2 {
		t.Errorf("%d matches, want the URL and the password in it", len(got))
	}
	if got := find(setOf(t, "abcdefghijklm"), "xabcdefghijklm abcdefghijklm."); len(got) != 1 || got[0].Span.Start != 15 {
		t.Errorf("a word inside a word: %v", got)
	}
}

func FuzzScan(f *testing.F) {
	f.Add("key = first-Value-1 ", "first-Value-1")
	f.Add("a%2fb%3Dsecret", "a/b=secret")
	f.Add("\\u00e9\\n", "\xff\x00\n\né日本語テキスト")
	f.Fuzz(func(t *testing.T, text, v string) {
		s, refused := New([]Value{value(v, "p")})
		if len(refused) > 0 {
			return
		}
		d := s.Detector()
		for _, m := range d.Scan([]byte(text+v+text), nil, nil) {
			if m.Span.Start < 0 || m.Span.End > 2*len(text)+len(v) || m.Span.Len() < anchorBytes {
				t.Fatalf("match %v of a text of %d bytes", m.Span, len(text))
			}
		}
		if !isWord(v) && len(d.Scan([]byte(text+v+text), nil, nil)) == 0 {
			t.Fatalf("%q was not found in a text that holds it", v)
		}
	})
}

// go test ./match -bench Scan -run xxx
func BenchmarkScan(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 9))
	var text strings.Builder
	for text.Len() < 32<<20 {
		text.WriteString("\tfunc handle(w http.ResponseWriter, r *http.Request) { log.Printf(\"" + random(r, plain+" ", 40) + "\") } // item.Next\n")
	}
	for _, n := range []int{1, 1000, 1_000_000} {
		var values []Value
		for i := range n {
			values = append(values, value(random(r, plain, 16+i%24), "p"))
		}
		s, _ := New(values)
		d := s.Detector()
		b.Run(fmt.Sprintf("values=%d", n), func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			buf := []byte(text.String())
			for b.Loop() {
				if got := d.Scan(buf, nil, nil); len(got) > 0 {
					b.Fatalf("%d matches", len(got))
				}
			}
			b.ReportMetric(float64(s.stride), "stride")
		})
	}
}

// go test ./match -bench Build -run xxx
func BenchmarkBuild(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 9))
	var values []Value
	for i := range 100_000 {
		values = append(values, value(random(r, plain, 16+i%24), "p"))
	}
	b.ReportAllocs()
	for b.Loop() {
		New(values)
	}
}
