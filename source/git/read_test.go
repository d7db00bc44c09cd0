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

// story is a repository with a secret in each place where one can be.
func story(t *testing.T, more ...string) *fixture {
	f := newFixture(t, more...)
	f.write("a.txt", "plain\ntok_afile0\n")
	f.write(".gitattributes", "*.bin binary\nhidden.txt -diff -text filter=nothing export-ignore\n")
	f.write("hidden.txt", "tok_hidden\n")
	f.write("x.bin", "\x00\x01\x02 tok_binary \x00")
	f.write("deep/er/file.txt", "tok_deeper\n")
	f.write("named tok_infile.txt", "nothing\n")
	f.write("tok_folder/x", "nothing there\n")
	f.commit("first\n\nbody with tok_messag")

	f.write("a.txt", "plain\n")
	f.commit("remove it")

	f.git("checkout", "-q", "-b", "side", "HEAD~1")
	f.write("side.txt", "side\n")
	f.commit("side")
	f.git("checkout", "-q", "main")
	f.tick++
	f.git("merge", "-q", "--no-ff", "--no-commit", "side")
	f.write("evil.txt", "tok_merged\n")
	f.commit("evil merge")

	f.tick++
	f.write("stashed.txt", "tok_stash1\n")
	f.git("add", "-A")
	f.git("stash", "-q")
	f.write("stashed.txt", "tok_stash2\n")
	f.git("add", "-A")
	f.git("stash", "-q")
	f.git("notes", "add", "-m", "tok_noted1")
	f.git("tag", "-a", "v1", "-m", "tok_tagmsg")
	f.git("branch", "tok_branch")
	f.gitIn(f.dir, []string{"GIT_AUTHOR_NAME=tok_author", "GIT_AUTHOR_EMAIL=tok_mailed"}, "commit", "-q", "--allow-empty", "-m", "author")

	f.write("gone.txt", "tok_reflog\n")
	f.commit("to be lost")
	f.git("reset", "-q", "--hard", "HEAD~1")
	name := filepath.Join(f.dir, "dangling.txt")
	if err := os.WriteFile(name, []byte("tok_dangle\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.git("hash-object", "-w", name)
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}

	if err := os.Symlink("/run/tok_symlnk", filepath.Join(f.dir, "link")); err != nil {
		t.Fatal(err)
	}
	f.write("turns", "file tok_turned\n")
	f.commit("link")
	if err := os.Remove(filepath.Join(f.dir, "turns")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("elsewhere/tok_became", filepath.Join(f.dir, "turns")); err != nil {
		t.Fatal(err)
	}
	f.commit("typechange")
	return f
}

var storySecrets = strings.Fields(`tok_afile0 tok_hidden tok_binary tok_deeper tok_infile tok_folder tok_messag tok_merged
	tok_stash1 tok_stash2 tok_noted1 tok_tagmsg tok_branch tok_author tok_mailed tok_reflog tok_dangle tok_symlnk
	tok_turned tok_became`)

func checkStory(t *testing.T, res scanner.Result) {
	t.Helper()
	for _, s := range storySecrets {
		found(t, res, s)
	}
	if len(res.Findings) != len(storySecrets) {
		t.Errorf("%d findings, want %d:\n%s", len(res.Findings), len(storySecrets), values(res))
	}
	if res.Coverage.Incomplete() {
		t.Errorf("incomplete: %+v", res.Coverage)
	}
}

func TestEverythingIsRead(t *testing.T) {
	f := story(t)
	loose := scan(t, f.dir, Options{})
	checkStory(t, loose)
	f.git("repack", "-adkq", "--depth=50")
	f.git("prune-packed")
	packed := scan(t, f.dir, Options{})
	checkStory(t, packed)
	if describe(loose) != describe(packed) {
		t.Errorf("packing changes the report:\n%s\n---\n%s", describe(loose), describe(packed))
	}
	checkStory(t, scan(t, filepath.Join(f.dir, "deep", "er"), Options{}))
	checkStory(t, scan(t, filepath.Join(f.dir, ".git"), Options{}))
}

func TestOriginOfEachKind(t *testing.T) {
	f := story(t)
	res := scan(t, f.dir, Options{})
	for _, c := range []struct {
		secret, path, ref, subject string
		kind                       finding.Kind
		line                       int
		unreachable                bool
	}{
		{secret: "tok_afile0", kind: finding.KindGit, path: "a.txt", subject: "first", line: 2},
		{secret: "tok_deeper", kind: finding.KindGit, path: "deep/er/file.txt", subject: "first", line: 1},
		{secret: "tok_infile", kind: finding.KindName, path: "named tok_infile.txt", subject: "first", line: 1},
		{secret: "tok_folder", kind: finding.KindName, path: "tok_folder", subject: "first", line: 1},
		{secret: "tok_messag", kind: finding.KindMessage, subject: "first", line: 3},
		{secret: "tok_merged", kind: finding.KindGit, path: "evil.txt", subject: "evil merge", line: 1},
		{secret: "tok_stash2", kind: finding.KindGit, path: "stashed.txt", ref: "stash@{0}", subject: "index on main: ", line: 1},
		{secret: "tok_stash1", kind: finding.KindGit, path: "stashed.txt", ref: "stash@{1}", subject: "index on main: ", line: 1},
		{secret: "tok_noted1", kind: finding.KindMessage, path: "*", ref: "refs/notes/commits", subject: "Notes added by 'git notes add'", line: 1},
		{secret: "tok_tagmsg", kind: finding.KindMessage, ref: "refs/tags/v1", line: 1},
		{secret: "tok_branch", kind: finding.KindMessage, ref: "refs/heads/tok_branch", line: 1},
		{secret: "tok_author", kind: finding.KindMessage, subject: "author", line: 1},
		{secret: "tok_reflog", kind: finding.KindGit, path: "gone.txt", subject: "to be lost", line: 1, unreachable: true},
		{secret: "tok_dangle", kind: finding.KindGit, line: 1, unreachable: true},
		{secret: "tok_symlnk", kind: finding.KindGit, path: "link", subject: "link", line: 1},
		{secret: "tok_became", kind: finding.KindGit, path: "turns", subject: "typechange", line: 1},
	} {
		got := found(t, res, c.secret)
		if len(got.Places) != 1 {
			t.Errorf("%s has %d places", c.secret, len(got.Places))
		}
		p := got.Places[0]
		g := p.Origin.Git
		if p.Origin.Kind != c.kind || p.Origin.Path != c.path && c.path != "*" || p.Start.Line != c.line ||
			!strings.HasPrefix(g.Subject, c.subject) || g.Unreachable != c.unreachable || c.ref != "" && g.Ref != c.ref {
			t.Errorf("%s: %s %q line %d %+v", c.secret, p.Origin.Kind, p.Origin.Path, p.Start.Line, *g)
		}
	}
}

func TestReachableOnly(t *testing.T) {
	f := story(t)
	res := scan(t, f.dir, Options{ReachableOnly: true})
	for _, s := range []string{"tok_reflog", "tok_dangle"} {
		missing(t, res, s)
	}
	found(t, res, "tok_stash1")
	found(t, res, "tok_stash2")
	res = scan(t, f.dir, Options{Branch: "side"})
	found(t, res, "tok_afile0")
	for _, s := range []string{"tok_merged", "tok_stash2", "tok_noted1", "tok_reflog", "tok_branch", "tok_tagmsg", "tok_author"} {
		missing(t, res, s)
	}
}

// TestRepositoryKinds scans the same story in every shape a repository can have.
func TestRepositoryKinds(t *testing.T) {
	t.Run("sha256", func(t *testing.T) {
		f := story(t, "--object-format=sha256")
		checkStory(t, scan(t, f.dir, Options{}))
		f.git("repack", "-adkq")
		f.git("prune-packed")
		res := scan(t, f.dir, Options{})
		checkStory(t, res)
		if id := found(t, res, "tok_afile0").Places[0].Origin.Git.Commit; len(id) != 64 {
			t.Errorf("commit %q is no SHA-256 id", id)
		}
	})
	f := story(t)
	f.git("repack", "-adkq")
	t.Run("worktree", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "tree")
		f.git("worktree", "add", "-q", "-b", "extra", dir, "side")
		f.gitIn(dir, nil, "checkout", "-q", "--detach")
		res := scan(t, dir, Options{})
		found(t, res, "tok_merged")
		found(t, res, "tok_dangle")
	})
	t.Run("bare", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "bare.git")
		f.git("clone", "-q", "--mirror", "--no-local", f.dir, dir)
		res := scan(t, dir, Options{})
		for _, s := range []string{"tok_afile0", "tok_merged", "tok_stash2", "tok_noted1", "tok_tagmsg"} {
			found(t, res, s)
		}
		missing(t, res, "tok_dangle")
	})
	t.Run("alternates", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "shared")
		f.git("clone", "-q", "--shared", f.dir, dir)
		res := scan(t, dir, Options{})
		found(t, res, "tok_merged")
		found(t, res, "tok_dangle") // the alternate's objects are there
	})
	t.Run("shallow", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "shallow")
		f.git("clone", "-q", "--depth=1", "file://"+f.dir, dir)
		res := scan(t, dir, Options{})
		missing(t, res, "tok_afile0")
		found(t, res, "tok_deeper")
		if len(res.Coverage.Notes) == 0 || !strings.Contains(res.Coverage.Notes[0], "shallow") || !res.Coverage.Incomplete() {
			t.Errorf("coverage: %+v", res.Coverage)
		}
	})
	t.Run("partial", func(t *testing.T) {
		f.git("config", "uploadpack.allowFilter", "true")
		dir := filepath.Join(t.TempDir(), "partial")
		f.git("clone", "-q", "--filter=blob:none", "--no-checkout", "file://"+f.dir, dir)
		res := scan(t, dir, Options{})
		found(t, res, "tok_messag")
		missing(t, res, "tok_deeper")
		if n := res.Coverage.Skipped[finding.SkipMissing]; n < 8 {
			t.Errorf("only %d objects are told as missing: %+v", n, res.Coverage)
		}
	})
	t.Run("url", func(t *testing.T) {
		t.Setenv("TMPDIR", t.TempDir())
		res := scan(t, "file://"+f.dir, Options{})
		found(t, res, "tok_afile0")
		found(t, res, "tok_noted1")
		left, err := filepath.Glob(filepath.Join(os.TempDir(), "unleak-clone-*"))
		if err != nil || len(left) > 0 {
			t.Errorf("clones are left behind: %v %v", left, err)
		}
	})
}

// TestHidingIsVain tries what a repository can do to itself to look clean.
func TestHidingIsVain(t *testing.T) {
	f := newFixture(t)
	f.write("s.txt", "tok_hidden\n")
	bad := f.commit("bad")
	f.git("rm", "-q", "s.txt")
	f.write("s.txt", "clean\n")
	f.commit("clean")
	f.git("replace", bad, "HEAD")
	f.write(".git/info/attributes", "* -diff export-ignore filter=evil\n")
	f.write(".git/info/grafts", f.git("rev-parse", "HEAD")+"\n")
	f.git("config", "filter.evil.clean", "touch "+filepath.Join(f.dir, "ran"))
	f.git("config", "core.fsmonitor", "touch "+filepath.Join(f.dir, "ran"))
	f.git("config", "core.worktree", "/nowhere")
	f.git("config", "diff.external", "true")
	if err := os.WriteFile(filepath.Join(f.dir, ".git", "config"), append(mustRead(t, filepath.Join(f.dir, ".git", "config")), "\n[include]\n\tpath = /dev/zero\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	res := scan(t, f.dir, Options{})
	if g := found(t, res, "tok_hidden").Places[0].Origin.Git; g.Commit != bad {
		t.Errorf("origin is %+v", g)
	}
	if _, err := os.Stat(filepath.Join(f.dir, "ran")); err == nil {
		t.Error("a program that the repository names was run")
	}
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestPointersAreNamed(t *testing.T) {
	f := newFixture(t)
	f.write("big.bin", lfsHead+"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n")
	sub := newFixture(t)
	sub.write("x", "x")
	id := sub.commit("x")
	f.git("update-index", "--add", "--cacheinfo", "160000,"+id+",vendor/sub")
	f.tick++
	f.git("add", "big.bin")
	f.git("commit", "-q", "-m", "pointers")
	for _, res := range []scanner.Result{scan(t, f.dir, Options{}), scan(t, f.dir, Options{Since: time.Unix(0, 0)})} {
		want := []finding.Skip{
			{Name: "big.bin", Reason: finding.SkipLFS, Detail: "sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"},
			{Name: "vendor/sub", Reason: finding.SkipSubmodule},
		}
		if len(res.Coverage.Examples) != 2 || res.Coverage.Examples[0] != want[0] || res.Coverage.Examples[1] != want[1] {
			t.Errorf("coverage: %+v", res.Coverage)
		}
		if res.Coverage.Incomplete() {
			t.Error("pointers and submodules are left out by design")
		}
	}
}
