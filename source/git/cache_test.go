package git

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// findings describes a result without its coverage.
func findings(res scanner.Result) string {
	res.Coverage = finding.Coverage{}
	return describe(res)
}

// TestSecondScan: with the cache, findings and counts stay what they are without, whatever was added or repacked.
func TestSecondScan(t *testing.T) {
	f := newFixture(t)
	scribble(f, rand.New(rand.NewPCG(21, 22)), 20)
	f.write("big.bin", lfsHead+"oid sha256:00\nsize 1\n")
	f.write("clean.txt", strings.Repeat("nothing\n", 500))
	f.commit("more")
	f.git("tag", "-a", "v1", "-m", "clean tag")
	f.git("repack", "-adfkq", "--depth=50")
	o := Options{Cache: filepath.Join(t.TempDir(), "cache"), RulesHash: "one"}
	check := func(what string, known bool) {
		t.Helper()
		want := scan(t, f.dir, Options{})
		got := scan(t, f.dir, o)
		if diff := cmp.Diff(findings(want), findings(got)); diff != "" {
			t.Fatalf("%s: -without +with cache\n%s", what, diff)
		}
		if got.Coverage.Counts["blobs"] != want.Coverage.Counts["blobs"] || got.Coverage.Counts["commits"] != want.Coverage.Counts["commits"] {
			t.Errorf("%s: %v with cache, %v without", what, got.Coverage.Counts, want.Coverage.Counts)
		}
		if diff := cmp.Diff(want.Coverage.Skipped, got.Coverage.Skipped); diff != "" {
			t.Errorf("%s: -without +with cache\n%s", what, diff)
		}
		if (got.Coverage.Counts["known blobs"] > 0) != known {
			t.Errorf("%s: %v", what, got.Coverage.Counts)
		}
	}
	check("first", false)
	check("second", true)
	f.write("clean.txt", strings.Repeat("nothing\n", 400)+"tok_newone\n")
	f.write("a.txt", "tok_newtwo\n")
	f.commit("new tok_newmsg")
	check("new loose objects", true)
	f.git("repack", "-adfkq", "--depth=5")
	check("repacked", true)
	o.RulesHash = "two"
	check("other rules", false)

	names, err := filepath.Glob(filepath.Join(o.Cache, "*"))
	if err != nil || len(names) != 1 {
		t.Fatalf("cache files: %v %v", names, err)
	}
	data := mustRead(t, names[0])
	for _, s := range []string{"tok_newone", "two"} {
		if bytes.Contains(data, []byte(s)) {
			t.Errorf("the cache holds %q", s)
		}
	}
	for _, damage := range [][]byte{{}, data[:len(data)/2], append([]byte("x"), data...), bytes.Repeat([]byte{0}, len(data)), flip(data)} {
		if err := os.WriteFile(names[0], damage, 0o600); err != nil {
			t.Fatal(err)
		}
		res := scan(t, f.dir, o)
		if len(res.Coverage.Notes) != 1 || !strings.Contains(res.Coverage.Notes[0], "is not used") {
			t.Errorf("damage is not told: %v", res.Coverage.Notes)
		}
		check("after damage", true)
	}
}

func flip(data []byte) []byte {
	data = bytes.Clone(data)
	data[cacheHead+3] ^= 1
	return data
}

func FuzzCache(f *testing.F) {
	key := sha256.Sum256(nil)
	f.Add([]byte(cacheMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		sum := sha256.Sum256(data)
		for _, d := range [][]byte{data, append(bytes.Clone(data), sum[:]...)} {
			if ids, err := parseCache(d, key); err == nil && len(ids)%cacheID != 0 {
				t.Fatal("half an id")
			}
		}
	})
}
