package repo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/source/git/object"
)

// goldenTables returns what git 2.55 made, refs.txt being what its for-each-ref said: hundreds of references in several
// blocks, two tables one over the other, a deleted and a changed reference, an annotated tag, symbolic references, and a
// second worktree.
func goldenTables(t *testing.T, hash string) (*Repo, map[string]string) {
	t.Helper()
	from := filepath.Join("testdata", "reftable", hash)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(from, "git"))); err != nil {
		t.Fatal(err)
	}
	for _, sub := range []string{"objects", "refs"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/.invalid\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(from, "refs.txt"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(text)) {
		id, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		want[name] = id
	}
	want["HEAD"] = want["refs/heads/main"]
	want["worktrees/wt/HEAD"] = want["refs/heads/topic/number-9"]
	want["worktrees/wt/ORIG_HEAD"] = want["refs/heads/topic/number-9"]
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r, want
}

func TestTablesOfGit(t *testing.T) {
	for _, hash := range []string{"sha1", "sha256"} {
		r, want := goldenTables(t, hash)
		refs, broken := r.Refs()
		got := map[string]string{}
		for _, ref := range refs {
			got[ref.Name] = ref.ID.String()
		}
		if diff := cmp.Diff(want, got); diff != "" || len(broken) > 0 || r.RefFormat != "" {
			t.Errorf("%s: broken %v, -git +ours\n%s", hash, broken, diff)
		}
		if id, ok := r.Head(); !ok || id.String() != want["HEAD"] {
			t.Errorf("%s: HEAD is %v", hash, id)
		}
	}
}

// TestDamagedTables: what is before the damage is read, and the table is named.
func TestDamagedTables(t *testing.T) {
	r, want := goldenTables(t, "sha1")
	files, err := filepath.Glob(filepath.Join(r.GitDir, "reftable", "0x*6-*.ref"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{len(whole) / 2, 30, 3, 0} {
		if err := os.WriteFile(files[0], whole[:size], 0o644); err != nil {
			t.Fatal(err)
		}
		refs, broken := r.Refs()
		if len(broken) != 1 || len(refs) >= len(want) {
			t.Errorf("cut to %d bytes: %d references, broken %v", size, len(refs), broken)
		}
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if _, broken := r.Refs(); len(broken) != 1 {
		t.Errorf("a table that is not there: broken %v", broken)
	}
}

// FuzzTable: names stay below their bound, and together they are no more than the bound on all.
func FuzzTable(f *testing.F) {
	for _, hash := range []string{"sha1", "sha256"} {
		names, err := filepath.Glob(filepath.Join("testdata", "reftable", hash, "git", "*", "*.ref"))
		if err != nil || len(names) == 0 {
			f.Fatal("no seeds: ", err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, hash := range []int{object.SHA1, object.SHA256} {
			refs, err := parseTable(data, hash)
			total := 0
			for _, r := range refs {
				total += len(r.name)
				if len(r.name) > maxRefName || len(r.target) > len(data) {
					t.Fatal(fmt.Sprint("too long: ", len(r.name), len(r.target), err))
				}
			}
			if total > maxRefNames || len(refs) > len(data) {
				t.Fatal("too many: ", len(refs), total)
			}
		}
	})
}
