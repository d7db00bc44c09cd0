package source

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDistinct(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("src", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("-", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := Distinct([]string{".", "src", "./", dir, "src/", filepath.Join("src", ".."), "-", "-", "./-", "https://a.example/x", "https://a.example/x", "gone", "gone"})
	want := []string{".", "src", "-", "./-", "https://a.example/x", "gone"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
