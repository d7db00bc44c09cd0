package git

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/repo"
)

// TestLargeBlobs: a blob that is read as a stream, packed or loose, gives the report it gives when held in memory.
func TestLargeBlobs(t *testing.T) {
	f := newFixture(t)
	f.git("config", "core.bigFileThreshold", "2m") // git makes no deltas of what is larger
	filler := strings.Repeat("nothing to see in this line of text\n", 1<<20/36)
	f.write("big.txt", "tok_starts\n"+strings.Repeat(filler, 9)+"x tok_middle\n"+strings.Repeat(filler, 9)+"tok_end001")
	f.write("small.txt", "tok_small1\n")
	f.commit("large")
	at := func(limit int64) string {
		src := sourceFunc(func(ctx context.Context, sink *scanner.Sink) error {
			r, err := repo.Open(f.dir)
			if err != nil {
				return err
			}
			store := r.OpenStore("", nil)
			defer store.Close()
			run := &run{opts: Options{Name: "repo"}, repo: r, store: store, sink: sink, large: limit}
			return run.whole(ctx)
		})
		res, err := scanner.Run(t.Context(), scanner.Options{Jobs: 2, NewDetector: newFake}, src)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, res, "tok_starts", "tok_middle", "tok_end001", "tok_small1")
		if line := found(t, res, "tok_middle").Places[0].Start.Line; line != 2+9*(1<<20/36) {
			t.Errorf("line %d", line)
		}
		return describe(res)
	}
	want := at(1 << 40)
	if diff := cmp.Diff(want, at(1<<20)); diff != "" {
		t.Errorf("loose: -whole +as a stream\n%s", diff)
	}
	f.git("repack", "-adq")
	if diff := cmp.Diff(want, at(1<<20)); diff != "" {
		t.Errorf("packed: -whole +as a stream\n%s", diff)
	}
}
