package triage

import (
	"slices"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

// Files of different folders stay apart in a merged report, however the folders were named; paths that say so already, and
// those of a history, stay as they are.
func TestMergePaths(t *testing.T) {
	of := func(target string, places ...finding.Origin) *finding.Report {
		r := &finding.Report{Command: "dir", Targets: []string{target}}
		f := finding.Finding{ID: "1", Rule: "r"}
		for _, o := range places {
			f.Places = append(f.Places, finding.Place{Origin: o})
		}
		r.Findings = []finding.Finding{f}
		return r
	}
	file := func(path string) finding.Origin { return finding.Origin{Kind: finding.KindFile, Path: path} }
	reports := []*finding.Report{
		of("/srv/a", file("x.py")), of("../b/", file("x.py")), of("c", file("c/x.py")), of("d.py", file("d.py")), of(".", file("x.py")),
		of("/srv/e", finding.Origin{Kind: finding.KindGit, Path: "x.py", Git: &finding.GitOrigin{Repository: "/srv/e"}}),
	}
	merged := Merge(reports...)
	var got []string
	for _, p := range merged.Findings[0].Places {
		got = append(got, p.Origin.Path)
	}
	slices.Sort(got)
	if s := strings.Join(got, " "); s != "../b/x.py /srv/a/x.py c/x.py d.py x.py x.py" {
		t.Errorf("paths %s", s)
	}
	if p := reports[0].Findings[0].Places[0].Origin.Path; p != "x.py" {
		t.Errorf("the report was changed: %s", p)
	}
	if p := Merge(reports[0], reports[0]).Findings[0].Places; len(p) != 1 || p[0].Origin.Path != "x.py" {
		t.Errorf("of one folder: %v", p)
	}
}

// A merged report knows the work tree of its parts where that is one.
func TestMergeTree(t *testing.T) {
	of := func(tree *finding.Tree) *finding.Report { return &finding.Report{Tree: tree} }
	a, again, b := &finding.Tree{Add: "a/"}, &finding.Tree{Add: "a/"}, &finding.Tree{Add: "b/"}
	if got := Merge(of(a), of(again)).Tree; got == nil || *got != *a {
		t.Errorf("one tree: %v", got)
	}
	for _, other := range []*finding.Tree{nil, b} {
		if got := Merge(of(a), of(other)).Tree; got != nil {
			t.Errorf("two trees: %v", got)
		}
		if got := Merge(of(other), of(a)).Tree; got != nil {
			t.Errorf("two trees: %v", got)
		}
	}
}

// Files of parts of a work tree are written from its top, and those of different work trees stay apart.
func TestMergeParts(t *testing.T) {
	of := func(target, strip, add, at string) *finding.Report {
		r := &finding.Report{Command: "dir", Targets: []string{target}}
		if strip != add {
			r.Tree = &finding.Tree{Strip: strip, Add: add}
		}
		p := finding.Place{Origin: finding.Origin{Kind: finding.KindFile, Path: at}}
		r.Findings = []finding.Finding{{ID: "1", Rule: "r", Places: []finding.Place{p}}}
		return r
	}
	whole, sub, in, one := of(".", "", "", "sub/a.py"), of(".", "", "sub/", "a.py"), of("in", "in/", "sub/in/", "in/a.py"), of("b.py", "", "sub/", "b.py")
	absolute, other := of("/srv/x/sub", "", "sub/", "a.py"), of("/srv/y/sub", "", "sub/", "a.py")
	file := of("/srv/x/sub/a.py", "/srv/x/sub/", "sub/", "/srv/x/sub/a.py")
	for _, c := range []struct {
		want    string
		reports []*finding.Report
	}{
		{"sub/b.py sub/in/a.py", []*finding.Report{in, one}},
		{"sub/a.py", []*finding.Report{sub, whole}},
		{"sub/a.py sub/in/a.py", []*finding.Report{whole, in}},
		{"sub/a.py", []*finding.Report{absolute, file}},
		{"sub/a.py sub/b.py", []*finding.Report{absolute, one}},
		{"/srv/x/sub/a.py /srv/y/sub/a.py", []*finding.Report{absolute, other}},
		{"/srv/x/sub/a.py /srv/y/sub/a.py sub/in/a.py", []*finding.Report{absolute, other, in}},
	} {
		merged := Merge(c.reports...)
		var got []string
		for _, p := range merged.Findings[0].Places {
			got = append(got, finding.FromTop(merged.Tree, p.Origin.Path))
		}
		slices.Sort(got)
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s, want %s", s, c.want)
		}
	}
}
