//go:build unix

package git

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/repo"
)

// TestPackIsCut: a pack that is cut while it is mapped makes reads of it fault. That is told, and nothing crashes.
func TestPackIsCut(t *testing.T) {
	f := newFixture(t)
	scribble(f, rand.New(rand.NewPCG(31, 32)), 30)
	f.git("repack", "-adfkq", "--depth=5", "--window=2")
	packs, err := filepath.Glob(filepath.Join(f.dir, ".git", "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatal(packs, err)
	}
	_ = os.Chmod(packs[0], 0o600)
	whole := mustRead(t, packs[0])
	for _, keep := range []int{0, 4096, len(whole) / 2, len(whole) - 4096} {
		src := sourceFunc(func(ctx context.Context, sink *scanner.Sink) (err error) {
			r, err := repo.Open(f.dir)
			if err != nil {
				return err
			}
			store := r.OpenStore("", nil)
			defer store.Close()
			if err := os.Truncate(packs[0], int64(keep)); err != nil {
				t.Fatal(err)
			}
			run := &run{opts: Options{Name: "repo"}, repo: r, store: store, sink: sink}
			protect(func() { err = run.whole(ctx) }, func(any) { err = os.ErrInvalid })
			return err
		})
		res, err := scanner.Run(t.Context(), scanner.Options{Jobs: 2, NewDetector: newFake}, src)
		if err == nil && !res.Coverage.Incomplete() {
			t.Errorf("cut to %d of %d bytes: nothing is told", keep, len(whole))
		}
		if err := os.WriteFile(packs[0], whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
