package image

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/sourcetest"
)

// FuzzArchive scans damaged image archives: whatever is in them, the scan ends, and one that read no image says why.
func FuzzArchive(f *testing.F) {
	files, err := filepath.Glob("testdata/*.tar")
	if err != nil || len(files) != 4 {
		f.Fatalf("seeds: %q, %v", files, err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		name := filepath.Join(t.TempDir(), "image")
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := New([]string{name}, Options{Archives: 3, Limits: archive.Limits{Bytes: 8 << 20, Entries: 1000}})
		if err != nil {
			t.Fatal(err)
		}
		res, err := scanner.Run(t.Context(), scanner.Options{Jobs: 1, NewDetector: sourcetest.New}, s)
		if err == nil && res.Coverage.Counts["images"] == 0 && !res.Coverage.Incomplete() && len(b) > 0 {
			if idx := res.Coverage; !idx.Empty() {
				t.Errorf("no image, no error, no skip: %+v", idx)
			}
		}
	})
}

// FuzzConfig takes configurations apart: none makes it fail, and every text of a sound one comes out.
func FuzzConfig(f *testing.F) {
	f.Add([]byte(`{"config":{"Env":["A=b"],"Labels":{"l":"v"},"Cmd":["x"]},"history":[{"created_by":"c"}],"x":{"y":["z"]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p := picture{layers: make([]layer, 2)}
		p.configure(b)
		seen := map[configText]bool{}
		for _, c := range p.texts {
			if c.text == "" && len(b) > 0 || seen[c] {
				t.Errorf("field %q twice or empty", c.field)
			}
			seen[c] = true
		}
	})
}
