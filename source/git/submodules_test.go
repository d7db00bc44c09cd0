package git

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// TestSubmodules: submodules are named, and scanned when that is asked for, those within others and those whose git
// folder stands in the working tree too.
func TestSubmodules(t *testing.T) {
	inner, middle, outer := newFixture(t), newFixture(t), newFixture(t)
	inner.write("deep.txt", "tok_inner1\n")
	inner.commit("inner")
	local := []string{"-c", "protocol.file.allow=always"}
	middle.write("mid.txt", "tok_middle\n")
	middle.git(append(local, "submodule", "add", "-q", inner.dir, "in")...)
	middle.commit("middle")
	outer.write("out.txt", "tok_outer1\n")
	outer.git(append(local, "submodule", "add", "-q", "--name", "named/mid", middle.dir, "lib/mid")...)
	outer.git(append(local, "submodule", "update", "-q", "--init", "--recursive")...)
	outer.git(append(local, "clone", "-q", inner.dir, "plain")...)
	outer.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("12", 20)+",gone")
	outer.tick++
	outer.git("add", "plain", "out.txt")
	outer.git("commit", "-q", "-m", "outer")

	res := scan(t, outer.dir, Options{})
	if len(res.Findings) != 1 {
		t.Errorf("without the flag: %s", describe(res))
	}
	checkNamed(t, res, "gone", "lib/mid", "plain")
	res = scan(t, outer.dir, Options{Submodules: true})
	for secret, name := range map[string]string{"tok_outer1": "repo", "tok_middle": "repo/lib/mid"} {
		if g := found(t, res, secret).Places[0].Origin.Git; g.Repository != name {
			t.Errorf("%s is in %q, want %q", secret, g.Repository, name)
		}
	}
	var in []string
	for _, p := range found(t, res, "tok_inner1").Places {
		in = append(in, p.Origin.Git.Repository)
	}
	slices.Sort(in)
	if want := []string{"repo/lib/mid/in", "repo/plain"}; !slices.Equal(in, want) {
		t.Errorf("the innermost secret is in %v, want %v", in, want)
	}
	checkNamed(t, res, "gone")
	if n := res.Coverage.Counts["submodules"]; n != 3 {
		t.Errorf("%d submodules", n)
	}
	if _, err := New(outer.dir, Options{Submodules: true, Since: time.Unix(1, 0)}); err == nil {
		t.Error("submodules of a part are not refused")
	}
}

// checkNamed checks which submodules the coverage names as not read.
func checkNamed(t *testing.T, res scanner.Result, want ...string) {
	t.Helper()
	var got []string
	for _, s := range res.Coverage.Examples {
		if s.Reason == finding.SkipSubmodule {
			got = append(got, s.Name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("named as not read: %v, want %v", got, want)
	}
}

// TestSubmoduleRing: a folder of modules that leads back to the repository ends.
func TestSubmoduleRing(t *testing.T) {
	f := newFixture(t)
	f.write("a.txt", "tok_aaaaaa\n")
	f.commit("a")
	f.write(".git/modules/ring/commondir", "../..\n")
	f.write(".git/modules/ring/HEAD", "ref: refs/heads/main\n")
	res := scan(t, f.dir, Options{Submodules: true})
	if len(res.Findings) != 1 || len(res.Findings[0].Places) != 1 {
		t.Error(describe(res))
	}
}
