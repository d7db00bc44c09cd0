package triage

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

func places(f finding.Finding, paths ...string) finding.Finding {
	f.Places = nil
	for i, p := range paths {
		f.Places = append(f.Places, finding.Place{Origin: finding.Origin{Kind: finding.KindFile, Path: p},
			Start: finding.Position{Line: i + 1}, End: finding.Position{Line: i + 1}})
	}
	return f
}

func TestPolicyNeedsAllPlaces(t *testing.T) {
	two := places(some("x")[0], "docs/a.md", "src/a.go")
	docs := parse(t, "path=docs/** reason=manual\n")
	both := parse(t, "path=docs/**\npath=src/** reason=r\n")
	for name, c := range map[string]struct {
		allow  string // at the second place
		file   *IgnoreFile
		hidden bool
	}{
		"one of two":         {"", docs, false},
		"two entries":        {"", both, true},
		"entry and inline":   {"unleak:allow", docs, true},
		"inline, other rule": {"unleak:allow other-rule", docs, false},
		"inline, this rule":  {"unleak:allow other,generic-password -- r", docs, true},
		"inline, misspelt":   {"unleak:allow Generic", docs, false},
	} {
		f := two
		f.Places = append([]finding.Place{}, two.Places...)
		f.Places[1].Allow = c.allow
		fs := []finding.Finding{f}
		out := Policy{Ignores: []*IgnoreFile{c.file}}.Apply(fs)
		if got := fs[0].Suppression != nil; got != c.hidden {
			t.Errorf("%s: suppression %v, notes %q", name, fs[0].Suppression, out.Notes)
		}
	}
}

// TestPolicyPathsOfABlob: content that lived at several paths is silenced by entries that cover them together.
func TestPolicyPathsOfABlob(t *testing.T) {
	for lines, hidden := range map[string]bool{
		"path=a/**\npath=b/**\n":                 true,
		"path=b/**\npath=a/**\n":                 true,
		"path=a/x.txt\npath=b/y.txt\n":           true,
		"path={a,b}/**\n":                        true,
		"path=a/**\n":                            false,
		"path=b/**\n":                            false,
		"path=b/y.txt\n":                         false,
		"path=a/**\npath=b/** rule=other\n":      false,
		"path=a/** line=3\npath=b/** line=4\n":   false,
		"path=a/**\npath=b/** commit=1234567\n":  false,
		"path=a/**\npath=a/x.txt\npath=c/**\n":   false,
		"path=b/**\npath=a/** reason=x line=3\n": true,
	} {
		f := places(some("s")[0], "a/x.txt")
		f.Places[0].Start.Line, f.Places[0].End.Line = 3, 3
		f.Places[0].Origin.Git = &finding.GitOrigin{Commit: strings.Repeat("ab", 20), Paths: []string{"a/x.txt", "b/y.txt"}}
		fs := []finding.Finding{f}
		out := Policy{Ignores: []*IgnoreFile{parse(t, lines)}}.Apply(fs)
		if got := fs[0].Suppression != nil; got != hidden {
			t.Errorf("%q: suppression %v", lines, fs[0].Suppression)
		}
		if hidden && len(out.Unused) > 0 {
			t.Errorf("%q: unused %v", lines, out.Unused)
		}
	}
}

// TestPolicyNamesEntryBeforeComment: what an entry is needed for is put down to the entry, wherever the comment stands.
func TestPolicyNamesEntryBeforeComment(t *testing.T) {
	for at := range 2 {
		f := places(some("s")[0], "a.py", "b.py")
		f.Places[at].Allow = "unleak:allow -- mine"
		fs := []finding.Finding{f}
		out := Policy{Ignores: []*IgnoreFile{parse(t, "id="+ID("generic-password", "s", nil)+" reason=theirs\n")}}.Apply(fs)
		if s := fs[0].Suppression; s == nil || s.By != ByIgnore || s.Reason != "theirs" {
			t.Errorf("comment at %d: %+v", at, s)
		}
		if out.Suppressed["ignore file .unleakignore"] != 1 || out.Needed["ignore file .unleakignore"] != 1 || out.Needed[ByInline] != 1 {
			t.Errorf("comment at %d: %+v", at, out)
		}
	}
}

// TestPolicyTellsSilencedPlaces: of a finding that counts, each place says who silences it.
func TestPolicyTellsSilencedPlaces(t *testing.T) {
	f := places(some("s")[0], "a.py", "b.py", "c.py")
	f.Places[0].Allow = "unleak:allow"
	fs := []finding.Finding{f}
	Policy{Ignores: []*IgnoreFile{parse(t, "path=b.py\n")}}.Apply(fs)
	var got []string
	for _, p := range fs[0].Places {
		got = append(got, p.Silenced)
	}
	if want := []string{ByInline, "ignore file .unleakignore", ""}; fs[0].Suppression != nil || !slices.Equal(got, want) {
		t.Errorf("suppression %v, places %q", fs[0].Suppression, got)
	}
}

func TestPolicyNotes(t *testing.T) {
	fs := some("x", "y")
	fs[0].Places[0].Allow = "unleak:allow other-rule"
	file := parse(t, "path=a/** expires=2026-11-22\npath=nowhere/**\nid="+ID("generic-password", "y", nil)+" expires=2026-11-23\n")
	out := Policy{Ignores: []*IgnoreFile{file}, Today: date("2026-11-23").Add(23 * 60 * 60 * 1e9)}.Apply(fs)
	if fs[0].Suppression != nil || fs[1].Suppression == nil {
		t.Errorf("suppressions %v, %v", fs[0].Suppression, fs[1].Suppression)
	}
	if got := fs[1].Suppression.Where; got != ".unleakignore:3" {
		t.Errorf("where %q", got)
	}
	all := strings.Join(out.Notes, "\n")
	for _, want := range []string{".unleakignore:1: entry expired on 2026-11-22", ".unleakignore:2: entry silenced nothing", "a/x.txt:3: unleak:allow names other-rule"} {
		if !strings.Contains(all, want) {
			t.Errorf("no note %q in %q", want, out.Notes)
		}
	}
	if len(out.Notes) != 3 || len(out.Unused) != 1 || len(out.Expired) != 1 || out.Suppressed["ignore file .unleakignore"] != 1 {
		t.Errorf("outcome %+v", out)
	}
	out = Policy{Ignores: []*IgnoreFile{file}}.Apply(some("x"))
	if len(out.Expired) != 0 {
		t.Error("an entry expires without a date to compare with")
	}
}

func TestPolicyMarkOff(t *testing.T) {
	fs := some("x")
	fs[0].Places[0].Allow = "unleak:allow"
	Policy{AllowMark: "-"}.Apply(fs)
	if fs[0].Suppression != nil {
		t.Error("an inline allow counts though the mark is off")
	}
	Policy{}.Apply(fs)
	if s := fs[0].Suppression; s == nil || s.By != ByInline || s.Where != "a/x.txt:3" {
		t.Errorf("suppression %v", s)
	}
	if fs[0].ID != "" {
		t.Error("an id was made that nobody needs")
	}
}

func TestEntryKinds(t *testing.T) {
	f := some("hunter2")[0]
	f.Places[0].Origin.Git = &finding.GitOrigin{Commit: strings.Repeat("ab", 20)}
	for line, want := range map[string]bool{
		"sha1=f3bbbd66a63d4bf1747940578ec3d0103530e21d":            true, // printf hunter2 | sha1sum
		"sha1=f3bbbd66a63d4bf1747940578ec3d0103530e21e":            false,
		"path=a/hunter2.txt line=3":                                true,
		"path=a/hunter2.txt line=4":                                false,
		"path=a/hunter2.txt line=3 commit=abababa":                 true,
		"path=a/hunter2.txt line=3 commit=cdababa":                 false,
		"rule=generic-password":                                    true,
		"rule=generic-password path=b/**":                          false,
		"rule=other path=a/**":                                     false,
		"id=" + zeroID + " path=a/**":                              false,
		"id=" + ID("generic-password", "hunter2", nil) + " path=b": false,
		"id=" + ID("generic-password", "hunter2", nil):             true,
	} {
		fs := []finding.Finding{f}
		Policy{Ignores: []*IgnoreFile{parse(t, line)}}.Apply(fs)
		if (fs[0].Suppression != nil) != want {
			t.Errorf("%q: suppression %v", line, fs[0].Suppression)
		}
	}
}

// TestEntrySetMissesNothing compares the index with trying every entry.
func TestEntrySetMissesNothing(t *testing.T) {
	var lines []string
	for _, p := range []string{"a/b.txt", "./a/b.txt", "/a/b.txt", "a/b.txt/", "a/", "a", "/a", "b.txt", "a/*.txt", "a/\\*.txt", "a/{b,c}.txt", "**", "x/y/z", "a/z.zip", "a/z.zip!in/b.txt", "**/b.txt", "a/[b].txt", "a/b/../b.txt"} {
		lines = append(lines, (Entry{Path: p}).String(), Entry{Path: p, Rule: "generic-password"}.String(), Entry{Path: p, Rule: "x"}.String(), Entry{Path: p, Line: 3}.String())
	}
	file := parse(t, strings.Join(lines, "\n"))
	set := newEntrySet([]*IgnoreFile{file}, date("2026-11-23"))
	fs := some("s")
	for _, path := range []string{"a/b.txt", "./a/b.txt", "/a/b.txt", "a/*.txt", "b.txt", "a", "x/y/z/w", "c/a/b.txt", ""} {
		for _, inside := range [][]string{nil, {"in/b.txt"}} {
			p := fs[0].Places[0]
			p.Origin.Path, p.Origin.Inside = path, inside
			f := fs[0]
			f.Places = []finding.Place{p}
			found := map[int]bool{}
			for _, e := range set.fits(&f) {
				if e.fitsPlace(&p) {
					found[e.At] = true
				}
			}
			for _, n := range file.Entries() {
				if want := n.fitsFinding(&f) && n.fitsPlace(&p); found[n.At] != want {
					t.Errorf("%s at %s: the index says %v, trying says %v", n.Entry, p.Origin.Name(), found[n.At], want)
				}
			}
		}
	}
}

func BenchmarkPolicy(b *testing.B) {
	var text strings.Builder
	var fs []finding.Finding
	for i := range 5000 {
		f := some(fmt.Sprint("value", i))[0]
		f.Places[0].Origin.Path = fmt.Sprintf("dir%d/sub/file%d.txt", i%50, i)
		fs = append(fs, f)
		fmt.Fprintf(&text, "path=dir%d/sub/file%d.txt line=%d\n", i%50, i, i+1)
		fmt.Fprintf(&text, "path=dir%d/sub/other%d.txt sha1=%040x\n", i%50, i, i)
	}
	file, err := ParseIgnore("f", []byte(text.String()))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for i := range fs {
			fs[i].Suppression = nil
		}
		Policy{Ignores: []*IgnoreFile{file}}.Apply(fs)
	}
}
