package image

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/sourcetest"
)

// TestNamedTwice: one thing under several names is read and reported once, two tags of one image are two.
func TestNamedTwice(t *testing.T) {
	img := build(t, v1.Config{Env: []string{"KEY=" + sourcetest.Token(2)}}, addition("ADD x", gzipped, entry{name: "x", body: sourcetest.Token(1)}))
	layout := saveLayout(t, img)
	file := saveTar(t, layout)
	app := serve(t, nil) + "/team/app"
	push(t, app+":1", img)
	push(t, app+":2", img)
	digest, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		refs   []string
		images int64
	}{
		{[]string{layout, layout + "/", "oci:" + layout, filepath.Join(layout, "..", filepath.Base(layout))}, 1},
		{[]string{file, file, "oci-archive:" + file}, 1},
		{[]string{"docker://" + app + ":1", app + ":1"}, 1},
		{[]string{app + ":1", app + "@" + digest.String()}, 1},
		{[]string{app + "@" + digest.String(), app + ":1"}, 1},
		{[]string{app + ":1", app + ":2", app + ":1"}, 2},
		{[]string{layout, file}, 2},
	} {
		res := scan(t, Options{NoDaemon: true}, c.refs...)
		if got := res.Coverage.Counts["images"]; got != c.images || len(res.Findings) != 2 {
			t.Errorf("%q: %d images, %d findings; want %d, 2", c.refs, got, len(res.Findings), c.images)
		}
		for _, f := range res.Findings {
			if int64(len(f.Places)) != c.images {
				t.Errorf("%q: %d places: %+v", c.refs, len(f.Places), f.Places)
			}
		}
	}
}

// TestWhatIsNoImageArchive: the error says what is wrong and what can be done.
func TestWhatIsNoImageArchive(t *testing.T) {
	layout := saveLayout(t, build(t, v1.Config{}, addition("ADD x", nil, entry{name: "x", body: noise(1, 300<<10)})))
	whole, err := os.ReadFile(saveTar(t, layout))
	if err != nil {
		t.Fatal(err)
	}
	packed := gzipped(whole)
	for _, c := range []struct {
		name string
		text []byte
		want []string
	}{
		{"empty", nil, []string{"empty"}},
		{"garbage", []byte(noise(3, 3000)), []string{"not a tar archive", "unleak scan"}},
		{"cut", whole[:100<<10], []string{"cut short", "unexpected EOF", "member 1", "save it again", "unleak scan"}},
		{"cut and packed", packed[:len(packed)/3], []string{"cut short", "unexpected EOF", "save it again", "unleak scan"}},
		{"damaged head", append(packed[:12:12], noise(4, 1000)...), []string{"damaged", "unleak scan"}},
		{"another archive", tarOf(entry{name: "a", body: "b"}), []string{"neither manifest.json nor index.json", "unleak scan"}},
	} {
		file := filepath.Join(t.TempDir(), "x.tar")
		if err := os.WriteFile(file, c.text, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := New([]string{file}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		err = scanError(t, s)
		for _, want := range append(c.want, "x.tar") {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v, want %q in it", c.name, err, want)
			}
		}
	}
}

// TestCutPackedArchive: of an archive that is packed and cut short, the images that are there are read, and the damage
// is told.
func TestCutPackedArchive(t *testing.T) {
	layout := saveLayout(t, build(t, v1.Config{Env: []string{"KEY=" + sourcetest.Token(2)}}, addition("ADD x", nil, entry{name: "x", body: sourcetest.Token(1)})))
	whole, err := os.ReadFile(saveTar(t, layout))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x.tar.gz")
	packed := gzipped(append(whole[:len(whole)-1024], tarOf(entry{name: "more", body: noise(9, 100<<10)})...))
	if err := os.WriteFile(file, packed[:len(packed)-5000], 0o644); err != nil {
		t.Fatal(err)
	}
	res := scan(t, Options{}, file)
	if len(res.Findings) != 2 || res.Coverage.Skipped[finding.SkipCorrupt] != 1 || !strings.Contains(res.Coverage.Examples[0].Detail, "unexpected EOF") {
		t.Errorf("%d findings, %+v", len(res.Findings), res.Coverage)
	}
}

// TestOneImageOfADockerArchive: a tag behind the path picks one of several.
func TestOneImageOfADockerArchive(t *testing.T) {
	images := map[name.Reference]v1.Image{}
	for n, tag := range []string{"app:1", "example.com/web:2"} {
		ref, err := name.ParseReference(tag)
		if err != nil {
			t.Fatal(err)
		}
		images[ref] = build(t, v1.Config{}, addition("ADD x", nil, entry{name: "x", body: sourcetest.Token(n + 1)}))
	}
	file := filepath.Join(t.TempDir(), "two.tar")
	if err := tarball.MultiRefWriteToFile(file, images); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]map[string]string{
		file:                                {"1": "x layer 0", "2": "x layer 0"},
		"docker-archive:" + file + ":app:1": {"1": "x layer 0"},
		"docker-archive:" + file + ":example.com/web:2": {"2": "x layer 0"},
	} {
		if d := cmp.Diff(want, told(scan(t, Options{}, ref))); d != "" {
			t.Errorf("%s (-want +got):\n%s", ref, d)
		}
	}
	s, err := New([]string{"docker-archive:" + file + ":gone:1"}, Options{})
	if err == nil {
		err = scanError(t, s)
	}
	if err == nil || !strings.Contains(err.Error(), "gone:1") {
		t.Errorf("error %v", err)
	}
}
