package files

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/internal/gitenv"
	"github.com/unleak/unleak/source/sourcetest"
)

// rulebook holds rules whose reading is easy to get wrong, in .gitignore files at several depths.
var rulebook = map[string]string{
	".gitignore": "# comment\n\\#literal\n\\!bang\n*.log\n!keep.log\n/rooted\nbuild/\nfoo/*\n!foo/bar\na/**/z\n**/anywhere/deep\ntail/**\n!tail/keep\n" +
		"spaces   \nkept\\ \n[a-c]x\n[!a-c]y\nbr{ace,other}\ndouble**star\nq?\n*.tmp\r\nend\\\n",
	"sub/.gitignore":      "!*.log\n/only-here\nnested/*.txt\n",
	"sub/deep/.gitignore": "*\n!.gitignore\n!yes\n",
}

var rulebookPaths = []string{
	"#literal", "!bang", "x.log", "keep.log", "d/keep.log", "d/y.log", "rooted", "d/rooted", "build", "build/x", "d/build/x", "e/build",
	"foo/one", "foo/bar", "foo/sub/x", "a/z", "a/b/z", "a/b/c/z", "b/a/z", "anywhere/deep", "k/anywhere/deep/f", "tail/x", "tail/keep", "tail/k/keep",
	"spaces", "kept ", "kept", "ax", "dx", "ay", "dy", "brace", "br{ace,other}", "doubleXXstar", "double/star", "qa", "qab", "f.tmp", "end\\",
	"sub/z.log", "sub/only-here", "sub/d/only-here", "only-here", "sub/nested/a.txt", "sub/nested/b/a.txt", "sub/x/nested/a.txt",
	"sub/deep/yes", "sub/deep/no", "sub/deep/d/yes", "sub/deep/.gitignore",
}

// TestIgnoresAsGit compares with git itself.
func TestIgnoresAsGit(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed: nothing to compare with")
	}
	texts := map[string]string{}
	for _, p := range rulebookPaths {
		if _, err := os.Stat(p); err != nil {
			texts[p] = sourcetest.Token(len(texts))
		}
	}
	for p := range texts { // a path that is a folder of another cannot be a file
		for q := range texts {
			if strings.HasPrefix(q, p+"/") {
				delete(texts, p)
			}
		}
	}
	delete(texts, "sub/deep/.gitignore")
	dir := lay(t, texts)
	write(t, dir, rulebook)
	write(t, dir, map[string]string{".git/info/exclude": "excluded-here\n"})
	write(t, dir, map[string]string{"excluded-here": "x", "d/excluded-here": "x"})
	t.Chdir(dir)
	git = filepath.Clean(git)
	for _, args := range [][]string{{"init", "-q"}} {
		if out, err := isolated(exec.Command(git, args...)).CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	if err := os.WriteFile(".git/info/exclude", []byte("excluded-here\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	list := isolated(exec.Command(git, "ls-files", "-z", "--others", "--exclude-standard"))
	list.Stdout = &out
	if err := list.Run(); err != nil {
		t.Fatal(err)
	}
	var want []string
	for p := range strings.SplitSeq(strings.TrimSuffix(out.String(), "\x00"), "\x00") {
		if !strings.HasSuffix(p, ".gitignore") {
			want = append(want, p)
		}
	}
	slices.Sort(want)
	got, cov := places(t, Options{GitIgnore: true}, ".")
	for i := range got {
		got[i] = got[i][:strings.Index(got[i], ":1:")]
	}
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("files not ignored (-git +here):\n%s", d)
	}
	if cov.Skipped["excluded"] == 0 {
		t.Errorf("coverage %+v", cov)
	}
	inner, _ := places(t, Options{GitIgnore: true}, "sub/deep")
	if len(inner) != 1 || !strings.HasPrefix(inner[0], "yes:") {
		t.Errorf("rules from above and of the folder itself: %q", inner)
	}
}

// What git tracks it does not ignore, whatever the rules say and however objects are named.
func TestTrackedIsNotIgnored(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) { testTracked(t, format) })
	}
}

func testTracked(t *testing.T, format string) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	t.Chdir(lay(t, map[string]string{
		".env": sourcetest.Token(1), ".gitignore": ".env\nout/\n", "out/kept": sourcetest.Token(2), "out/made": sourcetest.Token(3), "other/out/x": sourcetest.Token(4),
	}))
	for _, args := range [][]string{{"init", "-q", "--object-format=" + format}, {"add", "-f", ".env", "out/kept"}} {
		if text, err := isolated(exec.Command(git, args...)).CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, text)
		}
	}
	got, _ := places(t, Options{GitIgnore: true}, ".")
	for _, n := range []int{1, 2} {
		if !slices.ContainsFunc(got, func(p string) bool { return strings.HasSuffix(p, sourcetest.Token(n)) }) {
			t.Errorf("token %d is lost: %q", n, got)
		}
	}
	for _, p := range got {
		if strings.HasSuffix(p, sourcetest.Token(3)) || strings.HasSuffix(p, sourcetest.Token(4)) {
			t.Errorf("%s is ignored by git", p)
		}
	}
}

// isolated keeps the user's configuration out.
func isolated(c *exec.Cmd) *exec.Cmd {
	c.Env = append(gitenv.Away(), "HOME=/nonexistent", "XDG_CONFIG_HOME=/nonexistent")
	return c
}
