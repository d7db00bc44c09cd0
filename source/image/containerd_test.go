package image

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/unleak/unleak/scanner"
)

// containerdRoot unpacks the root folder that containerd 1.6.20 made of two of the archives beside it.
func containerdRoot(t testing.TB) string {
	t.Helper()
	f, err := os.Open("testdata/containerd.tgz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for tr := tar.NewReader(z); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(name, 0o755)
		} else {
			var b []byte
			if b, err = io.ReadAll(tr); err == nil {
				err = os.WriteFile(name, b, 0o600)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestContainerd(t *testing.T) {
	dir := containerdRoot(t)
	for _, ref := range []string{dir, "containerd:" + dir} {
		res := scan(t, Options{Archives: 4}, ref)
		found := told(res)
		if !strings.Contains(found["2"], "etc/deleted layer 0 removed") || !strings.Contains(found["4"], "opt/cfg/new layer 1") || res.Coverage.Incomplete() {
			t.Errorf("%s: %v, %+v", ref, found, res.Coverage)
		}
		var names []string
		for _, f := range res.Findings {
			for _, p := range f.Places {
				names = append(names, p.Origin.Image.Name)
			}
		}
		slices.Sort(names)
		want := []string{"docker.io/library/app:1", "import-2026-11-23:app"}
		if d := cmp.Diff(want, slices.Compact(names)); d != "" {
			t.Errorf("%s: names (-want +got):\n%s", ref, d)
		}
	}
	if _, err := New([]string{"containerd:" + t.TempDir()}, Options{}); err == nil {
		t.Error("any folder is taken for containerd's")
	}
}

func TestContainerdDamaged(t *testing.T) {
	dir := containerdRoot(t)
	meta := filepath.Join(dir, filepath.FromSlash(containerdNames))
	if err := os.WriteFile(meta, bytes.Repeat([]byte("x"), 1<<16), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := New([]string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := scanError(t, s); err == nil || !strings.Contains(err.Error(), "bbolt") {
		t.Errorf("error %v", err)
	}
}

// FuzzBolt reads damaged databases: the walk ends, whatever is in them.
func FuzzBolt(f *testing.F) {
	b, err := os.ReadFile(filepath.Join(containerdRoot(f), filepath.FromSlash(containerdNames)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b[:32<<10], 100, byte(1))
	f.Fuzz(func(t *testing.T, b []byte, at int, with byte) {
		if at >= 2*4096 && at < len(b) {
			b = bytes.Clone(b)
			b[at] ^= with
		}
		db, err := openBolt(bytes.NewReader(b))
		if err != nil {
			return
		}
		count := 0
		var visit func(key, value []byte, bucket *boltNode) error
		depth := 0
		visit = func(_, _ []byte, bucket *boltNode) error {
			if count++; count > 1<<20 {
				t.Fatal("endless")
			}
			if bucket == nil || depth > 20 {
				return nil
			}
			depth++
			defer func() { depth-- }()
			return db.each(*bucket, visit)
		}
		_ = db.each(db.top(), visit)
	})
}

// TestPlatformsThatWereNotPulled are noted in a content store, and missing elsewhere.
func TestPlatformsThatWereNotPulled(t *testing.T) {
	var index v1.IndexManifest
	pulled, other := platformed(t, 1), platformed(t, 2)
	dir := saveLayout(t, pulled)
	for i, img := range []v1.Image{pulled, other} {
		digest, err := img.Digest()
		if err != nil {
			t.Fatal(err)
		}
		arch := []string{"amd64", "arm64"}[i]
		index.Manifests = append(index.Manifests, v1.Descriptor{Digest: digest, Platform: &v1.Platform{OS: "linux", Architecture: arch}})
	}
	folder, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	for _, st := range []store{folder, &containerdStore{folder}} {
		var pictures int
		res, err := tryScan(t, sourceFunc(func(ctx context.Context, sink *scanner.Sink) error {
			l := &loader{opts: &Options{}, name: "app", sink: sink}
			err := l.index(ctx, st, &index, 0)
			pictures = len(l.pictures)
			return err
		}))
		_, content := st.(*containerdStore)
		if err != nil || pictures != 1 || res.Coverage.Incomplete() == content || (len(res.Coverage.Notes) == 1) != content {
			t.Errorf("%T: %d images, %v, %+v", st, pictures, err, res.Coverage)
		}
	}
}

type sourceFunc func(ctx context.Context, sink *scanner.Sink) error

func (f sourceFunc) Scan(ctx context.Context, sink *scanner.Sink) error { return f(ctx, sink) }
