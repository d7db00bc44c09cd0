package git

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// fixture is a repository built by the git program, away from the host's configuration. Dates count up by a minute a
// commit.
type fixture struct {
	t    testing.TB
	dir  string
	tick int
}

// newFixture makes an empty repository; more are arguments for git init.
func newFixture(t testing.TB, more ...string) *fixture {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("these tests build repositories with the git program: ", err)
	}
	f := &fixture{t: t, dir: t.TempDir()}
	f.git(append([]string{"init", "-q", "-b", "main"}, more...)...)
	return f
}

// git runs git in the repository and returns what it prints.
func (f *fixture) git(args ...string) string {
	f.t.Helper()
	return f.gitIn(f.dir, nil, args...)
}

// gitStdin is git with something to read.
func (f *fixture) gitStdin(in string, args ...string) string {
	f.t.Helper()
	return f.run(f.dir, nil, in, args...)
}

func (f *fixture) gitIn(dir string, env []string, args ...string) string {
	f.t.Helper()
	return f.run(dir, env, "", args...)
}

func (f *fixture) run(dir string, env []string, in string, args ...string) string {
	f.t.Helper()
	out, err := f.try(dir, env, in, args...)
	if err != nil {
		f.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// mayFail is git for what ends with an error, as a merge with conflicts.
func (f *fixture) mayFail(args ...string) { _, _ = f.try(f.dir, nil, "", args...) }

func (f *fixture) try(dir string, env []string, in string, args ...string) ([]byte, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(in)
	date := fmt.Sprintf("2024-01-01T%02d:%02d:00Z", f.tick/60%24, f.tick%60)
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + f.dir, "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull,
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_COMMITTER_NAME=Con", "GIT_COMMITTER_EMAIL=con@example.org",
		"GIT_AUTHOR_DATE=" + date, "GIT_COMMITTER_DATE=" + date, "LC_ALL=C",
	}, env...)
	return cmd.CombinedOutput()
}

func (f *fixture) write(path, text string) {
	f.t.Helper()
	name := filepath.Join(f.dir, path)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

// commit adds everything and commits it; it returns the id.
func (f *fixture) commit(message string) string {
	f.t.Helper()
	f.tick++
	f.git("add", "-A")
	f.git("commit", "-q", "--allow-empty", "-m", message)
	return f.git("rev-parse", "HEAD")
}

// scan scans a repository with the fake detector.
func scan(t testing.TB, path string, opts Options) scanner.Result {
	t.Helper()
	return scanWith(t, path, opts, scanner.Options{Jobs: 2})
}

func scanWith(t testing.TB, path string, opts Options, so scanner.Options) scanner.Result {
	t.Helper()
	s, err := New(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	if so.NewDetector == nil {
		so.NewDetector = newFake
	}
	if opts.Name == "" {
		s.opts.Name = "repo"
	}
	res, err := scanner.Run(context.Background(), so, s)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// found returns the finding of a secret.
func found(t testing.TB, res scanner.Result, value string) finding.Finding {
	t.Helper()
	for _, f := range res.Findings {
		if f.Secret.Reveal() == value {
			return f
		}
	}
	t.Fatalf("%q is not found; coverage %+v", value, res.Coverage)
	return finding.Finding{}
}

func missing(t testing.TB, res scanner.Result, value string) {
	t.Helper()
	for _, f := range res.Findings {
		if f.Secret.Reveal() == value {
			t.Errorf("%q is found at %+v", value, f.Places)
		}
	}
}

// values lists what was found, with where.
func values(res scanner.Result) string {
	var out []string
	for _, f := range res.Findings {
		for _, p := range f.Places {
			out = append(out, fmt.Sprintf("%s %s %s:%d", f.Rule, f.Secret.Reveal(), p.Origin.Name(), p.Start.Line))
		}
	}
	return strings.Join(out, "\n")
}

// places describes everything about a result that must not depend on how objects are stored.
func describe(res scanner.Result) string {
	var out strings.Builder
	for _, f := range res.Findings {
		fmt.Fprintf(&out, "%s %s %v %v\n", f.Rule, f.Secret.Reveal(), f.Tags, f.Confidence)
		for _, p := range f.Places {
			fmt.Fprintf(&out, "  %s %+v %+v %q", p.Origin.Name(), p.Start, p.End, p.Line)
			if g := p.Origin.Git; g != nil {
				fmt.Fprintf(&out, " %+v", *g)
			}
			out.WriteByte('\n')
		}
	}
	fmt.Fprintf(&out, "%d %v %v %v %v", res.Coverage.Bytes, res.Coverage.Counts, res.Coverage.Skipped, res.Coverage.Examples, res.Coverage.Notes)
	return out.String()
}
