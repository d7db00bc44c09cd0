package git

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/scanner"
)

// packFiles returns the files of the repository's packs that end in a suffix.
func packFiles(t *testing.T, f *fixture, suffix string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(f.dir, ".git", "objects", "pack", "*"+suffix))
	if err != nil || len(names) == 0 {
		t.Fatal("no ", suffix, err)
	}
	return names
}

// remarked compares what was found and read with what it was before, and looks for a remark.
func remarked(t *testing.T, what string, want, got scanner.Result, remark string) {
	t.Helper()
	if !strings.Contains(strings.Join(got.Coverage.Notes, "\n"), remark) {
		t.Errorf("%s: no remark %q in %v", what, remark, got.Coverage.Notes)
	}
	got.Coverage.Notes, want.Coverage.Notes = nil, nil
	if diff := cmp.Diff(describe(want), describe(got)); diff != "" {
		t.Errorf("%s: -with +without index\n%s", what, diff)
	}
}

// TestPackWithoutIndex: a pack without an index is read as one that has it, whatever its deltas name their bases by.
func TestPackWithoutIndex(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		for _, byOffset := range []string{"true", "false"} {
			f := newFixture(t, "--object-format="+format)
			scribble(f, rand.New(rand.NewPCG(31, 32)), 25)
			f.git("tag", "-a", "v1", "-m", "tok_intag1")
			f.git("config", "repack.useDeltaBaseOffset", byOffset)
			f.git("repack", "-adfq", "--depth=50", "--window=50")
			want := scan(t, f.dir, Options{})
			idx := packFiles(t, f, ".idx")[0]
			text := mustRead(t, idx)
			if err := os.Remove(idx); err != nil {
				t.Fatal(err)
			}
			what := format + ", bases by offset: " + byOffset
			remarked(t, what, want, scan(t, f.dir, Options{}), "it has no index, one was made")
			for _, damage := range [][]byte{{}, text[:len(text)/2], []byte(strings.Repeat("x", len(text)))} {
				_ = os.Remove(idx)
				if err := os.WriteFile(idx, damage, 0o600); err != nil {
					t.Fatal(err)
				}
				remarked(t, what+", damaged", want, scan(t, f.dir, Options{}), "was made anew")
			}
		}
	}
}

// TestCutPackWithoutIndex: what lies before the cut is read, the rest is told.
func TestCutPackWithoutIndex(t *testing.T) {
	f := newFixture(t)
	f.write("a.txt", "tok_aaaaaa\n"+strings.Repeat("some text\n", 50))
	f.commit("tok_bbbbbb")
	f.git("repack", "-adfq")
	if err := os.Remove(packFiles(t, f, ".idx")[0]); err != nil {
		t.Fatal(err)
	}
	pack := packFiles(t, f, ".pack")[0]
	data := mustRead(t, pack)
	_ = os.Remove(pack)
	for size := range len(data) {
		if err := os.WriteFile(pack, data[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		res := scan(t, f.dir, Options{})
		if len(res.Coverage.Skipped) == 0 {
			t.Errorf("cut to %d of %d bytes: nothing is told", size, len(data))
		}
		if size == len(data)-1 && len(res.Findings) == 0 {
			t.Error("nothing is read of a pack that lacks one byte")
		}
	}
}

// TestMultiPackIndex: with a multi-pack-index the report is what it is without, also where it has to stand in for the
// index of a pack.
func TestMultiPackIndex(t *testing.T) {
	f := newFixture(t)
	r := rand.New(rand.NewPCG(41, 42))
	for range 3 {
		scribble(f, r, 6)
		f.git("repack", "-dq")
	}
	want := scan(t, f.dir, Options{})
	f.git("multi-pack-index", "write")
	got := scan(t, f.dir, Options{})
	if diff := cmp.Diff(describe(want), describe(got)); diff != "" {
		t.Errorf("-without +with\n%s", diff)
	}
	names := packFiles(t, f, ".idx")
	if len(names) != 3 {
		t.Fatalf("%d packs", len(names))
	}
	for _, name := range names {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	remarked(t, "without indexes", want, scan(t, f.dir, Options{}), "read by the multi-pack-index")
	multi := filepath.Join(filepath.Dir(names[0]), "multi-pack-index")
	data := mustRead(t, multi)
	_ = os.Remove(multi)
	if err := os.WriteFile(multi, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	remarked(t, "with a damaged one", want, scan(t, f.dir, Options{}), "multi-pack-index is not readable")
	_ = os.Remove(multi)
	if err := os.WriteFile(multi, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(packFiles(t, f, ".pack")[0]); err != nil {
		t.Fatal(err)
	}
	if res := scan(t, f.dir, Options{}); !strings.Contains(describe(res), "is named by multi-pack-index and is not there") {
		t.Errorf("a pack that is gone is not told: %v", res.Coverage.Examples)
	}
}
