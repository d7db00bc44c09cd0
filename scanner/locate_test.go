package scanner

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/unleak/unleak/finding"
)

func TestLocate(t *testing.T) {
	for _, c := range []struct {
		name, text, secret string
		start, end         finding.Position
		line               string
	}{
		{"first line", "k=SECRET\n", "SECRET", finding.Position{Line: 1, Column: 3, Byte: 3, Offset: 2}, finding.Position{Line: 1, Column: 9, Byte: 9, Offset: 8}, "k=SECRET"},
		{"CRLF", "a\r\nb SECRET\r\nc", "SECRET", finding.Position{Line: 2, Column: 3, Byte: 3, Offset: 5}, finding.Position{Line: 2, Column: 9, Byte: 9, Offset: 11}, "b SECRET"},
		{"tabs", "\n\t\tSECRET", "SECRET", finding.Position{Line: 2, Column: 3, Byte: 3, Offset: 3}, finding.Position{Line: 2, Column: 9, Byte: 9, Offset: 9}, "\t\tSECRET"},
		{"several bytes", "日本 é SECRET", "SECRET", finding.Position{Line: 1, Column: 6, Byte: 11, Offset: 10}, finding.Position{Line: 1, Column: 12, Byte: 17, Offset: 16}, "日本 é SECRET"},
		{"invalid bytes", "\xff\xe9\x80 SECRET", "SECRET", finding.Position{Line: 1, Column: 5, Byte: 5, Offset: 4}, finding.Position{Line: 1, Column: 11, Byte: 11, Offset: 10}, "\uFFFD SECRET"},
		{"non-ASCII secret", "p=pässwörd;", "pässwörd", finding.Position{Line: 1, Column: 3, Byte: 3, Offset: 2}, finding.Position{Line: 1, Column: 11, Byte: 13, Offset: 12}, "p=pässwörd;"},
		{"several lines", "a\nSEC\nRET\nb", "SEC\nRET\n", finding.Position{Line: 2, Column: 1, Byte: 1, Offset: 2}, finding.Position{Line: 3, Column: 4, Byte: 4, Offset: 9}, "SEC"},
		{"control characters", "\x1b[1mSECRET\x1b[0m", "SECRET", finding.Position{Line: 1, Column: 5, Byte: 5, Offset: 4}, finding.Position{Line: 1, Column: 11, Byte: 11, Offset: 10}, "[1mSECRET[0m"},
	} {
		i := strings.Index(c.text, c.secret)
		p := Locate([]byte(c.text), finding.Match{Secret: c.secret, Span: finding.Span{Start: i, End: i + len(c.secret)}}, "-")
		if p.Start != c.start || p.End != c.end || p.Line != c.line {
			t.Errorf("%s: %+v", c.name, p)
		}
		if !strings.Contains(c.secret, "\n") && p.Line[p.Mark.Start:p.Mark.End] != c.secret {
			t.Errorf("%s: marks %v of %q", c.name, p.Mark, p.Line)
		}
	}
}

// TestMarkOfTheOccurrence marks the secret that was found, not the same text before it in the line.
func TestMarkOfTheOccurrence(t *testing.T) {
	for text, secret := range map[string]string{
		"postgres://zk81lantern:zk81lantern@db1/x":                            "zk81lantern",
		"mysql -u mortimer7x -pmortimer7x db":                                 "mortimer7x",
		"\x1b[1mé\xff mortimer7x -pmortimer7x\r":                              "mortimer7x",
		"\xffmortimer7x\xff\xffmortimer7x":                                    "mortimer7x",
		strings.Repeat("x", 90) + "äöü mortimer7x mortimer7x mortimer7x\nend": "mortimer7x",
	} {
		start := strings.LastIndex(text, secret)
		p := Locate([]byte(text), finding.Match{Secret: secret, Span: finding.Span{Start: start, End: start + len(secret)}}, "-")
		if p.Mark.Start != strings.LastIndex(p.Line, secret) || p.Mark.Len() != len(secret) {
			t.Errorf("%q: marks %v of %q", text, p.Mark, p.Line)
		}
	}
	var wide []byte
	for _, u := range utf16.Encode([]rune("é mörtimer7 -pmörtimer7 x")) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	p := Locate(wide, finding.Match{Secret: "mörtimer7", Decoded: "utf-16le", Span: finding.Span{Start: 2 * 14, End: 2 * 23}}, "-")
	if p.Mark.Start != strings.LastIndex(p.Line, "mörtimer7") {
		t.Errorf("UTF-16: marks %v of %q", p.Mark, p.Line)
	}
}

// TestLocateWide locates in UTF-16 as an editor shows it.
func TestLocateWide(t *testing.T) {
	for _, order := range []string{"utf-16le", "utf-16be"} {
		var text []byte
		for _, u := range utf16.Encode([]rune("første\r\nk = SECRET\r\n")) {
			if order == "utf-16le" {
				text = append(text, byte(u), byte(u>>8))
			} else {
				text = append(text, byte(u>>8), byte(u))
			}
		}
		span := finding.Span{Start: 2 * 12, End: 2 * 18}
		p := Locate(text, finding.Match{Secret: "SECRET", Decoded: order, Span: span}, "-")
		if p.Start.Line != 2 || p.Start.Column != 5 || p.End.Line != 2 || p.End.Column != 11 || p.Start.Offset != 24 {
			t.Errorf("%s: %+v to %+v", order, p.Start, p.End)
		}
		if p.Line != "k = SECRET" || p.Line[p.Mark.Start:p.Mark.End] != "SECRET" {
			t.Errorf("%s: line %q, mark %v", order, p.Line, p.Mark)
		}
	}
}

// TestLocateInLongLine cuts what it shows, not what it counts.
func TestLocateInLongLine(t *testing.T) {
	pad := strings.Repeat("é", 5<<20)
	text := []byte(pad + " SECRET " + pad)
	at := len(pad) + 1
	p := Locate(text, finding.Match{Secret: "SECRET", Span: finding.Span{Start: at, End: at + 6}}, "unleak:allow")
	if p.Start.Line != 1 || p.Start.Column != 5<<20+2 || p.Start.Byte != at+1 || p.Start.Offset != int64(at) {
		t.Errorf("at %+v", p.Start)
	}
	if len(p.Line) > 600 || !utf8.ValidString(p.Line) || p.Line[p.Mark.Start:p.Mark.End] != "SECRET" {
		t.Errorf("shows %d bytes, mark %v", len(p.Line), p.Mark)
	}
}

// TestLocateNaive compares positions in random bytes with a count from the start.
func TestLocateNaive(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	units := []string{"a", "b", " ", "\n", "\r\n", "\t", "é", "語", "😀", "\xff", "\xc3", "\x80", "\x00"}
	for range 3000 {
		var b bytes.Buffer
		for range rng.IntN(40) {
			b.WriteString(units[rng.IntN(len(units))])
		}
		text := b.Bytes()
		start := rng.IntN(len(text) + 1)
		end := start + rng.IntN(len(text)-start+1)
		p := Locate(text, finding.Match{Secret: string(text[start:end]), Span: finding.Span{Start: start, End: end}}, "unleak:allow")
		line := text[bytes.LastIndexByte(text[:start], '\n')+1 : start]
		if p.Start.Line != 1+bytes.Count(text[:start], newline) || p.Start.Column != utf8.RuneCount(line)+1 || p.Start.Byte != len(line)+1 {
			t.Fatalf("%q at %d: %+v", text, start, p.Start)
		}
		if end > start && text[end-1] == '\n' {
			end--
		}
		// the end is counted on from the start, so a character that the secret cuts in two counts as its bytes
		rest, column := text[start:end], p.Start.Column
		if i := bytes.LastIndexByte(rest, '\n'); i >= 0 {
			rest, column = rest[i+1:], 1
		}
		if p.End.Line != 1+bytes.Count(text[:end], newline) || p.End.Column != column+utf8.RuneCount(rest) || p.End.Offset != int64(end) {
			t.Fatalf("%q to %d: %+v", text, end, p.End)
		}
		if !utf8.ValidString(p.Line) || strings.ContainsAny(p.Line, "\r\n") || p.Mark.Start < 0 || p.Mark.End < p.Mark.Start || p.Mark.End > len(p.Line) {
			t.Fatalf("%q: line %q mark %v", text, p.Line, p.Mark)
		}
	}
}

func TestAllowance(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"k = SECRET # unleak:allow test key\n", "unleak:allow test key"},
		{"# unleak:allow\nk = SECRET\n", ""},
		{"k = SECRET\n# unleak:allow\n", ""},
		{"/* unleak:allow: x */ k = SECRET", "unleak:allow: x */ k = SECRET"},
		{"k = SECRET # gitleaks:allow\n", "gitleaks:allow"},
		{"# pragma: allowlist nextline secret\r\nk = SECRET\n", "pragma: allowlist nextline secret"},
		{"# pragma: allowlist nextline secret\n\nk = SECRET\n", ""},
		{"# pragma: allowlist secret\nk = SECRET\n", ""},
		{"k = SECRET # trufflehog:ignore, unleak:allow\n", "unleak:allow"},
		{"k = SECRET" + strings.Repeat(" ", 10000) + "unleak:allow", ""},
	} {
		i := strings.Index(c.text, "SECRET")
		m := finding.Match{Secret: "SECRET", Span: finding.Span{Start: i, End: i + 6}}
		if got := Locate([]byte(c.text), m, "unleak:allow").Allow; got != c.want {
			t.Errorf("%.40q: %q, want %q", c.text, got, c.want)
		}
		if got := Locate([]byte(c.text), m, "-").Allow; got != "" {
			t.Errorf("%.40q: %q although allowing is off", c.text, got)
		}
	}
}

func TestComparePaths(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	path := func() string {
		b := make([]byte, rng.IntN(7))
		for i := range b {
			b[i] = "a-/\x00b"[rng.IntN(5)]
		}
		return string(b)
	}
	for range 20000 {
		a, b := path(), path()
		if got, want := comparePaths(a, b), slices.Compare(strings.Split(a, "/"), strings.Split(b, "/")); got != want {
			t.Fatalf("%q against %q: %d, folder by folder %d", a, b, got, want)
		}
	}
}

func TestMarkInAnotherScript(t *testing.T) {
	text := []byte("key = tok_secret # ÉTÉ:Ok here\n")
	m := finding.Match{Secret: "tok_secret", Span: finding.Span{Start: 6, End: 16}}
	if p := Locate(text, m, "ÉTÉ:Ok"); p.Allow != "ÉTÉ:Ok here" {
		t.Errorf("the comment is %q", p.Allow)
	}
}
