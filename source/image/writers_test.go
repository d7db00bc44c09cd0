package image

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The archives in testdata hold one image that umoci 0.4.7 built (a hard link, a symbolic link out of the root, a file
// and a folder that the second layer deletes) and skopeo 1.9 wrote in three formats.
func TestOtherWriters(t *testing.T) {
	files, err := filepath.Glob("testdata/*.tar")
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
