package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// TestTextWidth checks that nothing but places to click and unbroken words is wider than asked.
func TestTextWidth(t *testing.T) {
	for width, want := range map[int]int{-1: 60, 0: 100, 30: 60, 60: 60, 83: 83, 200: 200, 500: 200} {
		for line := range strings.Lines(render(t, "text", fixture(), Options{Rule: catalogue, Width: width})) {
			line = strings.TrimRight(line, "\n")
			if n := utf8.RuneCountInString(line); n > want && !strings.HasPrefix(line, "  where") {
				t.Errorf("width %d: a line of %d columns: %q", width, n, line)
			}
			if strings.HasSuffix(line, " ") {
				t.Errorf("width %d: space at the end of %q", width, line)
			}
		}
	}
}

func TestTextIsSafe(t *testing.T) {
	r := everywhere("harmless-value-1", "a\x1b[31mred\x1b]8;;http://x\x07\u202egnp\u2028\r\nforged line\t\u200b\xff")
	r.Findings[0].Title, r.Findings[0].Rule = "t\x1bitle", "r\x07"
	out := render(t, "text", r, Options{MaxPlaces: -1})
	for _, bad := range []string{"\x1b", "\x07", "\u202e", "\u2028", "\r", "\u200b", "\xff", "\nforged"} {
		if strings.Contains(out, bad) {
			t.Errorf("text holds %q", bad)
		}
	}
	if out := render(t, "text", r, Options{Color: true}); !strings.Contains(out, "\x1b[0m") {
		t.Error("no colour though asked")
	}
}

func TestTextOrder(t *testing.T) {
	r := fixture()
	r.Findings[0].Verdict.Status = finding.Dead
	r.Findings[2].Verdict = &finding.Verdict{Status: finding.Live}
	out := render(t, "text", r, Options{})
	live, high, dead := strings.Index(out, "RSA private key"), strings.Index(out, "AWS secret"), strings.Index(out, "GitHub personal")
	if !(live < high && high < dead) {
		t.Errorf("order is not live, high, dead: %d, %d, %d", live, high, dead)
	}
}

func TestTextSaysWhatHappened(t *testing.T) {
	empty := &finding.Report{Targets: []string{"x"}}
	clean := &finding.Report{Targets: []string{"x"}}
	clean.Coverage.Count("files", 1)
	many := &finding.Report{Findings: []finding.Finding{githubFinding()}}
	for i := range 20 {
		p := many.Findings[0].Places[0]
		p.Start.Line = 100 + i
		many.Findings[0].Places = append(many.Findings[0].Places, p)
	}
	for name, c := range map[string]struct {
		r    *finding.Report
		want []string
	}{
		"empty": {empty, []string{"found     nothing", "Nothing was read"}},
		"clean": {clean, []string{"found     nothing", "1 file of x"}},
		"many":  {many, []string{"and 18 more places", "1 credential in 23 places"}},
	} {
		out := render(t, "text", c.r, Options{})
		for _, w := range c.want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: no %q in\n%s", name, w, out)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	for text, want := range map[string][]string{
		"":                   {""},
		"a b":                {"a b"},
		"aaaa bbbb cccc":     {"aaaa bbbb", "cccc"},
		"aaaaaaaaaaaaaaa bb": {"aaaaaaaaaa", "aaaaa bb"},
		"ääääääääää":         {"ääääääääää"},
		"äääääääääää":        {"ääääääääää", "ä"},
		"a aaaaaaaaaaaaaaa":  {"a", "aaaaaaaaaa", "aaaaa"},
	} {
		if diff := cmp.Diff(want, wrap(text, 10)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestTable(t *testing.T) {
	var b bytes.Buffer
	if err := Table(&b, []string{"ID", "OWNER"}, [][]string{{"1", "Döe"}, {"longer\x1b"}}, Options{}); err != nil {
		t.Fatal(err)
	}
	if want := "ID       OWNER\n1        Döe\nlonger\uFFFD\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

// brokenWriter fails after some bytes.
type brokenWriter struct{ left int }

var errBroken = errors.New("disk full")

func (w *brokenWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		return w.left, errBroken
	}
	w.left -= len(p)
	return len(p), nil
}

func TestWriteErrors(t *testing.T) {
	for _, f := range Formats() {
		for _, left := range []int{0, 100} {
			if err := Write(&brokenWriter{left}, f.Name, fixture(), Options{Template: exampleTemplate}); !errors.Is(err, errBroken) {
				t.Errorf("%s with %d bytes of room: error %v", f.Name, left, err)
			}
		}
	}
	if err := Write(&bytes.Buffer{}, "template", fixture(), Options{Template: "{{.Nope}}"}); err == nil || !strings.Contains(err.Error(), "Nope") {
		t.Errorf("template error %v", err)
	}
	if err := Write(&bytes.Buffer{}, "xml", fixture(), Options{}); err == nil || !strings.Contains(err.Error(), "sarif") {
		t.Errorf("unknown format: %v", err)
	}
}

func TestSingular(t *testing.T) {
	for unit, want := range map[string]string{"files": "file", "index entries": "index entry", "repositories not read as files": "repository not read as files"} {
		if got := singular(unit, 1); got != want {
			t.Errorf("one of %q: %q, want %q", unit, got, want)
		}
		if got := singular(unit, 2); got != unit {
			t.Errorf("two of %q: %q", unit, got)
		}
	}
}

// One value by several rules is one credential: led by what knows most of it, counted once, with every place and id.
func TestTextSameValue(t *testing.T) {
	one := func(id, rule string, confidence float64, same ...string) finding.Finding {
		return finding.Finding{ID: id, Rule: rule, Severity: finding.High, Confidence: confidence, Secret: finding.NewSecret("s3cr3t"), Same: same,
			Places: []finding.Place{{Origin: finding.Origin{Kind: finding.KindFile, Path: id + ".txt"}, Start: finding.Position{Line: 1, Column: 1}}}}
	}
	url := one("bbb", "url-credentials", 0.8, "aaa")
	url.Parts = []finding.Part{{Name: "host", Value: finding.NewSecret("db.example.org")}}
	r := &finding.Report{Findings: []finding.Finding{one("aaa", "generic-password", 0.9, "bbb"), one("ccc", "other", 0.5), url}}
	r.Coverage.Count("files", 3)
	out := render(t, "text", r, Options{Width: 100})
	at := -1
	for _, w := range []string{"url-credentials  bbb", "bbb.txt:1:1", "same as   generic-password aaa", "aaa.txt:1:1", "other  ccc", "2 credentials (3 findings) in 3 places: 2 high"} {
		if i := strings.Index(out, w); i <= at {
			t.Errorf("%q at %d, after %d, in\n%s", w, i, at, out)
		} else {
			at = i
		}
	}
}
