package repo

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/internal/gitenv"
	"github.com/unleak/unleak/source/git/object"
)

// TestSameAsGoGit reads a repository as go-git does: its references, every object, the index and the configuration.
func TestSameAsGoGit(t *testing.T) {
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		c := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always"}, args...)...)
		c.Env = gitenv.Away()
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "-q", "-b", "main", ".")
	text := ""
	for range 40 { // versions that are packed as deltas
		text += "another line of a file that grows\n"
		write("src/grows.txt", text)
		write("README", "read me\n"+text[len(text)/2:])
		git("add", ".")
		git("commit", "-q", "-m", "grow")
	}
	git("tag", "-a", "v1", "-m", "first")
	git("gc", "-q")
	git("checkout", "-q", "-b", "side/branch")
	write("a b/ö.txt", "loose\n")
	git("add", ".")
	git("commit", "-q", "-m", "side")
	git("config", "remote.origin.url", `https://example.com/a "quoted" path#x`)
	git("config", "branch.side/branch.remote", "origin")

	ours, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := gogit.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	sameRefs(t, ours, theirs)
	sameObjects(t, ours, theirs)
	sameIndex(t, ours, theirs)
	sameConfig(t, dir, theirs)
}

func sameConfig(t *testing.T, dir string, theirs *gogit.Repository) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, ".git", "config"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseSettings(text)
	if err != nil {
		t.Fatal(err)
	}
	config, err := theirs.Config()
	if err != nil {
		t.Fatal(err)
	}
	want := settings{}
	for _, s := range config.Raw.Sections {
		for _, o := range s.Options {
			want[s.Name+"."+strings.ToLower(o.Key)] = o.Value
		}
		for _, sub := range s.Subsections {
			for _, o := range sub.Options {
				want[s.Name+"."+sub.Name+"."+strings.ToLower(o.Key)] = o.Value
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 4 {
		t.Errorf("configuration (-go-git +ours)\n%s", diff)
	}
}

func sameRefs(t *testing.T, ours *Repo, theirs *gogit.Repository) {
	t.Helper()
	got, want := map[string]string{}, map[string]string{}
	refs, broken := ours.Refs()
	if len(broken) > 0 {
		t.Errorf("broken references: %v", broken)
	}
	for _, r := range refs {
		got[r.Name] = r.ID.String()
	}
	all, err := theirs.References()
	if err != nil {
		t.Fatal(err)
	}
	if err := all.ForEach(func(r *plumbing.Reference) error {
		id, err := theirs.ResolveRevision(plumbing.Revision(r.Name()))
		if r.Type() == plumbing.HashReference {
			want[r.Name().String()] = r.Hash().String()
		} else if err == nil {
			want[r.Name().String()] = id.String()
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(want) < 4 {
		t.Fatalf("go-git knows but %v", want)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("references (-go-git +ours)\n%s", diff)
	}
}

func sameObjects(t *testing.T, ours *Repo, theirs *gogit.Repository) {
	t.Helper()
	all, err := theirs.Storer.IterEncodedObjects(plumbing.AnyObject)
	if err != nil {
		t.Fatal(err)
	}
	store := ours.OpenStore("", nil)
	defer store.Close()
	reader, n := store.NewReader(), 0
	if err := all.ForEach(func(o plumbing.EncodedObject) error {
		n++
		id, err := object.ParseID(o.Hash().String())
		if err != nil {
			return err
		}
		kind, text, err := reader.Read(id)
		if err != nil {
			return err
		}
		r, err := o.Reader()
		if err != nil {
			return err
		}
		want, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if kind.String() != o.Type().String() || string(text) != string(want) {
			t.Errorf("%s: a %v of %d bytes, go-git has a %v of %d", o.Hash(), kind, len(text), o.Type(), len(want))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n < 150 {
		t.Errorf("only %d objects", n)
	}
}

func sameIndex(t *testing.T, ours *Repo, theirs *gogit.Repository) {
	t.Helper()
	index, err := theirs.Storer.Index()
	if err != nil {
		t.Fatal(err)
	}
	x, err := ours.OpenIndex("")
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	var got, want []string
	for _, e := range index.Entries {
		want = append(want, e.Name+" "+e.Hash.String())
	}
	c := x.Cursor()
	for c.Next() {
		got = append(got, string(c.Path)+" "+c.ID().String())
	}
	if c.Err != nil {
		t.Fatal(c.Err)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) != 3 {
		t.Errorf("index (-go-git +ours)\n%s", diff)
	}
}
