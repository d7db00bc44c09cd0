package git

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules/builtin"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// sighting is a match in a blob, as the tests compare it.
type sighting struct {
	Blob, Rule, Secret string
	At                 finding.Span
}

func compareSightings(a, b sighting) int {
	return cmp.Or(cmp.Compare(a.Blob, b.Blob), cmp.Compare(a.At.Start, b.At.Start), cmp.Compare(a.At.End, b.At.End),
		cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Secret, b.Secret))
}

// throughDeltas returns what a scan along deltas sees in every blob.
func throughDeltas(t testing.TB, path string, so scanner.Options) []sighting {
	t.Helper()
	var mu sync.Mutex
	var out []sighting
	src := sourceFunc(func(ctx context.Context, sink *scanner.Sink) error {
		r, err := repo.Open(path)
		if err != nil {
			return err
		}
		store := r.OpenStore("", nil)
		defer store.Close()
		store.ListLoose()
		table := newTable(store, sink.Jobs())
		run := &run{repo: r, store: store, sink: sink}
		run.observe = func(number int32, resolved []finding.Match) {
			mu.Lock()
			defer mu.Unlock()
			for _, m := range resolved {
				out = append(out, sighting{table.id(number).String(), m.Rule, m.Secret, m.Span})
			}
		}
		run.readContents(ctx, table, newHarvest(len(table.nodes)))
		return nil
	})
	if _, err := scanner.Run(context.Background(), so, src); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(out, compareSightings)
	return slices.Compact(out)
}

// inFull returns what scanning every blob by itself sees.
func inFull(t testing.TB, path string, so scanner.Options) []sighting {
	t.Helper()
	r, err := repo.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	store := r.OpenStore("", nil)
	defer store.Close()
	store.ListLoose()
	reader := store.NewReader()
	ids := map[object.ID]bool{}
	for _, p := range store.Packs {
		for i := range p.Index.Len() {
			ids[p.Index.ID(i)] = true
		}
	}
	for _, l := range store.Loose {
		ids[l.ID] = true
	}
	d := so.NewDetector()
	var out []sighting
	for id := range maps.Keys(ids) {
		kind, text, err := reader.Read(id)
		if err != nil {
			t.Fatal(err)
		}
		if kind != object.Blob {
			continue
		}
		for _, m := range d.Resolve(d.Scan(text, nil, nil)) {
			out = append(out, sighting{id.String(), m.Rule, m.Secret, m.Span})
		}
	}
	slices.SortFunc(out, compareSightings)
	return out
}

type sourceFunc func(context.Context, *scanner.Sink) error

func (f sourceFunc) Scan(ctx context.Context, sink *scanner.Sink) error { return f(ctx, sink) }

// scribble makes commits of random edits to a few files: lines with and without secrets are added, removed, changed in
// the middle, moved, copied, joined; files are renamed, copied, reverted.
func scribble(f *fixture, r *rand.Rand, commits int) {
	files := map[string][]string{"a.txt": nil, "b/c.txt": nil, "b/d e.txt": nil}
	history := []map[string][]string{}
	line := func() string {
		switch r.IntN(8) {
		case 0:
			return fmt.Sprintf("x tok_%06d y", r.IntN(40))
		case 1:
			return fmt.Sprintf("my secret = value%d", r.IntN(40))
		case 2:
			return fmt.Sprintf("tok_%06dtok_%06d", r.IntN(9), r.IntN(9))
		case 3:
			return fmt.Sprintf("#tok_%06d", r.IntN(9))
		case 4:
			return fmt.Sprintf("secret = tok_%06d and more", r.IntN(9))
		}
		return strings.Repeat(fmt.Sprintf("filler %d ", r.IntN(1000)), 1+r.IntN(5))
	}
	for k := range 30 {
		for name := range files {
			files[name] = append(files[name], fmt.Sprintf("start %d of %s", k, name), line())
		}
	}
	for range commits {
		names := slices.Sorted(maps.Keys(files))
		for range 1 + r.IntN(3) {
			name := names[r.IntN(len(names))]
			files[name] = edit(r, files[name], line)
		}
		switch name := names[r.IntN(len(names))]; r.IntN(12) {
		case 0:
			files[fmt.Sprintf("copy%d.txt", r.IntN(5))] = slices.Clone(files[name])
		case 1:
			if len(files) > 2 {
				files[fmt.Sprintf("b/moved%d.txt", r.IntN(5))] = files[name]
				delete(files, name)
			}
		case 2:
			if len(history) > 0 {
				files = maps.Clone(history[r.IntN(len(history))])
			}
		}
		history = append(history, maps.Clone(files))
		f.git("rm", "-q", "-r", "--ignore-unmatch", ".")
		for name, lines := range files {
			end := "\n"
			if len(lines)%7 == 0 {
				end = ""
			}
			f.write(name, strings.Join(lines, "\n")+end)
		}
		f.commit(fmt.Sprintf("commit with tok_%06d", r.IntN(1000)))
	}
}

func edit(r *rand.Rand, lines []string, line func() string) []string {
	lines = slices.Clone(lines)
	if len(lines) == 0 {
		return []string{line()}
	}
	i := r.IntN(len(lines))
	switch r.IntN(7) {
	case 0, 1:
		return slices.Insert(lines, i, line())
	case 2:
		return slices.Delete(lines, i, i+1)
	case 3: // in the middle of a line
		at := r.IntN(len(lines[i]) + 1)
		lines[i] = lines[i][:at] + string("x_#= 0"[r.IntN(6)]) + lines[i][at:]
	case 4: // a byte goes
		if n := len(lines[i]); n > 0 {
			at := r.IntN(n)
			lines[i] = lines[i][:at] + lines[i][at+1:]
		}
	case 5: // a block moves
		j := min(len(lines), i+1+r.IntN(6))
		block := slices.Clone(lines[i:j])
		lines = slices.Delete(lines, i, j)
		return slices.Insert(lines, r.IntN(len(lines)+1), block...)
	case 6: // two lines become one
		if i+1 < len(lines) {
			lines[i] += lines[i+1]
			return slices.Delete(lines, i+1, i+2)
		}
	}
	return lines
}

// layouts are the ways a repository's objects may lie on disk.
var layouts = map[string]func(f *fixture){
	"loose":      func(*fixture) {},
	"one pack":   func(f *fixture) { f.git("repack", "-adfkq") },
	"long chain": func(f *fixture) { f.git("repack", "-adfkq", "--window=200", "--depth=250") },
	"no deltas":  func(f *fixture) { f.git("repack", "-adfkq", "--window=0") },
	"ref deltas": func(f *fixture) {
		f.git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfkq", "--window=50", "--depth=100")
	},
	"many packs": func(f *fixture) {
		f.git("repack", "-adfkq")
		f.git("-c", "pack.packSizeLimit=1m", "repack", "-adfkq", "--max-pack-size=1m")
		for i := range 3 {
			f.git("-c", "pack.window=20", "repack", "-q")
			f.write(fmt.Sprint("later", i), fmt.Sprintf("later tok_later%d\n", i))
			f.git("add", "-A")
			f.git("-c", "user.name=x", "repack", "-q")
		}
	},
	"index v1": func(f *fixture) { f.git("-c", "pack.indexVersion=1", "repack", "-adfkq") },
	"twice": func(f *fixture) {
		f.git("repack", "-adfkq", "--depth=50")
		packs := filepath.Join(f.dir, ".git", "objects", "pack")
		aside := filepath.Join(f.dir, ".git", "aside")
		if err := os.CopyFS(aside, os.DirFS(packs)); err != nil {
			f.t.Fatal(err)
		}
		f.git("repack", "-adfkq", "--depth=3", "--window=3")
		names, err := filepath.Glob(filepath.Join(aside, "*"))
		if err != nil || len(names) == 0 {
			f.t.Fatal("no pack was written: ", err)
		}
		for _, name := range names { // the other pack has another name, or is the same
			if err := os.Rename(name, filepath.Join(packs, "other-"+filepath.Base(name))); err != nil {
				f.t.Fatal(err)
			}
		}
	},
}

func TestDeltaScanEqualsFullScan(t *testing.T) {
	for name, arrange := range layouts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			scribble(f, rand.New(rand.NewPCG(7, uint64(len(name)))), 60)
			arrange(f)
			for _, so := range []scanner.Options{
				{Jobs: 1, NewDetector: newFake},
				{Jobs: 4, NewDetector: newFake},
				{Jobs: 2, NewDetector: newFake, MaxMemory: 4000},
			} {
				want := inFull(t, f.dir, so)
				if len(want) < 1000 {
					t.Fatalf("only %d sightings: the repository is too plain to test with", len(want))
				}
				if diff := gocmp.Diff(want, throughDeltas(t, f.dir, so)); diff != "" {
					t.Fatalf("jobs %d memory %d: -full +delta\n%s", so.Jobs, so.MaxMemory, diff)
				}
			}
		})
	}
}

// TestReportIgnoresLayout repacks a repository in every way and compares whole reports.
func TestReportIgnoresLayout(t *testing.T) {
	f := newFixture(t)
	scribble(f, rand.New(rand.NewPCG(3, 4)), 40)
	f.git("tag", "-a", "v1", "-m", "tagged tok_tagged")
	f.git("update-ref", "-d", "refs/heads/none")
	want := describe(scanWith(t, f.dir, Options{}, scanner.Options{Jobs: 1}))
	for _, name := range slices.Sorted(maps.Keys(layouts)) {
		if name == "many packs" {
			continue // adds objects
		}
		layouts[name](f)
		for _, jobs := range []int{1, 3} {
			if diff := gocmp.Diff(want, describe(scanWith(t, f.dir, Options{}, scanner.Options{Jobs: jobs}))); diff != "" {
				t.Fatalf("%s, %d jobs: -loose +this\n%s", name, jobs, diff)
			}
		}
	}
}

// TestBigRepository compares both scans, with the real detector, on a repository that UNLEAK_BENCH_REPO names. It takes
// minutes.
func TestBigRepository(t *testing.T) {
	path := os.Getenv("UNLEAK_BENCH_REPO")
	if path == "" || testing.Short() {
		t.Skip("UNLEAK_BENCH_REPO is not set")
	}
	compareReal(t, path, 0)
}

// TestRealDetectorThroughDeltas is TestDeltaScanEqualsFullScan with the detector and the rules that ship.
func TestRealDetectorThroughDeltas(t *testing.T) {
	f := newFixture(t)
	scribbleReal(f, rand.New(rand.NewPCG(11, 12)), 60)
	for _, layout := range []string{"one pack", "long chain"} {
		layouts[layout](f)
		compareReal(t, f.dir, 100)
	}
}

func compareReal(t *testing.T, path string, least int) {
	t.Helper()
	engine, err := detectors.New(builtin.Rules(), detectors.Options{})
	if err != nil {
		t.Fatal(err)
	}
	so := scanner.Options{Jobs: 2, NewDetector: func() scanner.Detector { return engine.NewScanner() }}
	full := inFull(t, path, so)
	if len(full) < least {
		t.Fatalf("only %d sightings: the repository is too plain to test with", len(full))
	}
	t.Logf("%d sightings", len(full))
	if diff := gocmp.Diff(full, throughDeltas(t, path, so)); diff != "" {
		t.Fatalf("-full +delta\n%.4000s", diff)
	}
}

// scribbleReal makes commits of random edits to files whose lines are parts of credentials: whole ones, and keys and
// values that only together make one.
func scribbleReal(f *fixture, r *rand.Rand, commits int) {
	letters := func(n int, from string) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = from[r.IntN(len(from))]
		}
		return string(b)
	}
	const upper, mixed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	body := letters(64, mixed)
	line := func() string {
		switch r.IntN(14) {
		case 0:
			return "aws_access_key_id = AK" + "IA" + letters(16, upper)
		case 1:
			return "aws_secret_access_key = " + letters(40, mixed)
		case 2:
			return `password: "` + letters(12, mixed) + `"`
		case 3:
			return "url = postgres://admin:" + letters(10, mixed) + "@db.internal.example.org/app"
		case 4:
			return "-----BEGIN RSA PRIVATE" + " KEY-----"
		case 5:
			return body
		case 6:
			return "-----END RSA PRIVATE" + " KEY-----"
		case 7:
			return "slack: xox" + "b-" + letters(12, "0123456789") + "-" + letters(12, "0123456789") + "-" + letters(24, mixed)
		case 8:
			return "const apiKey = '" + letters(32, mixed) + "';"
		}
		return strings.Repeat(fmt.Sprintf("filler %d ", r.IntN(1000)), 1+r.IntN(5))
	}
	var lines []string
	for range 60 {
		lines = append(lines, line())
	}
	for range commits {
		for range 1 + r.IntN(3) {
			lines = edit(r, lines, line)
		}
		f.write("config.txt", strings.Join(lines, "\n")+"\n")
		f.commit("edit")
	}
}
