package git

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// fillAll is fill for what has an origin in a repository as well.
func fillAll(v reflect.Value, n int) int {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(int64(1e9+n), 0).In(time.FixedZone("", n%5*1800-3600))))
	case v.Type() == reflect.TypeFor[finding.Secret](), v.Kind() == reflect.String:
		return fill(v, n)
	case v.Type() == reflect.TypeFor[*finding.ImageRef](), v.Type() == reflect.TypeFor[*finding.LogOrigin]():
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return fillAll(v.Elem(), n)
	case v.Kind() == reflect.Bool:
		v.SetBool(n%2 == 0)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "Silenced" { // set by triage
				n = fillAll(v.Field(i), n)
			}
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		n = fillAll(v.Index(1), fillAll(v.Index(0), n))
	default:
		return fill(v, n)
	}
	return n + 1
}

// TestOutcomeForm: every field of what is told comes back, and what is cut short is nothing.
func TestOutcomeForm(t *testing.T) {
	n := 1
	filled := func() telling {
		d := make([]told, 2)
		for i := range d {
			n = fillAll(reflect.ValueOf(&d[i].match).Elem(), n)
			n = fillAll(reflect.ValueOf(&d[i].place).Elem(), n)
		}
		d[1].also = []string{"a", "b"}
		return telling{[]finding.Secret{finding.NewSecret("beside")}, d}
	}
	o := &outcome{
		coverage: finding.Coverage{Counts: map[string]int64{"blobs": 3}, Notes: []string{"note"}},
		known:    []string{"x", "y"}, secrets: []telling{filled(), {}, filled()}, messages: []telling{filled()},
	}
	plain := encodeOutcome(o)
	got := decodeOutcome(plain)
	if got == nil {
		t.Fatal("not read")
	}
	opts := cmp.Options{
		cmp.Comparer(func(a, b finding.Secret) bool { return a.Reveal() == b.Reveal() }),
		cmp.Comparer(func(a, b time.Time) bool { return a.Format(time.RFC3339Nano) == b.Format(time.RFC3339Nano) }),
		cmp.AllowUnexported(outcome{}, telling{}, told{}),
	}
	if diff := cmp.Diff(o, got, opts); diff != "" {
		t.Errorf("-written +read\n%s", diff)
	}
	for i := range plain {
		if decodeOutcome(plain[:i]) != nil {
			t.Fatalf("%d of %d bytes are an outcome", i, len(plain))
		}
	}
	o.messages[0].told[0].place.Origin.Git = nil
	if encodeOutcome(o) != nil {
		t.Error("an origin without a repository is written down")
	}
	o.messages[0] = telling{beside: []finding.Secret{finding.NewHidden("x")}}
	if encodeOutcome(o) != nil {
		t.Error("a hidden value is written down")
	}
}

// TestOutcomeRunsOut: an outcome ends when a credential does that it tells of.
func TestOutcomeRunsOut(t *testing.T) {
	at := time.Date(2033, 5, 1, 0, 0, 0, 0, time.UTC)
	m := finding.Match{Proofs: []finding.Proof{finding.Expiry(at, at.Add(-time.Hour))}}
	for _, o := range []outcome{
		{secrets: []telling{{}, {told: []told{{}, {match: m}}}}},
		{messages: []telling{{told: []told{{match: m}}}}},
	} {
		if o.stale(at) || !o.stale(at.Add(time.Second)) {
			t.Error("stale before its time, or not after")
		}
	}
}

func FuzzOutcome(f *testing.F) {
	o := &outcome{known: []string{"x"}, secrets: []telling{{told: []told{{place: finding.Place{Origin: finding.Origin{Git: &finding.GitOrigin{Commits: 2}}}}}}}}
	f.Add(encodeOutcome(o))
	f.Fuzz(func(t *testing.T, plain []byte) {
		got := decodeOutcome(plain)
		if got == nil {
			return
		}
		if again := encodeOutcome(got); again == nil || decodeOutcome(again) == nil {
			t.Error("what was read cannot be written and read")
		}
	})
}

// again checks a scan twice: with the second, everything is told again.
func (c *cached) again(t *testing.T, what string) {
	t.Helper()
	c.check(t, what)
	if known, all := c.check(t, what+", again"); known != all {
		t.Errorf("%s: %d of %d objects known", what, known, all)
	}
}

// outcomeRepo is a repository with secrets in blobs, names, messages, archives' pointers and what no reference leads to.
func outcomeRepo(t *testing.T) *cached {
	c := newCached(t)
	f := c.f
	scribble(f, rand.New(rand.NewPCG(31, 32)), 10)
	f.write("dir/tok_inname.txt", "nothing\n")
	f.write("a.txt", "tok_first1 tok_beside\nsecret = tok_second\n")
	f.write("b.txt", "tok_first1\n")
	f.write("ignored/only.txt", "tok_ignore\n")
	f.write("big.bin", lfsHead+"oid sha256:00\nsize 1\n")
	f.commit("message with tok_messag")
	f.git("tag", "-a", "v1", "-m", "tag with tok_tagged")
	f.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("12", 20)+",module")
	f.git("commit", "-q", "-m", "submodule")
	f.write("gone.txt", "tok_nobody\n")
	f.commit("to be left")
	f.git("reset", "-q", "--hard", "HEAD~1")
	return c
}

// TestToldAgain: whatever a report depends on, it is as without the cache when that changes, and told again when it does not.
func TestToldAgain(t *testing.T) {
	c := outcomeRepo(t)
	f := c.f
	c.again(t, "as it is")
	for _, args := range [][]string{
		{"branch", "side", "HEAD~4"},
		{"checkout", "-q", "--detach", "HEAD~3"},
		{"branch", "-D", "side"},
		{"tag", "tok_intags"},
		{"tag", "-d", "v1"},
		{"repack", "-adfq", "--depth=30"},
		{"repack", "-adfq", "--depth=1"},
		{"commit", "-q", "--allow-empty", "-m", "more tok_mormsg"},
		{"reflog", "expire", "--expire=all", "--all"},
		{"gc", "-q", "--prune=now"},
	} {
		f.git(args...)
		c.again(t, strings.Join(args, " "))
	}
	f.write("a.txt", "tok_stashd\n")
	f.git("stash", "-q")
	c.again(t, "stash")
	f.write("a.txt", "tok_stashe\n")
	f.git("stash", "-q")
	c.again(t, "a second stash")
	for _, change := range []func(){
		func() { c.o.AllOccurrences = true }, func() { c.o.ReachableOnly = true }, func() { c.o.Branch = "main" }, func() { c.o.Branch = "main~1" },
		func() { c.o.Branch = "" }, func() { c.o.Name = "other" }, func() { c.o.Submodules = true },
		func() { c.o.Only, c.o.Chosen = func(path string) bool { return path != "a.txt" }, "not a" },
		func() { c.o.Only, c.o.Chosen = func(path string) bool { return path == "b.txt" }, "b" },
		func() { c.o.Only, c.o.Chosen = nil, "" },
	} {
		change()
		c.again(t, "other options")
	}
	c.o.Only = func(path string) bool { return path != "b.txt" }
	c.check(t, "a choice without a name")
	c.o.Only = func(path string) bool { return path != "a.txt" }
	c.check(t, "another choice without a name")
}

// TestToldAgainKeepsSecrets: neither secrets nor the names that are some stand in the file, nor do they come out of it once
// what they stand in is something else.
func TestToldAgainKeepsSecrets(t *testing.T) {
	c := outcomeRepo(t)
	c.again(t, "as it is")
	data := mustRead(t, c.files(t)[0])
	for _, s := range []string{"tok_", "inname", "message with", "nobody"} {
		if bytes.Contains(data, []byte(s)) {
			t.Errorf("the cache holds %q", s)
		}
	}
	for _, path := range []string{"HEAD:a.txt", "HEAD:dir", "HEAD~1"} {
		id := c.f.git("rev-parse", path)
		file := filepath.Join(c.f.dir, ".git", "objects", id[:2], id[2:])
		text := mustRead(t, file)
		if err := os.Chmod(file, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
		if known, all := c.known(t); known == all {
			t.Errorf("%s: told without the object", path)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		c.again(t, "mended")
	}
}

// known scans with the cache, and returns how many objects were known and how many there are.
func (c *cached) known(t *testing.T) (known, all int64) {
	t.Helper()
	counts := scan(t, c.f.dir, c.o).Coverage.Counts
	return counts["known objects"], counts["blobs"] + counts["trees"] + counts["commits"] + counts["tags"]
}

// TestToldAgainWhileItGoesOn: those who want to be told while the scan goes on are told the same in the same order.
func TestToldAgainWhileItGoesOn(t *testing.T) {
	c := outcomeRepo(t)
	for i := range 20 {
		c.f.write("many.txt", strings.Repeat("x", i)+" tok_many"+string(rune('a'+i))+"a\n")
		c.f.commit("more")
	}
	told := func(o Options) (out []string) {
		var beside []string
		scanWith(t, c.f.dir, o, scanner.Options{Jobs: 3, Found: func(now scanner.Told) {
			for _, s := range now.Beside {
				beside = append(beside, s.Reveal())
			}
			for _, f := range now.Findings {
				out = append(out, f.Rule+" "+f.Secret.Reveal()+" "+f.Places[0].Origin.Name())
			}
		}})
		slices.Sort(beside)
		return append(out, slices.Compact(beside)...)
	}
	plain := c.o
	plain.Cache = ""
	want := told(plain)
	for _, what := range []string{"first", "second", "third"} {
		if diff := cmp.Diff(want, told(c.o)); diff != "" {
			t.Errorf("%s: -without +with cache\n%s", what, diff)
		}
	}
	if known, all := c.known(t); known != all {
		t.Errorf("%d of %d objects known", known, all)
	}
}

// TestNotToldAgain: what could not be read is tried again, and told.
func TestNotToldAgain(t *testing.T) {
	c := outcomeRepo(t)
	c.f.write("damaged.txt", "whatever this is\n")
	c.f.commit("damaged")
	id := c.f.git("rev-parse", "HEAD:damaged.txt")
	file := filepath.Join(c.f.dir, ".git", "objects", id[:2], id[2:])
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	text := mustRead(t, file)
	if err := os.WriteFile(file, text[:len(text)-4], 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if known, all := c.check(t, "damaged"); known == all {
			t.Error("all is known")
		}
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c.again(t, "mended")
}
