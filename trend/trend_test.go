package trend

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

func day1(n int) time.Time { return time.Date(2026, 1, 5+n, 12, 0, 0, 0, time.UTC) } // a Monday

func found(id, path string, change ...func(*finding.Finding)) finding.Finding {
	f := finding.Finding{ID: id, Rule: "rule-a", Title: "Key", Severity: finding.High, Places: []finding.Place{{Origin: finding.Origin{Path: path}}}, Exposure: &finding.Exposure{Owner: "Jo"}}
	for _, c := range change {
		c(&f)
	}
	return f
}

func scan(complete bool, all ...finding.Finding) *finding.Report {
	r := &finding.Report{Command: "git", Findings: all, Coverage: finding.Coverage{Bytes: 1}}
	if !complete {
		r.Coverage.Skip(finding.Skip{Name: "x", Reason: finding.SkipUnreadable})
	}
	return r
}

func dead(f *finding.Finding)    { f.Verdict = &finding.Verdict{Status: finding.Dead} }
func hushed(f *finding.Finding)  { f.Suppression = &finding.Suppression{By: "inline"} }
func rotated(f *finding.Finding) { f.Stored = &finding.Stored{Refs: []finding.StoreRef{{Path: "p"}}} }

func TestLife(t *testing.T) {
	var m Memory
	old := func(f *finding.Finding) { f.Exposure.First = day1(-20) }
	add := func(n int, r *finding.Report) {
		t.Helper()
		if err := m.Add(Entry{Report: r, Time: day1(n), Target: "app", Team: func(p string) string { return "team-" + p[:1] }}); err != nil {
			t.Fatal(err)
		}
	}
	add(0, scan(true, found("a", "a.txt", old), found("b", "b.txt"), found("c", "c.txt"), found("d", "d.txt"), found("x", "x.txt", dead)))
	add(4, scan(false, found("a", "a.txt", old)))                                                                 // incomplete: nothing is gone
	add(8, scan(true, found("a", "a.txt", old, dead), found("b", "b.txt", hushed), found("c", "c.txt", rotated))) // d is gone
	add(9, scan(true, found("a", "a.txt", old, dead), found("e", "a.txt")))
	add(10, scan(true, found("d", "d.txt"), found("e", "a.txt"))) // d is back
	how := map[string]string{}
	for _, s := range m.Secrets {
		how[s.Finding+" "+s.First.Format("02")] = string(s.How)
	}
	if d := cmp.Diff(map[string]string{"a 05": "revoked", "b 05": "silenced", "c 05": "rotated", "d 05": "gone", "d 15": "", "e 14": "", "x 05": "revoked"}, how); d != "" {
		t.Fatal(d)
	}
	s := m.Summarise(day1(10), 3)
	if s.Open != 2 || s.Scans != 5 || s.Targets != 1 || s.ToRotate != (Mean{8, 2}) || s.Exposed != (Mean{18, 2}) || s.ToClose != (Mean{8, 3}) {
		t.Errorf("%+v", s)
	}
	var weeks [][3]int
	for _, w := range s.Weeks {
		weeks = append(weeks, [3]int{w.New, w.Closed, w.Open})
	}
	if d := cmp.Diff([][3]int{{0, 0, 0}, {4, 0, 4}, {2, 4, 2}}, weeks); d != "" {
		t.Error(d)
	}
	if g := s.Teams; len(g) != 4 || g[0].Name != "team-a" || g[0].Open != 1 || g[0].ToRotate.Count != 1 {
		t.Errorf("teams %+v", g)
	}
	if err := m.Add(Entry{Report: scan(true), Time: day1(9), Target: "app"}); err == nil {
		t.Error("an older scan was added behind a newer one")
	}
	var b bytes.Buffer
	if err := WriteHTML(&b, s); err != nil || !strings.Contains(b.String(), "8.0 d") || !strings.Contains(b.String(), "<polyline") || strings.Contains(b.String(), "<script") {
		t.Errorf("%v: %.300s", err, b.String())
	}
}

// No name can put markup into the page.
func TestPageIsEscaped(t *testing.T) {
	var m Memory
	bad := `<img src=x onerror=alert(1)>"'&`
	f := found(bad, bad, func(f *finding.Finding) { f.Rule, f.Title, f.Exposure.Owner = bad, bad, bad })
	if err := m.Add(Entry{Report: scan(true, f), Time: day1(0), Target: bad, Team: func(string) string { return bad }}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteHTML(&b, m.Summarise(day1(1), 2)); err != nil || strings.Contains(b.String(), "<img") || strings.Count(b.String(), "&lt;img") < 8 {
		t.Errorf("%v: %s", err, b.String())
	}
}

// What is saved is read back; two processes lose nothing of each other.
func TestFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "sub", "trend.db")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			target := string(rune('a' + i))
			err := Update(name, func(m *Memory) error {
				return m.Add(Entry{Report: scan(true, found("id"+target, strings.Repeat("long/", 500))), Time: day1(0), Target: target})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	m, err := Open(name)
	if err != nil || len(m.Scans) != 8 || len(m.Secrets) != 8 || m.Secrets[3].Severity != finding.High || !m.Secrets[3].First.Equal(day1(0)) {
		t.Fatalf("%v: %+v", err, m)
	}
	before, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := Update(name, func(*Memory) error { return nil }); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(before, after) {
		t.Error("the same memory gives another file")
	}
	if err := os.WriteFile(name, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Update(name, func(*Memory) error { return nil }); err == nil {
		t.Error("a file that is no memory was written over")
	}
}

func TestOwners(t *testing.T) {
	o, err := ReadOwners(strings.NewReader(`# comment
*       @everyone
*.js    @js-team # tail
/build/logs/ @doctocat @second
docs/*  docs@example.com
apps/   @octocat
/apps/github
with\ blank/ @blank
**/deep/*.go @deep
[Section] @section-owner
payments/
^[Optional][2] @opt
billing.txt @money
`))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"a.txt": "everyone", "x/y.js": "js-team", "build/logs/a/b": "doctocat", "x/build/logs/a": "everyone", "docs/a.md": "docs@example.com",
		"docs/sub/a.md": "everyone", "x/apps/a": "octocat", "apps/github": "", "apps/github/a": "", "with blank/a": "blank", "q/deep/a.go": "deep",
		"payments/a": "section-owner", "sub/billing.txt": "money",
	} {
		if got := o.Team(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// TestMovedFile: a secret whose file was moved belongs to whoever owns it where it is now.
func TestMovedFile(t *testing.T) {
	var m Memory
	moved := found("a", "old/a.txt", func(f *finding.Finding) {
		f.Places[0].Origin.Git = &finding.GitOrigin{AtHead: true, HeadPath: "new/a.txt", HeadLine: 3}
	})
	if err := m.Add(Entry{Report: scan(true, moved), Time: day1(0), Target: "app", Team: filepath.Dir}); err != nil {
		t.Fatal(err)
	}
	if s := m.Secrets[0]; s.Team != "new" || s.Place != "new/a.txt" {
		t.Errorf("%q of team %q", s.Place, s.Team)
	}
}
