package triage

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

const ignoreText = `# what we accept

id=8c1f0a3b5d7e9f102132 reason="test account # 1" author=jane expires=2027-01-31   # see ticket 12
rule=generic-password path=docs/** reason="made-up \"passwords\""
	path=*.pem
`

func parse(t *testing.T, text string) *IgnoreFile {
	t.Helper()
	f, err := ParseIgnore(".unleakignore", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestParseIgnore(t *testing.T) {
	want := []Numbered{
		{Entry{ID: "8c1f0a3b5d7e9f102132", Reason: "test account # 1", Author: "jane", Expires: date("2027-01-31")}, 3},
		{Entry{Rule: "generic-password", Path: "docs/**", Reason: `made-up "passwords"`}, 4},
		{Entry{Path: "*.pem"}, 5},
	}
	for name, text := range map[string]string{
		"plain": ignoreText, "CRLF": strings.ReplaceAll(ignoreText, "\n", "\r\n"), "mark": "\ufeff" + ignoreText, "no end": strings.TrimSuffix(ignoreText, "\n"),
	} {
		if diff := cmp.Diff(want, parse(t, text).Entries()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := string(parse(t, ignoreText).Bytes()); got != ignoreText {
		t.Errorf("untouched file is rewritten:\n%s", got)
	}
}

func date(s string) time.Time {
	d, err := time.Parse(DateLayout, s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestIgnoreErrors(t *testing.T) {
	for line, want := range map[string]string{
		"id=short":                       "20 digits",
		"rul=a":                          `did you mean "rule"`,
		"pth=a":                          `did you mean "path"`,
		"expire=2027-01-01 id=" + zeroID: `did you mean "expires"`,
		"path=a path=b":                  "twice",
		"path=[":                         "no valid pattern",
		"path=":                          "no value",
		"path=a expires=31.1.2027":       "2027-01-31",
		"path=a expires=2027-02-30":      "no date",
		"reason=x":                       "silence everything",
		"docs/**":                        "key=value",
		`path="a`:                        "does not end",
		`path="a"b`:                      "put a space",
		"path=a line=0":                  "no line number",
		"path=a commit=12345":            "7 digits",
		"sha1=123":                       "40 digits",
		"<<<<<<< HEAD":                   "merge conflict",
		"path=\xff":                      "UTF-8",
	} {
		f, err := ParseIgnore("f", []byte("path=ok\n"+line+"\npath=also-ok\n"))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "f:2: ") {
			t.Errorf("%q: error %v, want f:2: ... %s", line, err, want)
		}
		if n := len(f.Entries()); n != 2 {
			t.Errorf("%q: %d other entries are read, want 2", line, n)
		}
	}
	_, err := ParseIgnore("f", []byte(strings.Repeat("x\n", 1000)))
	if n := strings.Count(err.Error(), "\n"); n > maxIgnoreTells {
		t.Errorf("%d lines of error", n)
	}
}

const zeroID = "00000000000000000000"

func TestIgnoreAddAndRemove(t *testing.T) {
	f := parse(t, ignoreText)
	n, err := f.Add(Entry{Path: "*.pem", Reason: "again"}, Entry{ID: zeroID, Reason: "a \"b\"\n#c", Author: "x y"}, Entry{Reason: "nothing"})
	if n != 1 || err == nil || !strings.Contains(err.Error(), "silence everything") {
		t.Errorf("Add: %d, %v", n, err)
	}
	gone := f.Remove(func(e Numbered) bool { return e.Path != "" })
	if len(gone) != 2 {
		t.Errorf("%d entries removed, want 2", len(gone))
	}
	want := strings.Join(strings.Split(ignoreText, "\n")[:3], "\n") + "\n" + `id=` + zeroID + ` author="x y" reason="a \"b\"\n#c"` + "\n"
	if diff := cmp.Diff(want, string(f.Bytes())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	again := parse(t, string(f.Bytes()))
	if diff := cmp.Diff(f.Entries(), again.Entries()); diff != "" {
		t.Errorf("written file reads otherwise:\n%s", diff)
	}
}

func TestMatchPath(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"docs/**", "docs/a/b.md", true}, {"docs/**", "src/docs/a.md", false}, {"docs/", "docs/a/b", true}, {"docs", "x/docs/b", true},
		{"*.pem", "a/b/c.pem", true}, {"*.pem", "a.pem/b", true}, {"a/*.pem", "b/a/c.pem", false}, {"**/a/*.pem", "b/a/c.pem", true},
		{"./docs/a.md", "docs/a.md", true}, {"docs/a.md", "./docs/a.md", true}, {"a/{b,c}.txt", "a/c.txt", true}, {"a/?.txt", "a/bb.txt", false},
		{"/etc/x", "/etc/x", true}, {"**", "any/thing", true}, {"a", "", false}, {"doc", "docs/a", false}, {"*.zip", "a/b.zip!c.txt", false},
	} {
		if got := matchPath(c.pattern, c.path); got != c.want {
			t.Errorf("matchPath(%q, %q) = %v", c.pattern, c.path, got)
		}
	}
	coversOrigin := func(pattern string, o *finding.Origin) bool {
		return (&Entry{Path: pattern}).fitsPlace(&finding.Place{Origin: *o})
	}
	inZip := finding.Origin{Path: "a/b.zip", Inside: []string{"c.txt"}}
	if !coversOrigin("*.zip", &inZip) || !coversOrigin("a/b.zip!c.txt", &inZip) || coversOrigin("c.txt", &inZip) {
		t.Error("members of archives are covered by the wrong patterns")
	}
	moved := finding.Origin{Path: "docs/a", Git: &finding.GitOrigin{Paths: []string{"docs/a", "src/a"}}}
	if coversOrigin("docs/**", &moved) {
		t.Error("docs/** covers content that also lived at src/a")
	}
}

func FuzzParseIgnore(f *testing.F) {
	f.Add([]byte(ignoreText))
	f.Add([]byte("id=\"\\x00\" rule=a\npath=\"[\"\n<<<<<<<"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ParseIgnore("f", data)
		if err != nil {
			return
		}
		again, err := ParseIgnore("f", file.Bytes())
		if err != nil || cmp.Diff(file.Entries(), again.Entries()) != "" {
			t.Errorf("written file reads otherwise: %v\n%s", err, cmp.Diff(file.Entries(), again.Entries()))
		}
		for _, e := range file.Entries() {
			back, err := parseEntry(e.String())
			if err != nil || *back != e.Entry {
				t.Errorf("entry %q reads back as %v, %v", e.String(), back, err)
			}
		}
	})
}
