package files

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/sourcetest"
)

func lay(t *testing.T, texts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, texts)
	return dir
}

func write(t *testing.T, dir string, texts map[string]string) {
	t.Helper()
	for name, text := range texts {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func mustNew(t *testing.T, opts Options, paths ...string) *Source {
	t.Helper()
	s, err := New(paths, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSuite(t *testing.T) {
	sourcetest.Suite(t, sourcetest.Case{
		Names: true,
		Make: func(t *testing.T, texts map[string]string) scanner.Source {
			return mustNew(t, Options{Archives: 8}, lay(t, texts))
		},
		Broken: func(t *testing.T, texts map[string]string) scanner.Source {
			dir := lay(t, texts)
			write(t, dir, map[string]string{"bad.gz": "\x1f\x8b\x08\x00broken"})
			return mustNew(t, Options{Archives: 8}, dir)
		},
	})
}

func TestStdinSuite(t *testing.T) {
	sourcetest.Suite(t, sourcetest.Case{
		Once: true,
		Make: func(t *testing.T, texts map[string]string) scanner.Source {
			var all []string
			for _, text := range texts {
				all = append(all, text)
			}
			slices.Sort(all)
			return &Stdin{Reader: strings.NewReader(strings.Join(all, "\n")), Archives: 8}
		},
	})
}

// places scans paths in the current folder.
func places(t *testing.T, opts Options, paths ...string) ([]string, finding.Coverage) {
	t.Helper()
	res := sourcetest.Run(t, 3, mustNew(t, opts, paths...))
	return sourcetest.Places(res), res.Coverage
}

func at(name string, n int) string { return name + ":1:" + sourcetest.Token(n) }

func TestSeveralTargets(t *testing.T) {
	t.Chdir(lay(t, map[string]string{
		"a/x": sourcetest.Token(1), "a/in/y": sourcetest.Token(2), "b/x": sourcetest.Token(3), "c": sourcetest.Token(4),
	}))
	for _, c := range []struct {
		targets []string
		want    []string
	}{
		{[]string{"."}, []string{at("a/in/y", 2), at("a/x", 1), at("b/x", 3), at("c", 4)}},
		{[]string{"a"}, []string{at("in/y", 2), at("x", 1)}},
		{[]string{"c"}, []string{at("c", 4)}},
		{[]string{"a", "b"}, []string{at("a/in/y", 2), at("a/x", 1), at("b/x", 3)}},
		{[]string{"a", "a/in", "./a/", "a/x"}, []string{at("a/in/y", 2), at("a/x", 1)}},
		{[]string{".", "b/x"}, []string{at("a/in/y", 2), at("a/x", 1), at("b/x", 3), at("c", 4)}},
	} {
		got, _ := places(t, Options{}, c.targets...)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.targets, d)
		}
	}
}

func TestMissingTargetIsNamed(t *testing.T) {
	dir := t.TempDir()
	_, err := New([]string{dir, filepath.Join(dir, "gone"), filepath.Join(dir, "lost")}, Options{})
	if err == nil || !strings.Contains(err.Error(), "gone") || !strings.Contains(err.Error(), "lost") {
		t.Errorf("error %v does not name both", err)
	}
	if _, err := New([]string{dir}, Options{Exclude: []string{"a[", "ok"}}); err == nil || !strings.Contains(err.Error(), "a[") {
		t.Errorf("error %v does not name the glob", err)
	}
}

func TestGlobs(t *testing.T) {
	t.Chdir(lay(t, map[string]string{
		"a.txt": sourcetest.Token(1), "sub/a.txt": sourcetest.Token(2), "sub/b.log": sourcetest.Token(3), "node_modules/m/x.js": sourcetest.Token(4),
	}))
	for _, c := range []struct {
		opts Options
		want []string
	}{
		{Options{Exclude: []string{"node_modules"}}, []string{at("a.txt", 1), at("sub/a.txt", 2), at("sub/b.log", 3)}},
		{Options{Exclude: []string{"node_modules/", "*.txt"}}, []string{at("sub/b.log", 3)}},
		{Options{Exclude: []string{"**/m/**", "sub/*.txt"}}, []string{at("a.txt", 1), at("sub/b.log", 3)}},
		{Options{Include: []string{"*.{log,js}"}}, []string{at("node_modules/m/x.js", 4), at("sub/b.log", 3)}},
		{Options{Include: []string{"sub/**"}, Exclude: []string{"*.log"}}, []string{at("sub/a.txt", 2)}},
	} {
		got, cov := places(t, c.opts, ".")
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%+v (-want +got):\n%s", c.opts, d)
		}
		if cov.Skipped[finding.SkipExcluded] == 0 || cov.Incomplete() {
			t.Errorf("%+v: coverage %+v", c.opts, cov)
		}
	}
}

func TestLinks(t *testing.T) {
	dir := lay(t, map[string]string{"in/a": sourcetest.Token(1), "out/b": sourcetest.Token(2), "out/deep/c": sourcetest.Token(3), "lone": sourcetest.Token(4)})
	t.Chdir(dir)
	for to, from := range map[string]string{
		"loop": "in/loop", "../in": "in/self", "../out": "in/out", "../out/deep": "in/also-deep", "../lone": "in/lone", "a": "in/same", "nowhere": "in/dangling",
	} {
		if err := os.Symlink(to, from); err != nil {
			t.Skip(err)
		}
	}
	got, cov := places(t, Options{}, "in")
	if d := cmp.Diff([]string{at("a", 1)}, got); d != "" || cov.Counts["symbolic links not followed"] != 7 {
		t.Errorf("not followed (-want +got):\n%s%+v", d, cov)
	}
	got, cov = places(t, Options{FollowSymlinks: true}, "in")
	if d := cmp.Diff([]string{at("a", 1), at("also-deep/c", 3), at("lone", 4), at("out/b", 2)}, got); d != "" {
		t.Errorf("followed (-want +got):\n%s", d)
	}
	if cov.Skipped[finding.SkipUnreadable] != 2 {
		t.Errorf("links that lead nowhere: %+v", cov)
	}
}

func TestGitFoldersAndLimits(t *testing.T) {
	t.Chdir(lay(t, map[string]string{".git/config": sourcetest.Token(1), "sub/.git/HEAD": sourcetest.Token(2), "a": sourcetest.Token(3), "big": strings.Repeat(" ", 200) + sourcetest.Token(4)}))
	got, cov := places(t, Options{MaxFileBytes: 100}, ".")
	if d := cmp.Diff([]string{at("a", 3)}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if cov.Counts["repositories not read as files"] != 2 || cov.Skipped[finding.SkipTooLarge] != 1 || !cov.Incomplete() {
		t.Errorf("coverage %+v", cov)
	}
	got, _ = places(t, Options{GitDirs: true}, ".")
	if len(got) != 4 {
		t.Errorf("with .git: %q", got)
	}
}
