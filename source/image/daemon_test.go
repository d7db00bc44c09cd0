package image

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// fakeDaemon serves the two requests of the engine's API that are used, for one image.
func fakeDaemon(t *testing.T, have string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "d") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	tag, err := name.NewTag("example.test/app:1")
	if err != nil {
		t.Fatal(err)
	}
	img := story(t)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ref, what, _ := cutLast(strings.TrimPrefix(r.URL.Path, "/images/"), "/")
		switch {
		case ref != have:
			w.WriteHeader(http.StatusNotFound)
		case what == "get":
			_ = tarball.Write(tag, img, w)
		}
	})}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return "unix://" + socket
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func TestDaemon(t *testing.T) {
	host := serve(t, nil)
	address := fakeDaemon(t, "team/app:1")
	push(t, host+"/only/there:1", platformed(t, 5))
	for ref, want := range map[string]int{"team/app:1": len(wantStory), "docker-daemon:team/app:1": len(wantStory), host + "/only/there:1": 1} {
		s, err := New([]string{ref}, Options{DaemonURL: address, Archives: 4})
		if err != nil {
			t.Fatal(err)
		}
		res, err := tryScan(t, s)
		if err != nil {
			t.Errorf("%s: %v", ref, err)
		}
		if d := cmp.Diff(want, len(told(res))); d != "" {
			t.Errorf("%s: findings (-want +got):\n%s", ref, d)
		}
	}
	s, err := New([]string{"docker-daemon:gone:1"}, Options{DaemonURL: address})
	if err != nil {
		t.Fatal(err)
	}
	if err := scanError(t, s); err == nil || !strings.Contains(err.Error(), "gone:1") {
		t.Errorf("error %v", err)
	}
}
