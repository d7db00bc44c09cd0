package triage

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

var fakeToken = "gh" + "p_" + "0123456789abcdefghijABCDEFGHIJ012345"

const someCommit = "0123456789abcdef0123456789abcdef01234567"

func sha1Hex(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

var imports = []struct{ name, format, data, want string }{
	{".gitleaksignore", "gitleaksignore", "# comment\n" + someCommit + ":a/b[1].txt:generic-api-key:7\n./top.env:aws:3 # why\nnot one\nC:\\x\\y.txt:r:2\n",
		"path=/top.env line=3 reason=\"gitleaks: aws\"\npath=C:/x/y.txt line=2 reason=\"gitleaks: r\"\npath=\"a/b\\\\[1\\\\].txt\" line=7 commit=" + someCommit + " reason=\"gitleaks: generic-api-key\""},
	{"report.json", "gitleaks", `[{"RuleID":"github-pat","File":"src/a.go","StartLine":4,"Secret":"` + fakeToken + `","Commit":"` + someCommit + `"},{"RuleID":"x","StartLine":1}]`,
		"path=src/a.go line=4 commit=" + someCommit + " reason=\"gitleaks: github-pat\""},
	{"bl.json", "gitleaks", `[{"RuleID":"r","StartLine":4,"Secret":"REDACTED","Attributes":{"path":"./src/a.go"}}]`, "path=src/a.go line=4 reason=\"gitleaks: r\""},
	{"empty.json", "gitleaks", "null\n", ""},
	{".secrets.baseline", "detect-secrets", `{"version":"1.5.0","plugins_used":[],"results":{"a/b.py":[{"type":"Secret Keyword","hashed_secret":"` + sha1Hex("hunter2") + `","line_number":9,"is_secret":true},{"type":"x","hashed_secret":"short"}]}}`,
		"path=a/b.py sha1=" + sha1Hex("hunter2") + " reason=\"detect-secrets: Secret Keyword\""},
	{"th.json", "trufflehog", `{"SourceMetadata":{"Data":{"Git":{"commit":"` + someCommit + `","file":"a/x.env","line":5}}},"DetectorName":"Github","Raw":"` + fakeToken + `"}` + "\n" +
		`{"level":"info","msg":"done"}` + "\n" + `{"SourceMetadata":{"Data":{"Filesystem":{"file":"/srv/y.env"}}},"DetectorName":"AWS","Raw":"AKIA..."}`,
		"path=a/x.env line=5 commit=" + someCommit + " reason=\"trufflehog: Github\""},
	{"kf.json", "kingfisher", `[{"id":"kf.1","matches":[{"rule":{"id":"kf.1","name":"n"},"finding":{"snippet":"x","line":8,"path":"c/d.txt"}}]}]`, "path=c/d.txt line=8 reason=\"kingfisher: kf.1\""},
	{"kf2.json", "kingfisher", `{"findings":[{"rule":{"id":"kf.2"},"finding":{"line":"3","path":"x","git_metadata":{"commit":{"id":"` + someCommit + `"},"file":{"path":"c/e.txt"}}}}]}`,
		"path=c/e.txt line=3 commit=" + someCommit + " reason=\"kingfisher: kf.2\""},
	{"kf.jsonl", "kingfisher", `{"rule":{"id":"kf.1"},"finding":{"line":1,"path":"a/a"}}` + "\n" + `{"rule":{"id":"kf.1"},"finding":{"line":2,"path":"a/a"}}`,
		"path=a/a line=1 reason=\"kingfisher: kf.1\"\npath=a/a line=2 reason=\"kingfisher: kf.1\""},
	{".trivyignore", "trivyignore", "# x\nCVE-2024-1\nAVD-DS-0002\naws-access-key-id exp:2027-01-31\nunknown-rule\n", "rule=aws-access-token expires=2027-01-31 reason=\"trivy: aws-access-key-id\""},
	{".trivyignore.yaml", "trivyignore", "vulnerabilities:\n  - id: CVE-1\nsecrets:\n  - id: slack-web-hook\n    paths: [\"docs/**\"]\n    expired_at: 2027-01-31\n    statement: only docs\n",
		"rule=slack-webhook-url path=docs/** expires=2027-01-31 reason=\"only docs\""},
}

func ourRules(rule string) bool {
	return strings.HasPrefix(rule, "aws-") || strings.HasPrefix(rule, "slack-")
}

func TestImport(t *testing.T) {
	for _, c := range imports {
		im, err := Import("", c.name, []byte("\ufeff"+c.data), ourRules)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var lines []string
		for _, e := range im.Plain() {
			lines = append(lines, e.String())
		}
		if diff := cmp.Diff(c.want, strings.Join(lines, "\n")); diff != "" || im.Format != c.format {
			t.Errorf("%s read as %s (-want +got):\n%s", c.name, im.Format, diff)
		}
		if _, err := ParseIgnore("f", []byte(strings.Join(lines, "\n"))); err != nil {
			t.Errorf("%s: entries do not read back: %v", c.name, err)
		}
		if _, err := Import(c.format, "other name", []byte(c.data), ourRules); err != nil {
			t.Errorf("%s with its format named: %v", c.name, err)
		}
	}
}

func TestImportNotes(t *testing.T) {
	for name, want := range map[string]string{".gitleaksignore": `line 4: "not one"`, "report.json": "without a file", ".secrets.baseline": "audited as a real secret",
		"th.json": "names no line", ".trivyignore": `"unknown-rule" is no rule`} {
		for _, c := range imports {
			if c.name != name {
				continue
			}
			im, err := Import("", c.name, []byte(c.data), ourRules)
			if err != nil || !strings.Contains(strings.Join(im.Notes, "\n"), want) {
				t.Errorf("%s: notes %q, error %v; want %q", name, im.Notes, err, want)
			}
		}
	}
}

func TestImportRefuses(t *testing.T) {
	for _, c := range []struct{ format, data string }{{"", "hello world"}, {"", `{"a":1}`}, {"nope", "[]"}, {"gitleaks", "[1]"}, {"gitleaks", `[{"RuleID":`}, {"detect-secrets", "[]"}, {"trivyignore", "secrets:\n\t- x"}} {
		if im, err := Import(c.format, "f", []byte(c.data), nil); err == nil {
			t.Errorf("%q as %q is read as %+v", c.data, c.format, im)
		}
	}
}

func TestResolve(t *testing.T) {
	place := func(path string, line int) finding.Place {
		return finding.Place{Origin: finding.Origin{Kind: finding.KindFile, Path: path}, Start: finding.Position{Line: line}, End: finding.Position{Line: line}}
	}
	fs := []finding.Finding{
		{Rule: "github-pat", Secret: finding.NewSecret(fakeToken), Places: []finding.Place{place("moved/to/here.go", 99)}},
		{Rule: "generic-password", Secret: finding.NewSecret("hunter2"), Places: []finding.Place{place("a/b.py", 9)}},
		{Rule: "generic-password", Secret: finding.NewSecret("other"), Places: []finding.Place{place("c/d.txt", 8), place("c/d.txt", 9)}},
		{Rule: "generic-password", Secret: finding.NewSecret("new"), Places: []finding.Place{place("c/d.txt", 9)}},
	}
	for name, want := range map[string][]int{"report.json": {0}, "th.json": {0}, ".secrets.baseline": {1}, "kf.json": {2}, "bl.json": nil} {
		for _, c := range imports {
			if c.name != name {
				continue
			}
			im, err := Import("", c.name, []byte(c.data), nil)
			if err != nil {
				t.Fatal(err)
			}
			resolved, left := im.Resolve(fs, nil)
			var got, wanted []string
			for _, e := range resolved {
				got = append(got, e.ID+" "+e.Rule)
			}
			for _, i := range want {
				wanted = append(wanted, fs[i].ID+" "+fs[i].Rule)
			}
			if fmt.Sprint(got) != fmt.Sprint(wanted) || (len(left) == 0) != (len(want) > 0) {
				t.Errorf("%s: resolved to %v, want %v; left %v", name, got, wanted, left)
			}
		}
	}
}

// TestImportedSilences runs what was imported as an ignore file over the findings it was made for.
func TestImportedSilences(t *testing.T) {
	im, err := Import("", ".gitleaksignore", []byte("a/[x]*.py:r:9\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	f := &IgnoreFile{Name: "i"}
	if n, err := f.Add(im.Plain()...); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	fs := some("one", "two")
	fs[0].Places[0].Origin.Path, fs[0].Places[0].Start.Line, fs[0].Places[0].End.Line = "a/[x]*.py", 9, 9
	fs[1].Places[0].Origin.Path, fs[1].Places[0].Start.Line, fs[1].Places[0].End.Line = "a/xy.py", 9, 9
	Policy{Ignores: []*IgnoreFile{f}}.Apply(fs)
	if fs[0].Suppression == nil || fs[1].Suppression != nil {
		t.Errorf("suppressions %v, %v", fs[0].Suppression, fs[1].Suppression)
	}
}

func FuzzImport(f *testing.F) {
	for _, c := range imports {
		f.Add("", c.name, []byte(c.data))
		f.Add(c.format, "", []byte(c.data))
	}
	f.Fuzz(func(t *testing.T, format, name string, data []byte) {
		im, err := Import(format, name, data, func(string) bool { return true })
		if err != nil {
			return
		}
		file := &IgnoreFile{Name: "f"}
		if _, err := file.Add(im.Plain()...); err != nil {
			t.Errorf("an imported entry is refused: %v", err)
		}
		if _, err := ParseIgnore("f", file.Bytes()); err != nil {
			t.Errorf("imported entries do not read back: %v", err)
		}
		for _, e := range im.Plain() {
			if e.Line == 0 && e.SHA1 == "" && e.Rule == "" {
				t.Errorf("%s silences a whole file", e)
			}
		}
	})
}
