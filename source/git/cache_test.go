package git

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// findings describes a result without its coverage.
func findings(res scanner.Result) string {
	res.Coverage = finding.Coverage{}
	return describe(res)
}

// cached compares scans with a cache to scans without.
type cached struct {
	f *fixture
	o Options
}

func newCached(t *testing.T) *cached {
	t.Helper()
	return &cached{newFixture(t), Options{Cache: filepath.Join(t.TempDir(), "cache"), RulesHash: "one"}}
}

// check scans with and without the cache: findings, counts and what is skipped must be the same. It returns how many
// objects were known and how many there are.
func (c *cached) check(t *testing.T, what string) (known, all int64) {
	t.Helper()
	plain := c.o
	plain.Cache = ""
	want, got := scan(t, c.f.dir, plain), scan(t, c.f.dir, c.o)
	if diff := cmp.Diff(findings(want), findings(got)); diff != "" {
		t.Fatalf("%s: -without +with cache\n%s", what, diff)
	}
	known = got.Coverage.Counts["known objects"]
	delete(got.Coverage.Counts, "known objects")
	for _, m := range []map[string]int64{got.Coverage.Counts, want.Coverage.Counts} {
		delete(m, "archive members") // they are within what is known
		delete(m, "archives")
	}
	if diff := cmp.Diff(want.Coverage.Counts, got.Coverage.Counts); diff != "" {
		t.Errorf("%s: -without +with cache\n%s", what, diff)
	}
	if diff := cmp.Diff(want.Coverage.Skipped, got.Coverage.Skipped); diff != "" {
		t.Errorf("%s: -without +with cache\n%s", what, diff)
	}
	for _, unit := range []string{"blobs", "trees", "commits", "tags"} {
		all += want.Coverage.Counts[unit]
	}
	return known, all
}

func (c *cached) files(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(c.o.Cache, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestSecondScan: with the cache, findings and counts stay what they are without, whatever was added or repacked.
func TestSecondScan(t *testing.T) {
	c := newCached(t)
	f := c.f
	scribble(f, rand.New(rand.NewPCG(21, 22)), 20)
	f.write("big.bin", lfsHead+"oid sha256:00\nsize 1\n")
	f.write("clean.txt", strings.Repeat("nothing\n", 500))
	f.write("sub/deep/er/file.txt", "nothing\n")
	f.commit("more")
	f.git("tag", "-a", "v1", "-m", "clean tag")
	f.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("12", 20)+",module")
	f.git("commit", "-q", "-m", "submodule")
	f.git("repack", "-adfkq", "--depth=50")
	if known, _ := c.check(t, "first"); known != 0 {
		t.Errorf("first scan knows %d objects", known)
	}
	if known, all := c.check(t, "second"); known < all/3 {
		t.Errorf("second scan knows %d of %d objects", known, all)
	}
	f.write("clean.txt", strings.Repeat("nothing\n", 400)+"tok_newone\n")
	f.write("a.txt", "tok_newtwo\n")
	f.write("sub/deep/er/tok_inname.txt", "nothing\n")
	f.commit("new tok_newmsg")
	if known, all := c.check(t, "new loose objects"); known < all/3 || known == all {
		t.Errorf("new loose objects: %d of %d objects known", known, all)
	}
	if known, all := c.check(t, "and again"); known != all {
		t.Errorf("and again: %d of %d objects known", known, all)
	}
	f.git("repack", "-adfkq", "--depth=5")
	c.check(t, "repacked")
	f.git("branch", "side", "HEAD~3")
	f.git("checkout", "-q", "--detach", "HEAD~5")
	c.check(t, "other references")
	c.o.Branch = "side"
	c.check(t, "one branch")
	c.o.Branch = ""
	c.o.RulesHash = "two"
	if known, _ := c.check(t, "other rules"); known != 0 {
		t.Errorf("other rules: %d objects known", known)
	}
	names := c.files(t)
	if len(names) != 2 {
		t.Fatalf("cache files: %v", names)
	}
	for _, name := range names {
		for _, s := range []string{"tok_newone", "tok_newmsg", "tok_inname", "two"} {
			if bytes.Contains(mustRead(t, name), []byte(s)) {
				t.Errorf("the cache holds %q", s)
			}
		}
	}
}

// TestSecondScanAfterLoss: what is remembered of trees is not believed once something they may lead to is gone.
func TestSecondScanAfterLoss(t *testing.T) {
	c := newCached(t)
	c.f.write("dir/a.txt", "tok_aaaaaa\n")
	c.f.commit("first")
	c.f.write("dir/b.txt", "nothing\n")
	c.f.commit("second")
	c.check(t, "first")
	blob := c.f.git("rev-parse", "HEAD:dir/b.txt")
	file := filepath.Join(c.f.dir, ".git", "objects", blob[:2], blob[2:])
	text := mustRead(t, file)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"lost a clean file", "and again"} {
		c.check(t, what)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c.check(t, "found again")
	c.f.git("checkout", "-q", "--orphan", "other")
	c.f.commit("orphan")
	c.f.git("branch", "-D", "main")
	c.f.git("reflog", "expire", "--expire=all", "--all")
	c.f.git("gc", "-q", "--prune=now")
	c.check(t, "after gc")
	if known, all := c.check(t, "after gc, again"); known < all/3 {
		t.Errorf("after gc: %d of %d objects known", known, all)
	}
}

// TestSecondScanOfPartialClone: blobs that are fetched later are read then.
func TestSecondScanOfPartialClone(t *testing.T) {
	c := newCached(t)
	c.f.write("dir/a.txt", "tok_aaaaaa\n")
	c.f.write("dir/b.txt", "nothing\n")
	c.f.commit("first")
	c.f.git("config", "uploadpack.allowFilter", "true")
	into := t.TempDir()
	c.f.gitIn(into, nil, "clone", "-q", "--bare", "--filter=blob:none", "file://"+c.f.dir, "part.git")
	c.f.dir = filepath.Join(into, "part.git")
	c.check(t, "first")
	c.check(t, "second")
	c.f.git("cat-file", "blob", "main:dir/a.txt")
	c.check(t, "fetched one")
	c.check(t, "and again")
}

// TestSecondScanAtOnce: scans that write one cache at the same time do no harm.
func TestSecondScanAtOnce(t *testing.T) {
	c := newCached(t)
	scribble(c.f, rand.New(rand.NewPCG(5, 6)), 8)
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() { scan(t, c.f.dir, c.o) })
	}
	group.Wait()
	if known, all := c.check(t, "afterwards"); known < all/3 {
		t.Errorf("%d of %d objects known", known, all)
	}
	if names := c.files(t); len(names) != 1 {
		t.Errorf("cache files: %v", names)
	}
}

// TestDamagedCache: a file that is not what it should be is dropped, and told.
func TestDamagedCache(t *testing.T) {
	c := newCached(t)
	scribble(c.f, rand.New(rand.NewPCG(7, 8)), 5)
	c.check(t, "first")
	name := c.files(t)[0]
	data := mustRead(t, name)
	foreign := bytes.Clone(data)
	copy(foreign[len(memoryMagic):], bytes.Repeat([]byte{7}, sha256.Size))
	for i, damage := range [][]byte{{}, data[:len(data)/2], append([]byte("x"), data...), bytes.Repeat([]byte{0}, len(data)), flip(data), foreign} {
		if err := os.WriteFile(name, damage, 0o600); err != nil {
			t.Fatal(err)
		}
		res := scan(t, c.f.dir, c.o)
		if len(res.Coverage.Notes) != 1 || !strings.Contains(res.Coverage.Notes[0], "is not used") {
			t.Errorf("damage %d is not told: %v", i, res.Coverage.Notes)
		}
		if known, _ := c.check(t, "after damage"); known == 0 {
			t.Errorf("damage %d: the file was not made anew", i)
		}
	}
}

func flip(data []byte) []byte {
	data = bytes.Clone(data)
	data[memoryHead+3] ^= 1
	return data
}

func TestTidyCache(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"git-old.objects", "git-used.objects", "git-new-1", "verdicts.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	then := now.Add(-2 * cacheKept)
	for _, name := range []string{"git-old.objects", "git-new-1", "verdicts.json"} {
		if err := os.Chtimes(filepath.Join(dir, name), then, then); err != nil {
			t.Fatal(err)
		}
	}
	tidyCache(dir, now)
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != 2 {
		t.Errorf("kept: %v", names)
	}
}

func parseMemory(data []byte, key [sha256.Size]byte, hash int) (*memory, error) {
	m, rest, err := openMemory(data, key, hash)
	if err == nil {
		err = m.parse(rest)
	}
	return m, err
}

// FuzzMemory: what is accepted says the same when it is written and read again.
func FuzzMemory(f *testing.F) {
	key := sha256.Sum256(nil)
	m := &memory{
		outcome: []byte("outcome"),
		ids:     bytes.Repeat([]byte("0123456789abcdef"), 3), states: []byte{1 | stateKnown, 2 | stateKnown, 3 | stateLeaf | stateSpots}, names: []string{"a", "dir"},
		forest:  [][]edge{{}, {{name: edgeLeaf, child: 2}, {name: edgeGitlink | 1, child: none}}, {{name: edgeTree | 1, child: 1}}},
		commits: []recalled{{tree: 1, date: -5, parents: []int32{}}}, trees: []int32{2},
		secrets: []string{"rule", "other", "rule"}, lists: [][]int32{{}, {2, 0, 1}},
		spots: []spotsOfBlob{{1, []finding.Span{{Start: 3, End: 9}, {Start: 12, End: 70}}, []byte("sealed")}},
	}
	m.ids[memoryID], m.ids[2*memoryID] = '1', '2'
	whole := m.encode(key)
	if got, err := parseMemory(whole, key, 0); err != nil || !bytes.Equal(got.encode(key), whole) || len(got.forest) != 3 {
		f.Fatalf("seed: %v", err)
	}
	f.Add(whole[memoryHead : len(whole)-sha256.Size])
	f.Fuzz(func(t *testing.T, body []byte) {
		data := append(append([]byte(memoryMagic), key[:]...), body...)
		sum := sha256.Sum256(data)
		got, err := parseMemory(append(data, sum[:]...), key, 0)
		if err != nil {
			return
		}
		again, err := parseMemory(got.encode(key), key, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.encode(key), again.encode(key)) {
			t.Fatal("another memory when written and read")
		}
	})
}
