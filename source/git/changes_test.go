package git

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

func expect(t *testing.T, res scanner.Result, want ...string) {
	t.Helper()
	for _, s := range want {
		found(t, res, s)
	}
	if len(res.Findings) != len(want) {
		t.Errorf("%d findings, want %d:\n%s", len(res.Findings), len(want), values(res))
	}
}

func TestStaged(t *testing.T) {
	f := newFixture(t)
	expect(t, scan(t, f.dir, Options{Staged: true}))
	f.write("first.txt", "tok_unborn\n")
	f.git("add", ".")
	expect(t, scan(t, f.dir, Options{Staged: true}), "tok_unborn") // before the first commit
	f.write("old.txt", "line\ntok_before\nline\nmore\n")
	f.write("b/moved.txt", "tok_moved1\n")
	f.commit("base")
	expect(t, scan(t, f.dir, Options{Staged: true}))

	f.write("old.txt", "new line\nline\ntok_before\nline\nmore tok_added1\n")
	f.write("un.txt", "tok_notadd\n")
	f.git("add", "old.txt")
	f.git("mv", "b/moved.txt", "b/now.txt")
	f.write("old.txt", "tok_worktr\n") // the index counts, not the file
	f.write("later.txt", "tok_intent\n")
	f.git("add", "-N", "later.txt")
	res := scan(t, f.dir, Options{Staged: true})
	expect(t, res, "tok_added1")
	p := found(t, res, "tok_added1").Places[0]
	if p.Origin.Kind != finding.KindIndex || p.Origin.Path != "old.txt" || p.Start.Line != 5 || p.Start.Column != 6 {
		t.Errorf("place: %+v", p)
	}

	f.git("add", "-A")
	expect(t, scan(t, f.dir, Options{Staged: true}), "tok_notadd", "tok_worktr", "tok_intent")
	for _, version := range []string{"2", "4"} {
		f.git("update-index", "--index-version", version)
		expect(t, scan(t, f.dir, Options{Staged: true}), "tok_notadd", "tok_worktr", "tok_intent")
	}
	f.git("update-index", "--split-index")
	expect(t, scan(t, f.dir, Options{Staged: true}), "tok_notadd", "tok_worktr", "tok_intent")
}

// TestStagedContext: what makes an old value a secret is what is staged.
func TestStagedContext(t *testing.T) {
	f := newFixture(t)
	f.write("a.txt", "key = value1\nother secret = value2\n")
	f.commit("base")
	f.write("a.txt", "secret = value1\nother secret = value2\n")
	f.git("add", "-A")
	expect(t, scan(t, f.dir, Options{Staged: true}), "value1")
}

func TestStagedInHook(t *testing.T) {
	f := newFixture(t)
	f.write("a.txt", "x\n")
	f.commit("base")
	f.write("a.txt", "tok_partil\n")
	index := filepath.Join(t.TempDir(), "index")
	f.gitIn(f.dir, []string{"GIT_INDEX_FILE=" + index}, "add", "a.txt")
	expect(t, scan(t, f.dir, Options{Staged: true, Hook: true}))
	t.Setenv("GIT_INDEX_FILE", index)
	expect(t, scan(t, f.dir, Options{Staged: true, Hook: true}), "tok_partil")
	expect(t, scan(t, f.dir, Options{Staged: true}))
}

func TestRange(t *testing.T) {
	f := newFixture(t)
	f.write("a.txt", "tok_base01\nrest\n")
	f.commit("base tok_basmsg")
	f.git("tag", "base")
	f.write("a.txt", "tok_base01\nrest\ntok_range1\n")
	f.commit("adds tok_ranmsg")
	f.write("a.txt", "tok_base01\nrest\n")
	second := f.commit("takes it out")
	f.git("checkout", "-q", "-b", "side", "base")
	f.write("side.txt", "tok_side01\n")
	f.commit("side")
	f.git("checkout", "-q", "main")
	f.tick++
	f.git("merge", "-q", "--no-ff", "--no-commit", "side")
	f.write("a.txt", "tok_base01\nrest tok_merge1\n")
	f.git("mv", "side.txt", "side moved.txt")
	f.commit("merge")

	expect(t, scan(t, f.dir, Options{Range: "base..HEAD"}), "tok_range1", "tok_ranmsg", "tok_side01", "tok_merge1")
	expect(t, scan(t, f.dir, Options{Range: "base..HEAD~1"}), "tok_range1", "tok_ranmsg")
	expect(t, scan(t, f.dir, Options{Range: second + "..main"}), "tok_side01", "tok_merge1")
	expect(t, scan(t, f.dir, Options{Range: second[:8] + "..main^2"}), "tok_side01")
	expect(t, scan(t, f.dir, Options{Range: second + "...side"}), "tok_range1", "tok_ranmsg", "tok_side01")
	expect(t, scan(t, f.dir, Options{Range: "HEAD.."}))
	expect(t, scan(t, f.dir, Options{Since: time.Date(2024, 1, 1, 0, 4, 0, 0, time.UTC)}), "tok_side01", "tok_merge1")
	if g := found(t, scan(t, f.dir, Options{Range: "base.."}), "tok_range1").Places[0]; g.Origin.Git.Subject != "adds tok_ranmsg" || g.Start.Line != 3 {
		t.Errorf("place: %+v", g)
	}
	if _, err := New(f.dir, Options{Range: "base"}); err == nil {
		t.Error("a range without dots is taken")
	}
	s, err := New(f.dir, Options{Range: "nothing..HEAD"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scanner.Run(t.Context(), scanner.Options{NewDetector: newFake}, s); err == nil || !strings.Contains(err.Error(), `"nothing"`) {
		t.Errorf("an unknown start: %v", err)
	}
}

// TestPush runs in a real pre-receive hook's environment: the new objects are in quarantine.
func TestPush(t *testing.T) {
	server := newFixture(t, "--bare")
	f := newFixture(t)
	f.write("a.txt", "tok_olddoc\n")
	old := f.commit("base")
	f.git("remote", "add", "origin", server.dir)
	f.git("push", "-q", "origin", "main")
	keep := t.TempDir()
	hook := filepath.Join(server.dir, "hooks", "pre-receive")
	script := "#!/bin/sh\nenv >'" + keep + "/env'\ncat >'" + keep + "/updates'\ncp -r . '" + keep + "/repo.git'\n"
	if err := os.MkdirAll(filepath.Dir(hook), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(hook, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	f.write("a.txt", "tok_olddoc\ntok_pushed\n")
	next := f.commit("pushed")
	f.git("tag", "-a", "v1", "-m", "tok_pshtag")
	f.git("push", "-q", "origin", "main", "v1")

	repository := filepath.Join(keep, "repo.git")
	for line := range strings.Lines(string(mustRead(t, filepath.Join(keep, "env")))) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if name == "GIT_QUARANTINE_PATH" || name == "GIT_OBJECT_DIRECTORY" || name == "GIT_ALTERNATE_OBJECT_DIRECTORIES" {
			value = strings.ReplaceAll(value, server.dir, repository) // the copy that the hook made
			if rel := strings.TrimPrefix(value, "./"); !filepath.IsAbs(rel) {
				value = filepath.Join(repository, rel)
			}
			t.Setenv(name, value)
		}
	}
	var updates []Update
	for line := range strings.Lines(string(mustRead(t, filepath.Join(keep, "updates")))) {
		p := strings.Fields(line)
		updates = append(updates, Update{p[0], p[1], p[2]})
	}
	if len(updates) != 2 || updates[0].Old != old || updates[0].New != next {
		t.Fatalf("updates: %v", updates)
	}
	expect(t, scan(t, repository, Options{Updates: updates, Hook: true}), "tok_pushed", "tok_pshtag")
	res := scan(t, repository, Options{Updates: updates}) // without the environment the objects cannot be seen
	if !res.Coverage.Incomplete() {
		t.Errorf("objects in quarantine are read without the environment: %s", values(res))
	}
}

func TestNewBranchBringsNothingOld(t *testing.T) {
	f := newFixture(t)
	f.write("a.txt", "tok_olddoc\n")
	f.commit("base")
	f.git("checkout", "-q", "-b", "topic")
	f.write("b.txt", "tok_topic1\n")
	id := f.commit("topic")
	f.git("checkout", "-q", "main")
	f.git("branch", "-q", "-D", "topic") // a hook runs before the reference is there
	zero := strings.Repeat("0", 40)
	expect(t, scan(t, f.dir, Options{Updates: []Update{{zero, id, "refs/heads/topic"}}, Hook: true}), "tok_topic1")
	expect(t, scan(t, f.dir, Options{Updates: []Update{{id, zero, "refs/heads/topic"}}}))
}

// TestPrePush: what is about to be sent is new unless a remote branch leads to it, whatever local branches do.
func TestPrePush(t *testing.T) {
	server := newFixture(t, "--bare")
	f := newFixture(t)
	f.write("a.txt", "tok_olddoc\n")
	f.commit("base")
	f.git("remote", "add", "origin", server.dir)
	f.git("push", "-q", "origin", "main")
	f.write("b.txt", "tok_topic1\n")
	id := f.commit("on main")
	f.git("branch", "another")
	zero := strings.Repeat("0", 40)
	expect(t, scan(t, f.dir, Options{Updates: []Update{{zero, id, "refs/heads/topic"}}}), "tok_topic1")
}

func TestOptionsClash(t *testing.T) {
	f := newFixture(t)
	for _, o := range []Options{
		{Branch: "a", Range: "a..b"}, {Staged: true, Range: "a..b"}, {Staged: true, Since: time.Unix(1, 0)}, {Range: "a"},
	} {
		if _, err := New(f.dir, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	if _, err := New(t.TempDir(), Options{}); err == nil {
		t.Error("a folder that is no repository is taken")
	}
}
