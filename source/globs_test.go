package source

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBelow(t *testing.T) {
	for _, c := range []struct {
		glob, folder string
		want         []string
	}{
		{"*.png", "a", []string{"*.png"}},
		{"docs/", "a/b", []string{"docs/"}},
		{"docs/**", "a", nil},
		{"a/docs/**", "a", []string{"docs/**"}},
		{"a/docs/", "a", []string{"docs/"}},
		{"a/**", "a", nil},
		{"a/b", "a/b", nil},
		{"a/b/c", "a/b", []string{"c"}},
		{"**/test/*.go", "a/b", []string{"**/test/*.go"}},
		{"**/b/c", "a/b", []string{"**/b/c", "c"}},
		{"*/c", "a", []string{"c"}},
		{"{a/b,x}/c/d", "a/b", []string{"c/d"}},
		{"{a,x}/{c,d}/e", "a", []string{"{c,d}/e"}},
		{"x/[a/b]", "y", nil},
	} {
		got := Below([]string{c.glob}, c.folder)
		slices.Sort(got)
		if d := cmp.Diff(c.want, slices.Compact(got)); d != "" {
			t.Errorf("%s below %s: %s", c.glob, c.folder, d)
		}
	}
}

// What is left out of a folder is what is left out of it in a scan from further up.
func TestBelowAgrees(t *testing.T) {
	globs := []string{"**/x", "a/*/c", "a/b/*.txt", "{a/b,q}/c/**", "*/b/c/", "**/b/**/d", "a/**/e", "?/b/f", "g", "h/"}
	files := []string{"x", "c", "n.txt", "c/y", "d", "k/d", "e", "k/e", "f", "g", "h/i", "g/g", "plain", "c/d/x"}
	for _, g := range globs {
		for _, f := range files {
			for _, folder := range []string{"a", "a/b", "q"} {
				top := Excluded([]string{g}, folder+"/"+f)
				if got := Excluded(Below([]string{g}, folder), f); got != top {
					t.Errorf("%s: %s in %s: %v, from the top %v", g, f, folder, got, top)
				}
			}
		}
	}
}
