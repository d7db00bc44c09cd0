package image

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/zstd"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/sourcetest"
)

// entry is one member of a layer; without a type it is a file.
type entry struct {
	name, body, link string
	kind             byte
}

func tarOf(entries ...entry) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.body)), Typeflag: e.kind, Linkname: e.link}
		if e.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if err := w.WriteHeader(h); err != nil {
			panic(err)
		}
		_, _ = io.WriteString(w, e.body)
	}
	_ = w.Close()
	return b.Bytes()
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

func zstded(b []byte) []byte {
	w, _ := zstd.NewWriter(nil)
	return w.EncodeAll(b, nil)
}

// addition is a layer with its history; how packs it.
func addition(by string, how func([]byte) []byte, entries ...entry) mutate.Addendum {
	mt := types.OCILayer
	blob := tarOf(entries...)
	diff, _, _ := v1.SHA256(bytes.NewReader(blob))
	if how != nil {
		blob = how(blob)
	} else {
		mt = types.OCIUncompressedLayer
	}
	return mutate.Addendum{Layer: packedLayer{static.NewLayer(blob, mt), diff}, History: v1.History{CreatedBy: by}, MediaType: mt}
}

// packedLayer knows the digest of what is packed in it.
type packedLayer struct {
	v1.Layer
	diff v1.Hash
}

func (l packedLayer) DiffID() (v1.Hash, error) { return l.diff, nil }

func build(t *testing.T, config v1.Config, layers ...mutate.Addendum) v1.Image {
	t.Helper()
	img, err := mutate.Append(mutate.MediaType(empty.Image, types.OCIManifestSchema1), layers...)
	if err != nil {
		t.Fatal(err)
	}
	cf, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	cf = cf.DeepCopy()
	cf.Config, cf.OS, cf.Architecture = config, "linux", "amd64"
	if img, err = mutate.ConfigFile(img, cf); err != nil {
		t.Fatal(err)
	}
	return img
}

func saveLayout(t *testing.T, imgs ...v1.Image) string {
	t.Helper()
	dir := t.TempDir()
	l, err := layout.Write(dir, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	for _, img := range imgs {
		if err := l.AppendImage(img); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// saveTar writes a folder as a tar file.
func saveTar(t *testing.T, dir string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "image.tar")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := tar.NewWriter(f)
	if err := w.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

func scan(t *testing.T, opts Options, refs ...string) scanner.Result {
	t.Helper()
	opts.NoDaemon = true
	s, err := New(refs, opts)
	if err != nil {
		t.Fatal(err)
	}
	return sourcetest.Run(t, 3, s)
}

func TestSuite(t *testing.T) {
	lay := func(t *testing.T, texts map[string]string) []mutate.Addendum {
		var groups [3][]entry
		for i, name := range slices.Sorted(maps.Keys(texts)) {
			groups[i%3] = append(groups[i%3], entry{name: name, body: texts[name]})
		}
		return []mutate.Addendum{
			addition("a", gzipped, groups[0]...), addition("b", nil, groups[1]...), addition("c", zstded, groups[2]...),
		}
	}
	sourcetest.Suite(t, sourcetest.Case{
		Names: true,
		Make: func(t *testing.T, texts map[string]string) scanner.Source {
			s, err := New([]string{saveLayout(t, build(t, v1.Config{}, lay(t, texts)...))}, Options{Archives: 8})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		Broken: func(t *testing.T, texts map[string]string) scanner.Source {
			cut := func(b []byte) []byte { b = gzipped(b); return b[:len(b)-20] }
			layers := append(lay(t, texts), addition("cut", cut, entry{name: "other", body: strings.Repeat("z\n", 10000)}))
			s, err := New([]string{saveLayout(t, build(t, v1.Config{}, layers...))}, Options{Archives: 8})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	})
}

// story is an image in which everything happens to files.
func story(t *testing.T) v1.Image {
	tok := sourcetest.Token
	return build(t,
		v1.Config{
			Env: []string{"PATH=/bin", "KEY=" + tok(90)}, Labels: map[string]string{"com.x": tok(91)},
			Entrypoint: []string{"run", "--token", tok(92)}, Cmd: []string{tok(93)},
			Healthcheck: &v1.HealthConfig{Test: []string{"CMD", "curl", tok(94)}},
		},
		addition("COPY base", gzipped,
			entry{name: "./kept", body: tok(1)}, entry{name: "/deleted", body: tok(2)}, entry{name: "overwritten", body: tok(3)},
			entry{name: "dir/", kind: tar.TypeDir}, entry{name: "dir/a", body: tok(4)}, entry{name: "opaque/b", body: tok(5)},
			entry{name: "tree/deep/c", body: tok(6)}, entry{name: "was-dir/d", body: tok(7)},
			entry{name: "linked", body: tok(8)}, entry{name: "other-name", kind: tar.TypeLink, link: "linked"},
			entry{name: "../../outside", body: tok(9)}, entry{name: "abs", kind: tar.TypeSymlink, link: "/../../etc/passwd"},
		),
		addition("RUN rm "+tok(95), zstded,
			entry{name: ".wh.deleted"}, entry{name: "overwritten", body: tok(10)}, entry{name: "opaque/.wh..wh..opq"},
			entry{name: "opaque/new", body: tok(11)}, entry{name: ".wh.tree"}, entry{name: ".wh.linked"}, entry{name: "dir/", kind: tar.TypeDir},
		),
		addition("COPY top", nil, entry{name: "was-dir", body: tok(12)}, entry{name: "z.tar.gz", body: string(gzipped(tarOf(entry{name: "in/f", body: tok(13)})))}),
	)
}

// told is what a place says.
func told(res scanner.Result) map[string]string {
	out := map[string]string{}
	for _, f := range res.Findings {
		for _, p := range f.Places {
			i := p.Origin.Image
			s := fmt.Sprintf("%s layer %d", p.Origin.Name(), i.LayerIndex)
			if i.Field != "" {
				s = i.Field
			}
			if i.Removed {
				s += " removed"
			}
			out[strings.TrimLeft(f.Secret.Reveal()[4:], "0")] += s
		}
	}
	return out
}

var wantStory = map[string]string{
	"1": "kept layer 0", "2": "deleted layer 0 removed", "3": "overwritten layer 0 removed", "4": "dir/a layer 0",
	"5": "opaque/b layer 0 removed", "6": "tree/deep/c layer 0 removed", "7": "was-dir/d layer 0 removed",
	"8": "linked layer 0", "9": "outside layer 0", "10": "overwritten layer 1", "11": "opaque/new layer 1",
	"12": "was-dir layer 2", "13": "z.tar.gz!in/f layer 2",
	"90": "env KEY", "91": "label com.x", "92": "entrypoint", "93": "cmd", "94": "healthcheck test", "95": "history 2 created_by",
}

func TestEveryRoute(t *testing.T) {
	img := story(t)
	dir := saveLayout(t, img)
	saved := filepath.Join(t.TempDir(), "saved.tar")
	tag, err := name.NewTag("example.test/app:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := tarball.WriteToFile(saved, tag, img); err != nil {
		t.Fatal(err)
	}
	ociTar := saveTar(t, dir)
	packed := filepath.Join(t.TempDir(), "packed.bin")
	whole, err := os.ReadFile(ociTar)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(packed, gzipped(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{dir, "oci:" + dir, saved, "docker-archive:" + saved, ociTar, "oci-archive:" + ociTar, packed} {
		res := scan(t, Options{Archives: 4}, ref)
		if d := cmp.Diff(wantStory, told(res)); d != "" {
			t.Errorf("%s (-want +got):\n%s", ref, d)
		}
		if res.Coverage.Incomplete() || res.Coverage.Counts["layers"] != 3 {
			t.Errorf("%s: coverage %+v", ref, res.Coverage)
		}
	}
}

func TestAttribution(t *testing.T) {
	res := scan(t, Options{}, saveLayout(t, story(t)))
	for _, f := range res.Findings {
		if f.Secret.Reveal() != sourcetest.Token(2) {
			continue
		}
		i := f.Places[0].Origin.Image
		if i.CreatedBy != "COPY base" || !i.Removed || i.RemovedIn == "" || i.RemovedIn == i.Layer || i.Platform != "linux/amd64" ||
			!strings.HasPrefix(i.Layer, "sha256:") || !strings.HasPrefix(i.Digest, "sha256:") {
			t.Errorf("place says %+v", i)
		}
		return
	}
	t.Error("not found")
}

func TestSharedLayersAreReadOnce(t *testing.T) {
	base := addition("base", gzipped, entry{name: "f", body: sourcetest.Token(1) + strings.Repeat("\n", 50_000)})
	one := build(t, v1.Config{}, base)
	two := build(t, v1.Config{}, base, addition("rm", gzipped, entry{name: ".wh.f"}))
	res := scan(t, Options{}, saveLayout(t, one), saveLayout(t, two))
	if n := res.Coverage.Counts["layers"]; n != 2 || res.Coverage.Bytes > 60_000 {
		t.Errorf("%d layers, %d bytes read", n, res.Coverage.Bytes)
	}
	if len(res.Findings) != 1 || len(res.Findings[0].Places) != 2 {
		t.Fatalf("findings %+v", res.Findings)
	}
	removed := 0
	for _, p := range res.Findings[0].Places {
		if p.Origin.Image.Removed {
			removed++
		}
	}
	if removed != 1 {
		t.Errorf("removed in %d of two images, want one", removed)
	}
}

func TestDamage(t *testing.T) {
	img := build(t, v1.Config{}, addition("a", gzipped, entry{name: "f", body: sourcetest.Token(1)}), addition("b", gzipped, entry{name: "g", body: sourcetest.Token(2)}))
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	digest, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		spoil func(path string) error
		want  finding.SkipReason
		found int
	}{
		{"other content", func(p string) error {
			return os.WriteFile(p, gzipped(tarOf(entry{name: "f", body: sourcetest.Token(1) + "!"})), 0o600)
		}, finding.SkipCorrupt, 2},
		{"truncated", func(p string) error { return os.Truncate(p, 40) }, finding.SkipCorrupt, 1},
		{"missing", os.Remove, finding.SkipMissing, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := saveLayout(t, img)
			if err := c.spoil(filepath.Join(dir, "blobs", "sha256", digest.Hex)); err != nil {
				t.Fatal(err)
			}
			res := scan(t, Options{}, dir)
			if len(res.Findings) != c.found || res.Coverage.Skipped[c.want] != 1 {
				t.Errorf("%d findings, coverage %+v", len(res.Findings), res.Coverage)
			}
		})
	}
}

func tryScan(t *testing.T, s scanner.Source) (scanner.Result, error) {
	t.Helper()
	return scanner.Run(t.Context(), scanner.Options{NewDetector: sourcetest.New}, s)
}

func scanError(t *testing.T, s scanner.Source) error {
	t.Helper()
	_, err := tryScan(t, s)
	return err
}

func TestLayerBomb(t *testing.T) {
	bomb := build(t, v1.Config{}, addition("zeros", gzipped, entry{name: "z", body: strings.Repeat("0", 30<<20)}), addition("b", gzipped, entry{name: "f", body: sourcetest.Token(1)}))
	res := scan(t, Options{Limits: archive.Limits{Ratio: 100, Free: 1 << 20}}, saveLayout(t, bomb))
	if res.Coverage.Skipped[finding.SkipBudget] != 1 || len(res.Findings) != 1 {
		t.Errorf("%d findings, %+v", len(res.Findings), res.Coverage)
	}
}

func TestBaseLayersAreMarked(t *testing.T) {
	base := addition("base", gzipped, entry{name: "f", body: sourcetest.Token(1)})
	repacked := addition("base", zstded, entry{name: "f", body: sourcetest.Token(1)})
	app := build(t, v1.Config{}, base, addition("own", gzipped, entry{name: "g", body: sourcetest.Token(2)}))
	for _, b := range []v1.Image{build(t, v1.Config{}, base), build(t, v1.Config{}, repacked)} {
		res := scan(t, Options{Bases: []string{saveLayout(t, b)}}, saveLayout(t, app))
		marked := map[string]bool{}
		for _, f := range res.Findings {
			marked[f.Places[0].Origin.Path] = f.Places[0].Origin.Image.Base
		}
		if d := cmp.Diff(map[string]bool{"f": true, "g": false}, marked); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
	other := build(t, v1.Config{}, addition("base", gzipped, entry{name: "f", body: "other"}))
	res := scan(t, Options{Bases: []string{saveLayout(t, other)}}, saveLayout(t, app))
	for _, f := range res.Findings {
		if f.Places[0].Origin.Image.Base {
			t.Errorf("%s is not of the base", f.Places[0].Origin.Path)
		}
	}
}

// endless gives the same text for ever.
type endless struct{ read int64 }

func (e *endless) Read(b []byte) (int, error) {
	e.read += int64(len(b))
	return copy(b, bytes.Repeat([]byte("y\n"), len(b)/2+1)), nil
}

// TestEndlessStandardInput is told before it fills the disk, also where it is packed.
func TestEndlessStandardInput(t *testing.T) {
	run := func(r io.Reader) error {
		s, err := New([]string{"-"}, Options{Stdin: r, Limits: archive.Limits{Ratio: 10, Free: 1 << 20}})
		if err != nil {
			t.Fatal(err)
		}
		return scanError(t, s)
	}
	text := &endless{}
	if err := run(text); err == nil || text.read > 1<<20 {
		t.Errorf("error %v after %d bytes", err, text.read)
	}
	bomb := gzipped(tarOf(entry{name: "z", body: strings.Repeat("0", 30<<20)}))
	if err := run(bytes.NewReader(bomb)); err == nil || !strings.Contains(err.Error(), "times its size") {
		t.Errorf("a bomb: error %v", err)
	}
	if err := run(strings.NewReader("")); err == nil {
		t.Error("nothing at all is an image")
	}
}
