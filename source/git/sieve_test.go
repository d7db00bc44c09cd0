package git

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/repo"
)

// TestSift: a range whose contents are sifted first gives what one gives whose contents are all compared, however the
// objects are packed.
func TestSift(t *testing.T) {
	f := newFixture(t)
	r := rand.New(rand.NewPCG(51, 52))
	scribble(f, r, 25)
	f.git("checkout", "-q", "-b", "side", "HEAD~10")
	scribble(f, r, 5)
	f.write("big.bin", lfsHead+"oid sha256:00\nsize 1\n")
	f.write("a.zip", zipped(t, "in.txt", "tok_inzip1\n"))
	f.write("plain.txt", "nothing\n")
	f.commit("pointer and archive")
	f.git("checkout", "-q", "main")
	f.mayFail("merge", "-q", "side")
	f.git("add", "-A")
	f.git("commit", "-q", "-m", "merge")
	for _, pack := range []string{"", "-adfq --depth=50"} {
		if pack != "" {
			f.git("repack", "-adfq", "--depth=50")
		}
		for _, o := range []Options{{Range: "main~5..main"}, {Range: "main~20..main", Archives: 2}, {Range: "main~9..side"}, {Range: "main~15..main~3", AllOccurrences: true}} {
			o.Name = "repo"
			if diff := cmp.Diff(describe(sifted(t, f.dir, o, 1<<30)), describe(sifted(t, f.dir, o, 1))); diff != "" {
				t.Errorf("%+v packed %q: -compared +sifted\n%s", o, pack, diff)
			}
		}
	}
}

// sifted scans changes, sifting from a number of files on.
func sifted(t *testing.T, dir string, o Options, from int) scanner.Result {
	t.Helper()
	o.Limits.Depth = o.Archives
	src := sourceFunc(func(ctx context.Context, sink *scanner.Sink) error {
		r, err := repo.Open(dir)
		if err != nil {
			return err
		}
		store := r.OpenStore("", nil)
		defer store.Close()
		return (&run{opts: o, repo: r, store: store, sink: sink, sifting: from}).changes(ctx)
	})
	res, err := scanner.Run(context.Background(), scanner.Options{Jobs: 2, NewDetector: newFake}, src)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Findings) == 0 {
		t.Fatal("nothing found")
	}
	return res
}
