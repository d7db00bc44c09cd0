package image

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/sourcetest"
)

// serve runs a registry behind spoil, which may answer in its place.
func serve(t *testing.T, spoil func(w http.ResponseWriter, r *http.Request) bool) string {
	t.Helper()
	return serveWith(t, spoil)
}

func serveWith(t *testing.T, spoil func(w http.ResponseWriter, r *http.Request) bool, options ...registry.Option) string {
	t.Helper()
	inner := registry.New(append(options, registry.Logger(log.New(io.Discard, "", 0)))...)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if spoil == nil || !spoil(w, r) {
			inner.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	return strings.TrimPrefix(srv.URL, "http://")
}

func push(t *testing.T, ref string, what remote.Taggable, options ...remote.Option) {
	t.Helper()
	tag, err := name.ParseReference(ref)
	if err != nil {
		t.Fatal(err)
	}
	switch what := what.(type) {
	case v1.Image:
		err = remote.Write(tag, what, options...)
	case v1.ImageIndex:
		err = remote.WriteIndex(tag, what, options...)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestRegistry(t *testing.T) {
	host := serve(t, nil)
	img := story(t)
	push(t, host+"/team/app:1", img)
	digest, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ref  string
		opts Options
	}{
		{host + "/team/app:1", Options{}},
		{host + "/team/app@" + digest.String(), Options{}},
		{"docker://" + host + "/team/app:1", Options{}},
		{"mirrored.example.com/team/app:1", Options{Mirrors: map[string]string{"mirrored.example.com": host}}},
	} {
		c.opts.Archives = 4
		res := scan(t, c.opts, c.ref)
		if d := cmp.Diff(wantStory, told(res)); d != "" || res.Coverage.Incomplete() {
			t.Errorf("%s (-want +got):\n%s%+v", c.ref, d, res.Coverage)
		}
	}
}

// platformed returns an image for one platform.
func platformed(t *testing.T, n int) v1.Image {
	return build(t, v1.Config{}, addition("one", gzipped, entry{name: "f", body: sourcetest.Token(n)}))
}

func TestPlatforms(t *testing.T) {
	host := serve(t, nil)
	var adds []mutate.IndexAddendum
	for i, arch := range []string{"amd64", "arm64", "s390x"} {
		adds = append(adds, mutate.IndexAddendum{Add: platformed(t, i+1), Descriptor: v1.Descriptor{
			Platform: &v1.Platform{OS: "linux", Architecture: arch}, Annotations: map[string]string{"note": sourcetest.Token(40 + i)},
		}})
	}
	push(t, host+"/multi:1", mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), adds...))
	for _, c := range []struct {
		platforms []string
		want      string
	}{
		{nil, "1 2 3"}, {[]string{"linux/arm64"}, "2"}, {[]string{"linux/s390x", "linux/amd64"}, "1 3"},
	} {
		res := scan(t, Options{Platforms: c.platforms}, host+"/multi:1")
		var got []string
		for _, n := range []string{"1", "2", "3"} {
			if told(res)[n] != "" {
				got = append(got, n)
			}
		}
		if strings.Join(got, " ") != c.want || told(res)["40"] == "" {
			t.Errorf("platforms %q: %v", c.platforms, told(res))
		}
	}
	s, err := New([]string{host + "/multi:1"}, Options{Platforms: []string{"plan9/mips"}, NoDaemon: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := scanError(t, s); err == nil || !strings.Contains(err.Error(), "platform") {
		t.Errorf("no such platform: error %v", err)
	}
}

func TestAuthentication(t *testing.T) {
	const user, password = "robot", "let me in"
	host := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		u, p, _ := r.BasicAuth()
		if u == user && p == password {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	})
	auth := &authn.Basic{Username: user, Password: password}
	push(t, host+"/private:1", platformed(t, 7), remote.WithAuth(auth))
	res := scan(t, Options{Keychain: fixed{auth}}, host+"/private:1")
	if len(res.Findings) != 1 {
		t.Errorf("with a password: %d findings", len(res.Findings))
	}
	s, err := New([]string{host + "/private:1"}, Options{Keychain: fixed{authn.Anonymous}, NoDaemon: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := scanError(t, s); err == nil || !strings.Contains(err.Error(), "private:1") {
		t.Errorf("without: error %v does not name the image", err)
	}
}

type fixed struct{ authn.Authenticator }

func (f fixed) Resolve(authn.Resource) (authn.Authenticator, error) { return f.Authenticator, nil }

// firstTimes answers the first n requests for blobs, for each path, itself.
func firstTimes(n int, answer func(w http.ResponseWriter, r *http.Request)) func(http.ResponseWriter, *http.Request) bool {
	var mu sync.Mutex
	seen := map[string]int{}
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/blobs/") {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		if seen[r.URL.Path]++; seen[r.URL.Path] > n {
			return false
		}
		answer(w, r)
		return true
	}
}

func TestTroubleThatPasses(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request){
		"429": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		"500": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"503": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := serve(t, firstTimes(1, answer))
			push(t, host+"/app:1", platformed(t, 5))
			res := scan(t, Options{}, host+"/app:1")
			if len(res.Findings) != 1 || res.Coverage.Incomplete() {
				t.Errorf("%d findings, %+v", len(res.Findings), res.Coverage)
			}
		})
	}
}

// halved answers a blob's first request with half of it, as a connection that breaks does, and the next ones with or
// without regard for ranges.
func halved(inner http.Handler, ranges bool) http.Handler {
	var mu sync.Mutex
	seen := map[string]int{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/blobs/") {
			inner.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		whole := r.Clone(r.Context())
		whole.Header.Del("Range")
		inner.ServeHTTP(rec, whole)
		body := rec.Body.Bytes()
		mu.Lock()
		seen[r.URL.Path]++
		first := seen[r.URL.Path] == 1
		mu.Unlock()
		switch {
		case first:
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			_, _ = w.Write(body[:len(body)/2])
			panic(http.ErrAbortHandler)
		case ranges:
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
		default:
			_, _ = w.Write(body)
		}
	})
}

func TestBrokenConnections(t *testing.T) {
	for _, ranges := range []bool{true, false} {
		inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
		srv := httptest.NewServer(halved(inner, ranges))
		host := strings.TrimPrefix(srv.URL, "http://")
		var text strings.Builder
		for i := range 20_000 {
			text.WriteString(sourcetest.Token(i%3*100) + " " + strconv.Itoa(i*i) + "\n")
		}
		push(t, host+"/app:1", build(t, v1.Config{}, addition("a", gzipped, entry{name: "f", body: text.String()})))
		res := scan(t, Options{}, host+"/app:1")
		srv.Close()
		if len(res.Findings) != 3 || res.Coverage.Incomplete() || res.Coverage.Bytes < int64(text.Len()) {
			t.Errorf("ranges %v: %d findings, %+v", ranges, len(res.Findings), res.Coverage)
		}
	}
}

func TestTroubleThatStays(t *testing.T) {
	img := build(t, v1.Config{}, addition("a", gzipped, entry{name: "f", body: sourcetest.Token(1)}))
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	bad, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		answer func(w http.ResponseWriter, r *http.Request)
		want   finding.SkipReason
		found  int
	}{
		{"404", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, finding.SkipMissing, 0},
		{"wrong digest", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(gzipped(tarOf(entry{name: "f", body: sourcetest.Token(9)})))
		}, finding.SkipCorrupt, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			host := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, bad.String()) {
					return false
				}
				c.answer(w, r)
				return true
			})
			push(t, host+"/app:1", img)
			res := scan(t, Options{}, host+"/app:1")
			if len(res.Findings) != c.found || res.Coverage.Skipped[c.want] != 1 {
				t.Errorf("%d findings, %+v", len(res.Findings), res.Coverage)
			}
		})
	}
}

func TestOneBadReferenceLosesNoOther(t *testing.T) {
	host := serve(t, nil)
	push(t, host+"/app:1", platformed(t, 5))
	s, err := New([]string{host + "/gone:1", host + "/app:1"}, Options{NoDaemon: true})
	if err != nil {
		t.Fatal(err)
	}
	res, err := tryScan(t, s)
	if err == nil || !strings.Contains(err.Error(), "gone:1") || len(res.Findings) != 1 {
		t.Errorf("error %v, %d findings", err, len(res.Findings))
	}
}

// TestOneToken: however many images of a repository are scanned, its token is asked for once for manifests and once for
// blobs.
func TestOneToken(t *testing.T) {
	var pings atomic.Int64
	host := serve(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v2/" {
			pings.Add(1)
		}
		return false
	})
	var refs []string
	for i := range 10 {
		ref := host + "/app:" + strconv.Itoa(i)
		push(t, ref, platformed(t, i))
		refs = append(refs, ref)
	}
	pings.Store(0)
	res := scan(t, Options{}, refs...)
	if n := pings.Load(); len(res.Findings) != 10 || n > 4 {
		t.Errorf("%d findings, %d handshakes", len(res.Findings), n)
	}
}

// TestStalledDownload: a connection on which nothing comes counts as broken.
func TestStalledDownload(t *testing.T) {
	img := build(t, v1.Config{}, addition("a", gzipped, entry{name: "f", body: sourcetest.Token(1)}))
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	blob, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	host := serve(t, firstTimes(1, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		first := byte('{') // of the configuration
		if strings.Contains(r.URL.Path, blob.String()) {
			first = 0x1f
		}
		_, _ = w.Write([]byte{first})
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(time.Minute):
		}
	}))
	push(t, host+"/app:1", img)
	s, err := New([]string{host + "/app:1"}, Options{NoDaemon: true, NoReferrers: true})
	if err != nil {
		t.Fatal(err)
	}
	s.regs.stall = 300 * time.Millisecond
	res, err := tryScan(t, s)
	if err != nil || len(told(res)) != 1 || res.Coverage.Incomplete() {
		t.Errorf("%v, %v, %+v", told(res), err, res.Coverage)
	}
}

// TestAnImageOfAnotherPlatform is left out, which the report says.
func TestAnImageOfAnotherPlatform(t *testing.T) {
	res := scan(t, Options{Platforms: []string{"linux/arm64"}}, saveLayout(t, platformed(t, 1)))
	if len(res.Findings) != 0 || res.Coverage.Skipped[finding.SkipExcluded] != 1 || res.Coverage.Counts["images"] != 0 {
		t.Errorf("%d findings, %+v", len(res.Findings), res.Coverage)
	}
}
