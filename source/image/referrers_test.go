package image

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/unleak/unleak/source/sourcetest"
)

// artifact is an image manifest around one blob, as tools attach SBOMs and attestations to an image.
func artifact(t *testing.T, subject v1.Image, text string, notes map[string]string) v1.Image {
	t.Helper()
	img, err := mutate.Append(mutate.MediaType(empty.Image, types.OCIManifestSchema1), mutate.Addendum{
		Layer: static.NewLayer([]byte(text), "application/spdx+json"), Annotations: notes, MediaType: "application/spdx+json",
	})
	if err != nil {
		t.Fatal(err)
	}
	img = mutate.ConfigMediaType(img, "application/vnd.example.sbom")
	if subject == nil {
		return img
	}
	digest, err := subject.Digest()
	if err != nil {
		t.Fatal(err)
	}
	size, err := subject.Size()
	if err != nil {
		t.Fatal(err)
	}
	out, ok := mutate.Subject(img, v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: digest, Size: size}).(v1.Image)
	if !ok {
		t.Fatal("no image")
	}
	return out
}

func TestWhatIsAttached(t *testing.T) {
	app := platformed(t, 1)
	digest, err := app.Digest()
	if err != nil {
		t.Fatal(err)
	}
	sbom := artifact(t, app, `{"comment":"`+sourcetest.Token(2)+`"}`, nil)
	envelope := `{"payload":"` + base64.StdEncoding.EncodeToString([]byte("x")) + `","by":"` + sourcetest.Token(3) + `"}`
	attestation := artifact(t, nil, envelope, map[string]string{"predicateType": "https://slsa.dev/provenance/v1"})
	want := map[string]string{
		"1": "f layer 0", "2": "(application/spdx+json) layer 0", "3": "(https://slsa.dev/provenance/v1) layer 0",
	}
	for what, option := range map[string]registry.Option{
		"the interface": registry.WithReferrersSupport(true), "tags": registry.WithReferrersSupport(false),
	} {
		host := serveWith(t, nil, option)
		push(t, host+"/app:1", app)
		push(t, host+"/app@"+digestOfImage(t, sbom), sbom)
		push(t, host+"/app:"+strings.Replace(digest.String(), ":", "-", 1)+".att", attestation)
		res := scan(t, Options{}, host+"/app:1")
		if d := cmp.Diff(want, told(res)); d != "" || res.Coverage.Incomplete() {
			t.Errorf("by %s (-want +got):\n%s%+v", what, d, res.Coverage)
		}
		if c := res.Coverage.Counts; c["images"] != 1 || c["attached artifacts"] != 2 {
			t.Errorf("by %s: %v", what, c)
		}
		res = scan(t, Options{NoReferrers: true}, host+"/app:1")
		if d := cmp.Diff(map[string]string{"1": "f layer 0"}, told(res)); d != "" {
			t.Errorf("not asked for (-want +got):\n%s", d)
		}
	}
}

func digestOfImage(t *testing.T, img v1.Image) string {
	t.Helper()
	d, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return d.String()
}

// TestAttachedInALayout: the image of one tag brings along what names it as its subject.
func TestAttachedInALayout(t *testing.T) {
	app := platformed(t, 1)
	dir := t.TempDir()
	l, err := layout.Write(dir, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	for _, add := range []struct {
		img v1.Image
		tag string
	}{{app, "app"}, {artifact(t, app, sourcetest.Token(2), nil), ""}, {platformed(t, 3), "other"}, {artifact(t, platformed(t, 3), sourcetest.Token(4), nil), ""}} {
		if err := l.AppendImage(add.img, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": add.tag})); err != nil {
			t.Fatal(err)
		}
	}
	res := scan(t, Options{}, "oci:"+dir+":app")
	want := map[string]string{"1": "f layer 0", "2": "(application/spdx+json) layer 0"}
	if d := cmp.Diff(want, told(res)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestAttachedThatCannotBeListed is told, and the image is scanned.
func TestAttachedThatCannotBeListed(t *testing.T) {
	host := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/referrers/") {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
		return false
	})
	push(t, host+"/app:1", platformed(t, 1))
	res := scan(t, Options{Retries: -1}, host+"/app:1")
	if len(res.Findings) != 1 || !res.Coverage.Incomplete() {
		t.Errorf("%d findings, %+v", len(res.Findings), res.Coverage)
	}
}

// TestReferrersByPage follows the registry's links, and not to another host.
func TestReferrersByPage(t *testing.T) {
	img := platformed(t, 1)
	first, second := artifact(t, img, sourcetest.Token(2), nil), artifact(t, img, sourcetest.Token(3), nil)
	page := func(w http.ResponseWriter, of v1.Image) {
		w.Header().Set("Content-Type", string(types.OCIImageIndex))
		_, _ = w.Write([]byte(`{"schemaVersion":2,"manifests":[{"mediaType":"` + string(types.OCIManifestSchema1) + `","size":1,"digest":"` + digestOfImage(t, of) + `"}]}`))
	}
	elsewhere := false
	host := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/referrers/") {
			return false
		}
		switch {
		case r.URL.Query().Get("page") == "":
			w.Header().Set("Link", `<`+r.URL.Path+`?page=2>; rel="next"`)
			page(w, first)
		default:
			w.Header().Set("Link", `<http://127.0.0.1:1/elsewhere>; rel="next"`)
			page(w, second)
			elsewhere = true
		}
		return true
	})
	push(t, host+"/app:1", img)
	for _, a := range []v1.Image{first, second} {
		push(t, host+"/app@"+digestOfImage(t, a), a, remote.WithReferrersTagFallback(false))
	}
	res := scan(t, Options{Retries: -1}, host+"/app:1")
	if len(told(res)) != 3 || res.Coverage.Incomplete() || !elsewhere {
		t.Errorf("%v, %+v", told(res), res.Coverage)
	}
}
