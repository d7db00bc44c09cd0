package unleak_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/unleak/unleak"
	"github.com/unleak/unleak/internal/gitenv"
)

// collect returns all findings and the error behind them.
func collect(ctx context.Context, s unleak.Source, o unleak.Options) (all []unleak.Finding, last error) {
	for f, err := range unleak.Scan(ctx, s, o) {
		if err != nil {
			last = err
			continue
		}
		all = append(all, f)
	}
	return all, last
}

func TestScanFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.txt": "token = " + token + "\n", "sub/b.txt": "x\ny = " + token + "\n", "c.txt": "nothing\n"} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	one, err := collect(ctx, unleak.Files(dir), unleak.Options{Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(one) != 1 || len(one[0].Places) != 2 || one[0].Secret.Reveal() != token || len(one[0].ID) != 20 {
		t.Fatalf("%+v", one)
	}
	if many, err := collect(ctx, unleak.Files(dir), unleak.Options{Jobs: 8}); err != nil || !reflect.DeepEqual(one, many) {
		t.Errorf("eight workers find something else: %+v, %v", many, err)
	}
	if printed := fmt.Sprintf("%v %+v %#v", one, one, one); strings.Contains(printed, token[8:]) {
		t.Error("a finding prints its secret")
	}
}

func TestScanStops(t *testing.T) {
	text := unleak.Text("a", []byte("a = "+token+"\nb = glpat-"+"m5Kx9vQw2RtYpL7nBcDe\n"))
	n := 0
	for range unleak.Scan(context.Background(), text, unleak.Options{}) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d findings", n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := collect(ctx, text, unleak.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that is done: %v", err)
	}
}

func TestOptions(t *testing.T) {
	own := filepath.Join(t.TempDir(), "own.toml")
	if err := os.WriteFile(own, []byte("[[rules]]\nid = \"acme\"\ntitle = \"Acme token\"\nseverity = \"high\"\nregex = '''acme_[0-9]{12}'''\nopens = \"acme\"\nexamples = [\"acme_<+>123456789012\", \"x acme_<+>223456789012\"]\nnegatives = [\"acme_1\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := unleak.Text("a", []byte("a = "+token+"\nb = acme_"+"123456789012\n"))
	for _, c := range []struct {
		o    unleak.Options
		want string // the rules that find, or a part of the error
	}{
		{unleak.Options{}, "github-pat"},
		{unleak.Options{RuleFiles: []string{own}}, "github-pat acme"},
		{unleak.Options{RuleFiles: []string{own}, Disable: []string{"github-pat"}}, "acme"},
		{unleak.Options{RuleFiles: []string{own}, Enable: []string{"acme"}}, "acme"},
		{unleak.Options{Disable: []string{"nosuch"}}, `unknown rule "nosuch"`},
		{unleak.Options{Enable: []string{"github-pat"}, Disable: []string{"github-pat"}}, "no rule is left"},
		{unleak.Options{MinConfidence: 2}, "want 0 to 1"},
		{unleak.Options{RuleFiles: []string{"nosuch.toml"}}, "nosuch.toml"},
	} {
		all, err := collect(context.Background(), text, c.o)
		var ids []string
		for _, f := range all {
			ids = append(ids, f.Rule)
		}
		if got := strings.Join(ids, " "); err == nil && got != c.want || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %q, %v; want %q", c.o, got, err, c.want)
		}
	}
	if _, err := collect(context.Background(), unleak.Source{}, unleak.Options{}); err == nil {
		t.Error("no source is no error")
	}
}

// Paths to leave out are, in folders and in the history of a repository.
func TestExclude(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "src")
	if err := os.MkdirAll(filepath.Join(dir, "vendor", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"vendor/x/a.txt": "a = " + token + "\n", "b.txt": "b = glpat-" + "m5Kx9vQw2RtYpL7nBcDe\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sources := map[string]unleak.Source{"files": unleak.Files(dir), "logs": unleak.Logs(dir)}
	if git, err := exec.LookPath("git"); err == nil {
		for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "first"}} {
			c := exec.Command(git, append([]string{"-C", top}, args...)...)
			c.Env = gitenv.Away()
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("git %q: %v\n%s", args, err, out)
			}
		}
		sources["git"] = unleak.Git(top)
	}
	for name, s := range sources {
		for want, o := range map[int]unleak.Options{2: {}, 1: {Exclude: []string{"vendor"}}, 0: {Exclude: []string{"vendor/", "*.txt"}}} {
			if all, err := collect(context.Background(), s, o); err != nil || len(all) != want {
				t.Errorf("%s without %q: %d findings, %v; want %d", name, o.Exclude, len(all), err, want)
			}
		}
		if _, err := collect(context.Background(), s, unleak.Options{Exclude: []string{"["}}); err == nil || !strings.Contains(err.Error(), "malformed") {
			t.Errorf("%s: a malformed glob: %v", name, err)
		}
	}
}

type broken struct{ done bool }

func (b *broken) Read(p []byte) (int, error) {
	if b.done {
		return 0, errors.New("the line is cut")
	}
	b.done = true
	return copy(p, "a = "+token+"\n"), nil
}

// What was read before a reader breaks is told, and that it broke.
func TestBrokenReader(t *testing.T) {
	all, err := collect(context.Background(), unleak.Reader("r", &broken{}), unleak.Options{})
	var what *unleak.IncompleteError
	if len(all) != 1 || !errors.As(err, &what) || !errors.Is(err, unleak.ErrIncomplete) || what.Skipped["unreadable"] != 1 {
		t.Errorf("%d findings, %v", len(all), err)
	}
}
