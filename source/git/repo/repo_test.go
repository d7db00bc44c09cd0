package repo

import (
	"bytes"
	"encoding/binary"
	"errors"
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

func TestParseIndex(t *testing.T) {
	paths := []string{"a", "a/b", "dir/file one", "dir/file two", strings.Repeat("x", 5000)}
	for _, version := range []int{2, 4} {
		entries, err := ParseIndex(makeIndex(version, paths...), object.SHA1)
		if err != nil || len(entries) != len(paths) {
			t.Fatalf("version %d: %d entries, %v", version, len(entries), err)
		}
		for i, e := range entries {
			if e.Path != paths[i] || e.ID[0] != byte(i+1) || e.Mode != object.ModeFile {
				t.Errorf("version %d: %+v", version, e)
			}
		}
		whole := makeIndex(version, paths...)
		for cut := range whole[:200] {
			if entries, err := ParseIndex(whole[:cut], object.SHA1); err == nil && len(entries) == len(paths) {
				t.Errorf("version %d: %d bytes are enough", version, cut)
			}
		}
	}
	split := makeIndex(2, "a")
	split = append(split[:len(split)-object.SHA1], "link\x00\x00\x00\x00"...)
	if _, err := ParseIndex(append(split, make([]byte, object.SHA1)...), object.SHA1); !errors.Is(err, ErrSplit) {
		t.Errorf("a split index: %v", err)
	}
}

func FuzzParseIndex(f *testing.F) {
	f.Add(makeIndex(2, "a", "b/c"))
	f.Add(makeIndex(4, "a", "a/c"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, hash := range []int{object.SHA1, object.SHA256} {
			entries, err := ParseIndex(data, hash)
			if err == nil && len(entries)*hash > len(data) {
				t.Fatalf("%d entries in %d bytes", len(entries), len(data))
			}
		}
	})
}

func FuzzParseListing(f *testing.F) {
	f.Add([]byte("100644 " + one + " 0\ta b\x00"))
	f.Fuzz(func(t *testing.T, out []byte) {
		entries, err := ParseListing(out)
		if err == nil && len(entries) > bytes.Count(out, []byte{0})+1 {
			t.Fatal("more entries than lines")
		}
	})
}
