package image

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The archives in testdata hold one image that umoci 0.4.7 built (a hard link, a symbolic link out of the root, a file
// and a folder that the second layer deletes) and skopeo 1.9 wrote in three formats.
func TestOtherWriters(t *testing.T) {
	files, err := filepath.Glob("testdata/skopeo-*.tar")
	if err != nil || len(files) != 3 {
		t.Fatalf("fixtures: %q, %v", files, err)
	}
	for _, f := range files {
		res := scan(t, Options{Archives: 4}, f)
		want := map[string]string{
			"1": "etc/kept layer 0", "2": "etc/deleted layer 0 removed", "3": "opt/cfg/x layer 0 removed", "4": "opt/cfg/new layer 1",
			"5": "env KEY", "6": "label l",
		}
		if d := cmp.Diff(want, told(res)); d != "" || res.Coverage.Incomplete() || res.Coverage.Counts["layers"] != 2 {
			t.Errorf("%s (-want +got):\n%s%+v", f, d, res.Coverage)
		}
	}
}

// TestBuildah reads what buildah 1.28 built of a Dockerfile with every field that can hold a secret, a healthcheck among
// them. Token 1 was a build argument that no instruction used, of which nothing is left.
func TestBuildah(t *testing.T) {
	res := scan(t, Options{Archives: 4}, "testdata/buildah-docker.tar")
	got := told(res)
	for n, where := range map[string]string{
		"2": "env KEY", "3": "label l", "4": "healthcheck test", "5": "entrypoint", "6": "etc/kept layer 0", "7": "etc/deleted layer 1",
	} {
		if !strings.Contains(got[n], where) {
			t.Errorf("token %s: found at %q, want %q", n, got[n], where)
		}
	}
	if len(got) != 6 || res.Coverage.Incomplete() {
		t.Errorf("%d found, %+v", len(got), res.Coverage)
	}
}
