package git

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/repo"
)

// stagedPaths returns what the index brings according to the walk along it.
func stagedPaths(t *testing.T, dir string) []string {
	t.Helper()
	opened, err := repo.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	store := opened.OpenStore("", nil)
	defer store.Close()
	index, err := opened.OpenIndex("")
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	r := &run{repo: opened, store: store, sink: &scanner.Sink{}}
	d := r.newStaging(index)
	if err := d.compare(); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, n := range d.news {
		all = append(all, fmt.Sprintf("%s %s new=%v", n.path, n.file.id, n.named))
	}
	slices.Sort(all)
	return all
}

// gitStagedPaths returns the same according to git.
func gitStagedPaths(f *fixture) []string {
	var all []string
	fields := strings.Split(f.git("diff-index", "--cached", "--no-renames", "--no-abbrev", "-z", "HEAD"), "\x00")
	for i := 0; i+1 < len(fields); i += 2 { // ":100644 100644 OLD NEW M", path
		head := strings.Fields(fields[i])
		if head[4] != "D" {
			all = append(all, fmt.Sprintf("%s %s new=%v", fields[i+1], head[3], head[4] == "A"))
		}
	}
	slices.Sort(all)
	return all
}

// TestStagingAgreesWithGit changes random trees at random and compares what is staged with what git says, with a cache
// of trees that is whole, has gaps or is not there, and with shortened paths.
func TestStagingAgreesWithGit(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	names := []string{"a", "a.txt", "a-b", "b", "c", "d.d", "é", "z z"}
	path := func() string {
		parts := make([]string, 1+rng.IntN(3))
		for i := range parts {
			parts[i] = names[rng.IntN(len(names))]
		}
		return filepath.Join(parts...)
	}
	f := newFixture(t)
	put := func(p, text string) { // a file takes the place of a folder, and a folder that of a file
		for dir := filepath.Dir(p); dir != "."; dir = filepath.Dir(dir) {
			if st, err := os.Lstat(filepath.Join(f.dir, dir)); err == nil && !st.IsDir() {
				os.Remove(filepath.Join(f.dir, dir))
			}
		}
		os.RemoveAll(filepath.Join(f.dir, p))
		f.write(p, text)
	}
	some := 0
	for round := range 12 {
		for i := range 25 {
			put(path(), fmt.Sprintf("%d %d\n", round, i%20))
		}
		f.commit("base")
		for range rng.IntN(6) {
			put(path(), fmt.Sprintf("%d\n", rng.Int()))
		}
		for range rng.IntN(3) {
			os.RemoveAll(filepath.Join(f.dir, path()))
		}
		f.git("add", "-A")
		want := gitStagedPaths(f)
		some += len(want)
		for _, state := range [][]string{{"status"}, {"write-tree"}, {"update-index", "--index-version", "4"}, {"update-index", "--index-version", "2"}, {"read-tree", f.git("write-tree")}} {
			f.git(state...)
			if diff := cmp.Diff(want, stagedPaths(t, f.dir)); diff != "" {
				t.Fatalf("round %d after git %s (-git +here):\n%s", round, state, diff)
			}
		}
		os.Remove(filepath.Join(f.dir, ".git", "index"))
		f.git("add", "-A") // a new index, without a cache
		if diff := cmp.Diff(want, stagedPaths(t, f.dir)); diff != "" {
			t.Fatalf("round %d with a new index (-git +here):\n%s", round, diff)
		}
	}
	if some < 20 {
		t.Errorf("only %d changes were compared", some)
	}
}

// TestStagedSparse: a folder that is one entry of a sparse index, as in HEAD and as not.
func TestStagedSparse(t *testing.T) {
	f := newFixture(t)
	f.write("in/a.txt", "x\n")
	f.write("out/b.txt", "tok_before\n")
	f.write("out/deep/c.txt", "y\n")
	first := f.commit("base")
	f.write("out/deep/c.txt", "y\ntok_inside\n")
	f.commit("more")
	f.git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
	f.write("in/a.txt", "tok_added1\n")
	f.git("add", "in")
	expect(t, scan(t, f.dir, Options{Staged: true}), "tok_added1")
	f.git("update-ref", "HEAD", first)
	expect(t, scan(t, f.dir, Options{Staged: true}), "tok_added1", "tok_inside")
}

// TestStagedConflict: what is in conflict cannot be committed, and that it is not read is said.
func TestStagedConflict(t *testing.T) {
	f := newFixture(t)
	f.write("a.txt", "x\n")
	f.commit("base")
	f.git("checkout", "-q", "-b", "side")
	f.write("a.txt", "tok_theirs\n")
	f.commit("theirs")
	f.git("checkout", "-q", "main")
	f.write("a.txt", "ours\n")
	f.commit("ours")
	f.git("config", "merge.conflictstyle", "merge")
	f.mayFail("merge", "side")
	res := scan(t, f.dir, Options{Staged: true})
	expect(t, res)
	if !slices.ContainsFunc(res.Coverage.Notes, func(n string) bool { return strings.Contains(n, "conflict") }) {
		t.Errorf("nothing is said of the conflict: %q", res.Coverage.Notes)
	}
	f.write("a.txt", "ours\ntok_theirs\n")
	f.git("add", "a.txt")
	expect(t, scan(t, f.dir, Options{Staged: true}), "tok_theirs")
}
