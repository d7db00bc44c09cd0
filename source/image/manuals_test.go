package image

import (
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/unleak/unleak/source/sourcetest"
)

// TestManuals: what a distribution's manuals print is marked as documentation, and nothing beside them is.
func TestManuals(t *testing.T) {
	docs := []string{"usr/share/man/man1/curl.1.gz", "usr/share/locale/hu/LC_MESSAGES/x.mo", "usr/lib/python3/a-1.0.dist-info/METADATA", "x.egg-info/PKG-INFO"}
	others := []string{"usr/share/manual", "etc/app.conf", "app/METADATA", "home/usr/share/man/x"}
	var entries []entry
	for i, name := range slices.Concat(docs, others) {
		entries = append(entries, entry{name: name, body: sourcetest.Token(i)})
	}
	res := scan(t, Options{}, saveLayout(t, build(t, v1.Config{}, addition("a", gzipped, entries...))))
	if len(res.Findings) != len(entries) {
		t.Fatalf("%d findings", len(res.Findings))
	}
	for _, f := range res.Findings {
		name := f.Places[0].Origin.Path
		if got := slices.Contains(f.Tags, "docs"); got != slices.Contains(docs, name) {
			t.Errorf("%s: tags %q", name, f.Tags)
		}
	}
	if got := withDocs([]string{"a", "docs", "x"}); !slices.Equal(got, []string{"a", "docs", "x"}) {
		t.Errorf("twice: %q", got)
	}
	if got := withDocs([]string{"a", "x"}); !slices.Equal(got, []string{"a", "docs", "x"}) {
		t.Errorf("sorted: %q", got)
	}
}
