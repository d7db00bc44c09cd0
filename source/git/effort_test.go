package git

import (
	"fmt"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

// bomb makes a tree that contains others many times over, and returns it.
func (f *fixture) bomb(levels int) string {
	blob := f.git("hash-object", "-w", "a.txt")
	tree := f.gitStdin(fmt.Sprintf("100644 blob %s\ta.txt\n", blob), "mktree")
	for range levels {
		var b strings.Builder
		for _, name := range "abcdefghij" {
			fmt.Fprintf(&b, "040000 tree %s\t%c\n", tree, name)
		}
		tree = f.gitStdin(b.String(), "mktree")
	}
	return tree
}

// TestTreesThatMultiply: trees with billions of paths end in what is told, whatever part of the history is asked for, and
// what they hold is found.
func TestTreesThatMultiply(t *testing.T) {
	f := newFixture(t)
	f.write("b.txt", "nothing\n")
	f.commit("first")
	f.write("a.txt", "tok_bombed\n")
	bomb := f.bomb(20)
	commit := f.git("commit-tree", bomb, "-p", "HEAD", "-m", "bomb")
	f.git("update-ref", "refs/heads/bomb", commit)
	gone := f.git("commit-tree", f.git("rev-parse", "HEAD^{tree}"), "-p", commit, "-m", "gone")
	f.git("update-ref", "refs/heads/gone", gone)
	for _, o := range []Options{
		{}, {Range: "HEAD..bomb"}, {Branch: "bomb"}, {Range: "bomb..gone"},
		{Updates: []Update{{Old: strings.Repeat("0", 40), New: bomb, Ref: "refs/tags/t"}}},
	} {
		res := scan(t, f.dir, o)
		if o.Range == "bomb..gone" {
			if len(res.Findings) > 0 {
				t.Errorf("%+v: %d findings", o, len(res.Findings))
			}
			continue
		}
		if len(res.Findings) != 1 || res.Coverage.Skipped[finding.SkipTooDeep] != 1 {
			t.Errorf("%+v: %d findings, skipped %v", o, len(res.Findings), res.Coverage.Skipped)
		}
	}
	f.git("symbolic-ref", "HEAD", "refs/heads/bomb")
	if res := scan(t, f.dir, Options{Staged: true}); len(res.Findings) > 0 {
		t.Errorf("staged: %d findings", len(res.Findings))
	}
}

// TestRepeatedFolders: a few equal folders are listed at all their paths.
func TestRepeatedFolders(t *testing.T) {
	f := newFixture(t)
	f.write("b.txt", "nothing\n")
	f.commit("first")
	for i := range 40 {
		f.write(fmt.Sprintf("copy%d/sub/a.txt", i), "tok_copied\n")
	}
	f.commit("copies")
	res := scan(t, f.dir, Options{Range: "HEAD~1..HEAD"})
	if len(res.Findings) != 1 || len(res.Findings[0].Places) != 40 || res.Coverage.Incomplete() {
		t.Errorf("%d findings, %v", len(res.Findings), res.Coverage.Skipped)
	}
}
