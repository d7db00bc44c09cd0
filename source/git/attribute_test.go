package git

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// origin returns the git origin of a secret's only place.
func origin(t *testing.T, f finding.Finding) finding.GitOrigin {
	t.Helper()
	if len(f.Places) != 1 {
		t.Fatalf("%d places: %+v", len(f.Places), f.Places)
	}
	return *f.Places[0].Origin.Git
}

func TestAttribution(t *testing.T) {
	f := newFixture(t)
	f.write("x.txt", "nothing\n")
	f.commit("one")
	f.write("conf/a.env", "k\ntok_travel\n")
	first := f.commit("brings it\n\nand a body")
	f.write("conf/a.env", "k\nmore\ntok_travel\n")
	f.commit("another version")
	f.git("mv", "conf/a.env", "conf/b.env")
	f.write("keep.txt", "tok_stays1\n")
	third := f.commit("renames it")
	f.git("branch", "release")
	f.git("rm", "-q", "conf/b.env")
	f.commit("removes it")
	f.commit("empty")
	head := f.git("rev-parse", "HEAD")

	g := origin(t, found(t, scan(t, f.dir, Options{}), "tok_travel"))
	if g.Commit != first || g.Subject != "brings it" || g.Author != "Ann" || g.Email != "ann@example.org" || g.Date.IsZero() {
		t.Errorf("introduced by %+v", g)
	}
	if want := []string{"conf/a.env", "conf/b.env"}; !slices.Equal(g.Paths, want) || g.Commits != 3 {
		t.Errorf("paths %v in %d commits", g.Paths, g.Commits)
	}
	if g.AtHead || !slices.Equal(g.Branches, []string{"release"}) || g.LastCommit != third || g.Unreachable {
		t.Errorf("today: %+v", g)
	}
	if g.RemovedBy != "" {
		t.Errorf("removed by %s although a branch has it", g.RemovedBy)
	}
	g = origin(t, found(t, scan(t, f.dir, Options{}), "tok_stays1"))
	if !g.AtHead || !slices.Equal(g.Branches, []string{"main", "release"}) || g.LastCommit != head || g.Commits != 3 || g.RemovedBy != "" {
		t.Errorf("what stays: %+v", g)
	}

	f.git("branch", "-q", "-D", "release")
	res := scan(t, f.dir, Options{})
	g = origin(t, found(t, res, "tok_travel"))
	if g.RemovedBy != f.git("rev-parse", "HEAD~1") || g.Unreachable || len(g.Branches) > 0 {
		t.Errorf("after the branch is gone: %+v", g)
	}
	if p := found(t, res, "tok_travel").Places[0]; p.Start.Line != 2 || p.Origin.Path != "conf/a.env" || p.Line != "tok_travel" {
		t.Errorf("place: %+v", p)
	}
}

func TestAllOccurrences(t *testing.T) {
	f := newFixture(t)
	f.write("a.txt", "tok_manyhi\n")
	f.commit("one")
	f.write("a.txt", "x\ntok_manyhi tok_manyhi\n")
	f.write("b.txt", "tok_manyhi\n")
	f.commit("two tok_manyhi")
	f.write("c.txt", "tok_manyhi\n")
	f.commit("three tok_manyhi")
	var got []string
	for _, p := range found(t, scan(t, f.dir, Options{AllOccurrences: true}), "tok_manyhi").Places {
		got = append(got, fmt.Sprintf("%s %s %s %d:%d", p.Origin.Kind, p.Origin.Git.Subject, p.Origin.Path, p.Start.Line, p.Start.Column))
	}
	want := []string{
		"git one a.txt 1:1", "git two tok_manyhi a.txt 2:1", "git two tok_manyhi a.txt 2:12", "git two tok_manyhi b.txt 1:1",
		"git three tok_manyhi c.txt 1:1", "message two tok_manyhi  1:5", "message three tok_manyhi  1:7",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if n := len(found(t, scan(t, f.dir, Options{}), "tok_manyhi").Places); n != 2 { // in files, and in a message
		t.Errorf("%d places without --all-occurrences", n)
	}
}

// TestPlaceIsAccepted: rules that leave paths out must not lose a secret that first stood there and then elsewhere.
func TestPlaceIsAccepted(t *testing.T) {
	f := newFixture(t)
	f.write("ignored/a.txt", "tok_spread\ntok_onlyig\n")
	f.commit("one")
	f.write("used.txt", "tok_spread\n")
	second := f.commit("two")
	res := scan(t, f.dir, Options{})
	p := found(t, res, "tok_spread").Places[0]
	if p.Origin.Path != "used.txt" || p.Origin.Git.Commit != second {
		t.Errorf("placed at %+v", p.Origin)
	}
	missing(t, res, "tok_onlyig")
}

func TestRefWithoutCommit(t *testing.T) {
	f := newFixture(t)
	f.commit("empty")
	f.write("k.txt", "tok_keyblb\n")
	blob := f.git("hash-object", "-w", "k.txt")
	f.git("tag", "-a", "-m", "a key", "key", blob)
	g := origin(t, found(t, scan(t, f.dir, Options{}), "tok_keyblb"))
	if g.Unreachable || g.Ref != "refs/tags/key" || g.Blob != blob {
		t.Errorf("%+v", g)
	}
}

// TestManyPaths: trees that contain each other many times name more paths than anybody can list.
func TestManyPaths(t *testing.T) {
	f := newFixture(t)
	f.write("k.txt", "tok_doubld\n")
	tree := f.git("hash-object", "-w", "k.txt")
	line := "100644 blob " + tree + "\tk\n"
	for range 40 {
		var both strings.Builder
		for _, n := range []string{"a", "b"} {
			both.WriteString(strings.Replace(line, "\tk\n", "\t"+n+"\n", 1))
		}
		tree = f.gitStdin(both.String(), "mktree")
		line = "040000 tree " + tree + "\tk\n"
	}
	commit := f.git("commit-tree", "-m", "bomb", tree)
	f.git("update-ref", "refs/heads/main", commit)
	res := scan(t, f.dir, Options{})
	g := found(t, res, "tok_doubld").Places[0].Origin.Git
	if g.Commit != commit || res.Coverage.Skipped[finding.SkipTooDeep] != 1 {
		t.Errorf("%+v\n%+v", g.Commit, res.Coverage)
	}
}

// TestPathsOfVersions: what stands at a path in a version of a folder is found whatever stood there in the one before,
// in whatever order names were met.
func TestPathsOfVersions(t *testing.T) {
	f := newFixture(t)
	version := func(names ...string) string {
		for _, n := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			f.git("rm", "-q", "-r", "--ignore-unmatch", "x/"+n)
		}
		for _, n := range names {
			f.write("x/"+n+"/k.txt", "tok_moving\n")
			f.write("x/"+n+"/"+n+".txt", "tok_lonel"+n+"\n")
		}
		return f.commit(strings.Join(names, ""))
	}
	first := map[string]string{}
	for _, names := range [][]string{{"h"}, {"g", "h"}, {"b", "d", "h"}, {"a", "b", "c", "d", "e", "h"}, {"f"}, {"a", "f", "h"}} {
		c := version(names...)
		for _, n := range names {
			if first[n] == "" {
				first[n] = c
			}
		}
	}
	res := scan(t, f.dir, Options{})
	for n, c := range first {
		if g := origin(t, found(t, res, "tok_lonel"+n+"")); g.Commit != c {
			t.Errorf("x/%s/%s.txt came with %s, want %s", n, n, g.Subject, c)
		}
	}
	if g := origin(t, found(t, res, "tok_moving")); len(g.Paths) != 8 || g.Commits != 6 {
		t.Errorf("%d paths in %d commits", len(g.Paths), g.Commits)
	}
}
