package image

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/sourcetest"
)

// basesOf tells the layers whose finding is marked as one of a base image.
func basesOf(res scanner.Result) []string {
	var out []string
	for _, f := range res.Findings {
		for _, p := range f.Places {
			if p.Origin.Image.Base {
				out = append(out, p.Origin.Path)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestBasesByDigest(t *testing.T) {
	first := addition("base", gzipped, entry{name: "a", body: sourcetest.Token(1)})
	second := addition("base", gzipped, entry{name: "b", body: sourcetest.Token(2)})
	base := build(t, v1.Config{}, first, second)
	app := build(t, v1.Config{}, first, second, addition("own", gzipped, entry{name: "c", body: sourcetest.Token(3)}))
	host := serve(t, nil)
	push(t, host+"/app:1", app)
	push(t, host+"/app:base", base)
	config, err := base.ConfigName()
	if err != nil {
		t.Fatal(err)
	}
	layers, err := base.Layers()
	if err != nil {
		t.Fatal(err)
	}
	blob, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	diff, err := layers[1].DiffID()
	if err != nil {
		t.Fatal(err)
	}
	none := "sha256:" + strings.Repeat("0", 64)
	ref, both := host+"/app:1", []string{"a", "b"}
	for _, c := range []struct {
		what string
		base string
		refs []string
		want []string
	}{
		{"a manifest in the same repository", digestOfImage(t, base), []string{ref}, both},
		{"a layer", blob.String(), []string{ref}, []string{"a"}},
		{"what is packed in a layer", diff.String(), []string{ref}, both},
		{"a configuration of another image", config.String(), []string{ref, host + "/app:base"}, both},
		{"a reference", host + "/app:base", []string{ref}, both},
		{"nothing", none, []string{ref}, nil},
	} {
		res := scan(t, Options{Bases: []string{c.base}, NoReferrers: true}, c.refs...)
		if d := cmp.Diff(c.want, basesOf(res)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, d)
		}
		if noted := len(res.Coverage.Notes) > 0; noted != (c.want == nil) {
			t.Errorf("%s: notes %q", c.what, res.Coverage.Notes)
		}
	}
	res := scan(t, Options{Bases: []string{digestOfImage(t, base)}, SkipBase: true}, ref)
	if d := cmp.Diff(map[string]string{"3": "c layer 2"}, told(res)); d != "" || res.Coverage.Counts["layers"] != 1 ||
		res.Coverage.Skipped[finding.SkipExcluded] != 2 || res.Coverage.Incomplete() {
		t.Errorf("base left out (-want +got):\n%s%+v", d, res.Coverage)
	}
}

// TestBaseThatTheImageNames: the annotation of the OCI specification counts where that image is at hand.
func TestBaseThatTheImageNames(t *testing.T) {
	layer := addition("base", gzipped, entry{name: "a", body: sourcetest.Token(1)})
	base := build(t, v1.Config{}, layer)
	app := build(t, v1.Config{}, layer, addition("own", gzipped, entry{name: "b", body: sourcetest.Token(2)}))
	named, ok := mutate.Annotations(app, map[string]string{baseDigest: digestOfImage(t, base)}).(v1.Image)
	if !ok {
		t.Fatal("no image")
	}
	if d := cmp.Diff([]string{"a"}, basesOf(scan(t, Options{}, saveLayout(t, named, base)))); d != "" {
		t.Errorf("beside it (-want +got):\n%s", d)
	}
	if got := basesOf(scan(t, Options{}, saveLayout(t, named))); got != nil {
		t.Errorf("not at hand: %q", got)
	}
}

func TestExcludedPaths(t *testing.T) {
	app := build(t, v1.Config{}, addition("a", gzipped,
		entry{name: "usr/share/doc/a", body: sourcetest.Token(1)}, entry{name: "usr/share/docs", body: sourcetest.Token(2)},
		entry{name: "app/x.pem", body: sourcetest.Token(3)}, entry{name: "app/y", body: sourcetest.Token(4)},
	))
	res := scan(t, Options{Exclude: []string{"usr/share/doc/", "*.pem"}}, saveLayout(t, app))
	want := map[string]string{"2": "usr/share/docs layer 0", "4": "app/y layer 0"}
	if d := cmp.Diff(want, told(res)); d != "" || res.Coverage.Skipped[finding.SkipExcluded] != 2 || res.Coverage.Incomplete() {
		t.Errorf("(-want +got):\n%s%+v", d, res.Coverage)
	}
	if _, err := New([]string{t.TempDir()}, Options{Exclude: []string{"a["}}); err == nil {
		t.Error("a malformed glob is taken")
	}
}
