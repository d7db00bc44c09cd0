package image

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/sourcetest"
)

// counting is a detector that counts the bytes it is given.
type counting struct {
	sourcetest.Detector
	bytes *atomic.Int64
}

func (c counting) Scan(text []byte, dirty []finding.Span, out []finding.Match) []finding.Match {
	if dirty == nil {
		dirty = []finding.Span{{End: len(text)}}
	}
	for _, d := range dirty { // several share a long text
		c.bytes.Add(int64(d.Len()))
	}
	return c.Detector.Scan(text, dirty, out)
}

// scanCounted scans and returns how many bytes reached the detector.
func scanCounted(t *testing.T, jobs int, opts Options, refs ...string) (scanner.Result, int64) {
	t.Helper()
	opts.NoDaemon = true
	s, err := New(refs, opts)
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64
	res, err := scanner.Run(t.Context(), scanner.Options{
		Jobs: jobs, NewDetector: func() scanner.Detector { return counting{bytes: &n} },
	}, s)
	if err != nil {
		t.Fatal(err)
	}
	return res, n.Load()
}

// noise is text that does not pack well.
func noise(seed uint64, n int) string {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdefghijklmnopqrstuvwxyz \n"[r.IntN(38)]
	}
	return string(b)
}

// TestTwentyTags: tags that share their base cost little more than one of them, and nothing new costs nothing the next
// time.
func TestTwentyTags(t *testing.T) {
	var served atomic.Int64
	host := serve(t, nil)
	counted := serveCounted(t, host, &served)
	base := addition("base", gzipped, entry{name: "usr/lib/a", body: noise(1, 2<<20)}, entry{name: "usr/lib/b", body: noise(2, 1<<20)})
	tag := func(i int) string { return fmt.Sprintf("%s/team/app:%d", counted, i) }
	own := func(i int) mutate.Addendum {
		return addition("own", zstded, entry{name: "app/version", body: fmt.Sprint("version ", i)}, entry{name: "app/lib", body: noise(3, 256<<10)},
			entry{name: "app/conf", body: sourcetest.Token(i % 2)})
	}
	var refs []string
	for i := range 20 {
		push(t, strings.Replace(tag(i), counted, host, 1), build(t, v1.Config{}, base, own(i)))
		refs = append(refs, tag(i))
	}
	cache := filepath.Join(t.TempDir(), "cache")
	opts := Options{Cache: cache, RulesHash: "rules", NoReferrers: true}
	const once = 3<<20 + 256<<10
	_, one := scanCounted(t, 2, Options{NoReferrers: true}, refs[0])
	if one < once {
		t.Fatalf("one tag: %d bytes", one)
	}
	served.Store(0)
	res, all := scanCounted(t, 2, opts, refs...)
	t.Logf("one tag %d bytes, twenty %d; %d bytes from the registry", one, all, served.Load())
	if c := res.Coverage; all > one*11/10 || c.Counts["images"] != 20 || c.Counts["layers"] != 21 || c.Incomplete() || len(res.Findings) != 2 {
		t.Errorf("twenty tags: %d bytes against %d of one; %+v", all, one, c)
	}
	if n := served.Load(); n > 3<<20+20*(256<<10+8<<10) {
		t.Errorf("%d bytes from the registry", n)
	}

	// Again: the base is known by its digest and not even fetched, the library by its content.
	served.Store(0)
	again, bytes := scanCounted(t, 2, opts, refs...)
	t.Logf("again: %d bytes, %d from the registry", bytes, served.Load())
	if bytes > one/20 || served.Load() > 20*(256<<10+8<<10) {
		t.Errorf("the second time: %d bytes, %d from the registry", bytes, served.Load())
	}
	if d := cmp.Diff(sourcetest.Places(res), sourcetest.Places(again)); d != "" {
		t.Errorf("findings (-first +second):\n%s", d)
	}
	if c := again.Coverage.Counts; c["layers known to be clean"] != 1 || c["layers"] != 20 || c["files known to be clean"] == 0 {
		t.Errorf("counts %v", c)
	}
}

// serveCounted stands before a registry and counts the bytes of blobs that pass.
func serveCounted(t *testing.T, host string, served *atomic.Int64) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		res, err := http.Get("http://" + host + r.URL.Path)
		if err != nil {
			t.Error(err)
			return true
		}
		defer res.Body.Close()
		for k, v := range res.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(res.StatusCode)
		buf := make([]byte, 64<<10)
		for {
			n, err := res.Body.Read(buf)
			if strings.Contains(r.URL.Path, "/blobs/") {
				served.Add(int64(n))
			}
			_, _ = w.Write(buf[:n])
			if err != nil {
				return true
			}
		}
	})
}

// TestIdenticalFiles: one that lies in several layers, under several names, is scanned once and reported at all of them,
// and the report does not depend on who scanned it.
func TestIdenticalFiles(t *testing.T) {
	text := noise(1, 100<<10) + sourcetest.Token(1)
	packed := string(gzipped(tarOf(entry{name: "in", body: noise(2, 100<<10) + sourcetest.Token(2)})))
	dir := saveLayout(t,
		build(t, v1.Config{}, addition("a", gzipped, entry{name: "a", body: text}, entry{name: "a.tgz", body: packed}, entry{name: "again", body: text})),
		build(t, v1.Config{}, addition("b", zstded, entry{name: "b", body: text}, entry{name: "b.tgz", body: packed}, entry{name: "own", body: "x"})),
	)
	var first scanner.Result
	for i, jobs := range []int{1, 2, 8} {
		res, bytes := scanCounted(t, jobs, Options{Archives: 4}, dir)
		if i == 0 {
			first = res
			if bytes > 210<<10 {
				t.Errorf("%d bytes scanned", bytes)
			}
			want := []string{"a", "a.tgz!in", "again", "b", "b.tgz!in"}
			var got []string
			for _, f := range res.Findings {
				for _, p := range f.Places {
					got = append(got, p.Origin.Name())
				}
			}
			if d := cmp.Diff(strings.Join(want, " "), strings.Join(slices.Sorted(slices.Values(got)), " ")); d != "" {
				t.Errorf("places (-want +got):\n%s", d)
			}
		}
		if d := cmp.Diff(first.Coverage, res.Coverage); d != "" {
			t.Errorf("%d jobs (-one +many):\n%s", jobs, d)
		}
		if d := cmp.Diff(sourcetest.Places(first), sourcetest.Places(res)); d != "" {
			t.Errorf("%d jobs (-one +many):\n%s", jobs, d)
		}
	}
	if c := first.Coverage; c.Bytes < 400<<10 || c.Counts["archives"] != 2 || c.Counts["archive members"] != 2 || c.Counts["files"] != 6 {
		t.Errorf("coverage %+v", c)
	}
}

func TestKnownLayersStillHide(t *testing.T) {
	img := build(t, v1.Config{},
		addition("a", gzipped, entry{name: "etc/deleted", body: sourcetest.Token(1)}, entry{name: "etc/kept", body: sourcetest.Token(2)}, entry{name: "dir/x", body: sourcetest.Token(3)}),
		addition("b", gzipped, entry{name: "etc/.wh.deleted"}, entry{name: "dir/.wh..wh..opq"}, entry{name: "etc/other", body: "clean"}))
	dir := saveLayout(t, img)
	want := map[string]string{"1": "etc/deleted layer 0 removed", "2": "etc/kept layer 0", "3": "dir/x layer 0 removed"}
	cache := t.TempDir()
	for i := range 2 {
		res := scan(t, Options{Cache: cache, RulesHash: "r"}, dir)
		if d := cmp.Diff(want, told(res)); d != "" || res.Coverage.Counts["layers known to be clean"] != int64(i) {
			t.Errorf("run %d (-want +got):\n%s%+v", i, d, res.Coverage)
		}
	}
}

// TestWhatIsNotRemembered: a layer that could not be read whole, one of other rules, and a damaged cache.
func TestWhatIsNotRemembered(t *testing.T) {
	clean := func(b []byte) []byte { return gzipped(b) }
	cut := func(b []byte) []byte { b = gzipped(b); return b[:len(b)-10] }
	for name, how := range map[string]func([]byte) []byte{"whole": clean, "cut": cut} {
		cache := t.TempDir()
		dir := saveLayout(t, build(t, v1.Config{}, addition("a", how, entry{name: "f", body: noise(1, 5000)})))
		run := func(rules string) scanner.Result {
			return scan(t, Options{Cache: cache, RulesHash: rules}, dir)
		}
		first := run("one")
		if n := run("one").Coverage.Counts["layers known to be clean"]; (n == 1) != (name == "whole") {
			t.Errorf("%s: %d layers known", name, n)
		}
		if n := run("two").Coverage.Counts["layers known to be clean"]; n != 0 {
			t.Errorf("%s, other rules: %d layers known", name, n)
		}
		if name == "cut" {
			if d := cmp.Diff(first.Coverage.Skipped, run("one").Coverage.Skipped); d != "" {
				t.Errorf("what cannot be read is told once only: %s", d)
			}
			continue
		}
		files, err := os.ReadDir(cache)
		if err != nil || len(files) != 4 {
			t.Fatalf("%d files in the cache, %v", len(files), err)
		}
		for _, f := range files {
			file := filepath.Join(cache, f.Name())
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
			}
			b[len(b)/2] ^= 1
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if c := run("one").Coverage; c.Counts["layers"] != 1 || c.Counts["files known to be clean"] != 0 {
			t.Errorf("a damaged cache is believed: %+v", c)
		}
	}
}

func TestCacheThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	res := scan(t, Options{Cache: file, RulesHash: "r"}, saveLayout(t, platformed(t, 1), build(t, v1.Config{}, addition("a", gzipped, entry{name: "f", body: "x"}))))
	if len(res.Findings) != 1 || len(res.Coverage.Notes) != 1 {
		t.Errorf("%d findings, notes %q", len(res.Findings), res.Coverage.Notes)
	}
}

func TestTidy(t *testing.T) {
	dir := t.TempDir()
	k := &known{dir: dir}
	old := time.Now().Add(-100 * 24 * time.Hour)
	for name, at := range map[string]time.Time{
		"image-aa.files": old, "image-new-1": time.Now().Add(-2 * newKept), "image-bb.files": time.Now(), "git-aa.objects": old, "notes": old,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	k.tidy(time.Now())
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if d := cmp.Diff([]string{"git-aa.objects", "image-bb.files", "notes"}, left); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// FuzzKnownNames: what was encoded comes back, and nothing else does.
func FuzzKnownNames(f *testing.F) {
	n := newNames()
	n.add("a/b", false)
	n.add("a/.wh.c", false)
	n.seal()
	f.Add(n.encode(nil))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := decodeNames(b)
		if err != nil {
			return
		}
		again, err := decodeNames(n.encode(nil))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(n, again, cmp.AllowUnexported(names{})); d != "" {
			t.Error(d)
		}
	})
}
