package repo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/source/git/object"
)

const (
	one = "1111111111111111111111111111111111111111"
	two = "2222222222222222222222222222222222222222"
)

// makeRepo writes a bare repository by hand.
func makeRepo(t *testing.T, files map[string]string) *Repo {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "objects"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRefs(t *testing.T) {
	r := makeRepo(t, map[string]string{
		"HEAD":                      "ref: refs/heads/main\n",
		"packed-refs":               "# pack-refs with: peeled\n" + one + " refs/heads/main\n" + one + " refs/tags/v1\n^" + two + "\n",
		"refs/heads/main":           two + "\n", // the loose one counts
		"refs/heads/deep/er":        one,
		"refs/remotes/origin/HEAD":  "ref: refs/remotes/origin/main\n",
		"refs/remotes/origin/main":  one + "\n",
		"refs/heads/broken":         "nothing\n",
		"refs/heads/empty":          "",
		"refs/heads/x.lock":         one,
		"refs/heads/loop":           "ref: refs/heads/loop\n",
		"MERGE_HEAD":                one + "\n",
		"worktrees/w/HEAD":          one + "\n",
		"worktrees/w/refs/bisect/b": two + "\n",
	})
	refs, broken := r.Refs()
	var got []string
	for _, ref := range refs {
		got = append(got, ref.Name+" "+ref.ID.String()[:1])
	}
	want := []string{
		"HEAD 2", "MERGE_HEAD 1", "refs/heads/deep/er 1", "refs/heads/main 2", "refs/remotes/origin/HEAD 1", "refs/remotes/origin/main 1",
		"refs/tags/v1 1", "worktrees/w/HEAD 1", "worktrees/w/refs/bisect/b 2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if !slices.Equal(broken, []string{"refs/heads/broken", "refs/heads/empty"}) {
		t.Errorf("broken: %v", broken)
	}
	if id, ok := r.Head(); !ok || id.String() != two {
		t.Errorf("HEAD is %s %v", id, ok)
	}
}

func TestConfig(t *testing.T) {
	for text, want := range map[string]Repo{
		"": {Hash: object.SHA1},
		"[extensions]\n\tobjectFormat = sha256\n":  {Hash: object.SHA256},
		"[extensions]\n\tpartialClone = origin\n":  {Hash: object.SHA1, Promisor: true},
		"[remote \"origin\"]\n\tpromisor = true\n": {Hash: object.SHA1, Promisor: true},
		"[extensions]\n\trefStorage = reftable\n":  {Hash: object.SHA1, RefFormat: "reftable"},
	} {
		r := makeRepo(t, map[string]string{"HEAD": "ref: refs/heads/main\n", "config": text})
		if r.Hash != want.Hash || r.Promisor != want.Promisor || r.RefFormat != want.RefFormat || r.Odd != "" {
			t.Errorf("%q: %+v", text, *r)
		}
	}
	if r := makeRepo(t, map[string]string{"HEAD": one, "config": "[broken\n"}); r.Odd == "" {
		t.Error("a broken configuration is not told")
	}
}

func TestOpenFinds(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); !errors.Is(err, ErrNone) {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "no")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

func TestAlternatesEnd(t *testing.T) {
	r := makeRepo(t, map[string]string{"HEAD": one, "objects/info/alternates": "# comment\n../objects\n../other\n/nowhere\n", "other/info/alternates": "../objects\n"})
	s := r.OpenStore("", nil)
	defer s.Close()
	if len(s.dirs) != 2 || len(s.Troubles) != 1 || !strings.HasSuffix(s.Troubles[0].Name, "nowhere") {
		t.Errorf("folders %v, troubles %v", s.dirs, s.Troubles)
	}
}

// makeIndex writes an index of version 2 or 4.
func makeIndex(version int, paths ...string) []byte {
	out := binary.BigEndian.AppendUint32([]byte("DIRC"), uint32(version))
	out = binary.BigEndian.AppendUint32(out, uint32(len(paths)))
	last := ""
	for i, path := range paths {
		start := len(out)
		entry := make([]byte, indexStat)
		binary.BigEndian.PutUint32(entry[indexMode:], uint32(object.ModeFile))
		out = append(append(out, entry...), bytes.Repeat([]byte{byte(i + 1)}, object.SHA1)...)
		out = binary.BigEndian.AppendUint16(out, uint16(min(len(path), 0xfff)))
		if version == 4 {
			same := 0
			for same < min(len(last), len(path)) && last[same] == path[same] {
				same++
			}
			out = append(append(append(out, byte(len(last)-same)), path[same:]...), 0)
			last = path
			continue
		}
		out = append(append(out, path...), 0)
		for (len(out)-start)%8 != 0 {
			out = append(out, 0)
		}
	}
	return append(out, make([]byte, object.SHA1)...)
}

// entries reads a whole index.
func entries(data []byte, hash int) ([]IndexEntry, error) {
	x, err := NewIndex(data, hash)
	if err != nil {
		return nil, err
	}
	var all []IndexEntry
	for c := x.Cursor(); c.Next(); {
		all = append(all, IndexEntry{string(c.Path), c.ID(), c.Mode, c.Stage, c.Later})
	}
	return all, nil
}

func TestIndex(t *testing.T) {
	paths := []string{"a", "a/b", "dir/file one", "dir/file two", strings.Repeat("x", 5000)}
	for _, version := range []int{2, 4} {
		all, err := entries(makeIndex(version, paths...), object.SHA1)
		if err != nil || len(all) != len(paths) {
			t.Fatalf("version %d: %d entries, %v", version, len(all), err)
		}
		for i, e := range all {
			if e.Path != paths[i] || e.ID[0] != byte(i+1) || e.Mode != object.ModeFile {
				t.Errorf("version %d: %+v", version, e)
			}
		}
		whole := makeIndex(version, paths...)
		for cut := range whole[:200] {
			if all, err := entries(whole[:cut], object.SHA1); err == nil && len(all) == len(paths) {
				t.Errorf("version %d: %d bytes are enough", version, cut)
			}
		}
	}
	split := makeIndex(2, "a")
	split = append(split[:len(split)-object.SHA1], "link\x00\x00\x00\x00"...)
	if _, err := NewIndex(append(split, make([]byte, object.SHA1)...), object.SHA1); !errors.Is(err, ErrSplit) {
		t.Errorf("a split index: %v", err)
	}
}

// A copy of a cursor stays where it was, and goes on as the cursor did.
func TestCursorCopy(t *testing.T) {
	for _, version := range []int{2, 4} {
		x, err := NewIndex(makeIndex(version, "a", "ab/c", "ab/d", "b"), object.SHA1)
		if err != nil {
			t.Fatal(err)
		}
		c := x.Cursor()
		c.Next()
		c.Next()
		d := c.Copy()
		for c.Next() {
		}
		var got []string
		for more := true; more; more = d.Next() {
			got = append(got, string(d.Path))
		}
		if strings.Join(got, " ") != "ab/c ab/d b" {
			t.Errorf("version %d: %q", version, got)
		}
	}
}

func FuzzIndex(f *testing.F) {
	f.Add(makeIndex(2, "a", "b/c"))
	f.Add(makeIndex(4, "a", "a/c"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, hash := range []int{object.SHA1, object.SHA256} {
			all, err := entries(data, hash)
			if err == nil && len(all)*hash > len(data) {
				t.Fatalf("%d entries in %d bytes", len(all), len(data))
			}
		}
	})
}

func cachedTreeText(name string, entries, subs int) string {
	text := fmt.Sprintf("%s\x00%d %d\n", name, entries, subs)
	if entries >= 0 {
		text += strings.Repeat(string(rune('0'+entries)), object.SHA1)
	}
	return text
}

func TestCachedTrees(t *testing.T) {
	text := cachedTreeText("", -1, 2) + cachedTreeText("a", 5, 1) + cachedTreeText("x", 3, 0) + cachedTreeText("b", 2, 0)
	trees := parseCachedTrees([]byte(text), object.SHA1)
	same := func(path string, id byte) int {
		n := trees.Root()
		for _, name := range strings.Fields(path) {
			n = trees.Sub(n, []byte(name))
		}
		entries, ok := trees.Same(n, object.FromBytes(bytes.Repeat([]byte{id}, object.SHA1)))
		if !ok {
			return -1
		}
		return entries
	}
	for _, c := range []struct {
		path string
		id   byte
		want int
	}{{"", '0', -1}, {"a", '5', 5}, {"a", '4', -1}, {"a x", '3', 3}, {"b", '2', 2}, {"x", '3', -1}, {"b x", '3', -1}, {"c d", '3', -1}} {
		if got := same(c.path, c.id); got != c.want {
			t.Errorf("folder %q: %d, want %d", c.path, got, c.want)
		}
	}
	for cut := range text {
		if got := parseCachedTrees([]byte(text[:cut]), object.SHA1); got.Root() != NoCachedTree {
			t.Errorf("%d of %d bytes are enough", cut, len(text))
		}
	}
}

func FuzzCachedTrees(f *testing.F) {
	f.Add([]byte(cachedTreeText("", -1, 1)+cachedTreeText("a", 5, 0)), []byte("a"))
	f.Fuzz(func(t *testing.T, data, name []byte) {
		trees := parseCachedTrees(data, object.SHA1)
		for n := range trees.nodes {
			if sub := trees.Sub(n, name); sub != NoCachedTree && (sub <= n || sub >= trees.nodes[n].end) {
				t.Fatalf("folder %d has %d in it and ends at %d", n, sub, trees.nodes[n].end)
			}
		}
	})
}

func FuzzParseListing(f *testing.F) {
	f.Add([]byte("100644 " + one + " 0\ta b\x00"))
	f.Fuzz(func(t *testing.T, out []byte) {
		all, err := ParseListing(out)
		if err == nil && len(all) > bytes.Count(out, []byte{0})+1 {
			t.Fatal("more entries than lines")
		}
	})
}
