package git

import (
	"archive/zip"
	"bytes"
	"slices"
	"testing"

	"github.com/unleak/unleak/finding"
)

// zipped returns a zip file of names and texts in turn.
func zipped(t *testing.T, parts ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		f, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestArchivesInHistory(t *testing.T) {
	f := newFixture(t)
	inner := zipped(t, "deep.txt", "x\ntok_nested\n")
	f.write("lib/a.zip", zipped(t, "one.txt", "tok_zipped\n", "in/b.zip", inner))
	first := f.commit("brings an archive")
	f.write("lib/a.zip", zipped(t, "one.txt", "tok_zipped\n", "two.txt", "tok_second\n"))
	f.commit("another version")
	cut := zipped(t, "one.txt", "tok_cutoff\n")
	f.write("bad.zip", cut[:len(cut)/2])
	f.commit("broken archive")
	o := Options{Archives: 4}
	for _, layout := range []string{"loose", "long chain"} {
		layouts[layout](f)
		res := scan(t, f.dir, o)
		p := found(t, res, "tok_nested").Places[0]
		if p.Origin.Path != "lib/a.zip" || !slices.Equal(p.Origin.Inside, []string{"in/b.zip", "deep.txt"}) || p.Start.Line != 2 || p.Origin.Git.Commit != first {
			t.Errorf("place: %+v %+v", p, *p.Origin.Git)
		}
		if g := found(t, res, "tok_zipped").Places[0].Origin.Git; g.Commits != 3 || !g.AtHead {
			t.Errorf("%+v", g)
		}
		found(t, res, "tok_second")
		skip := res.Coverage.Examples
		if len(skip) != 1 || skip[0].Reason != finding.SkipCorrupt || skip[0].Name != "bad.zip" {
			t.Errorf("coverage: %+v", res.Coverage)
		}
	}
	expect(t, scan(t, f.dir, Options{Archives: 4, Range: "HEAD~2..HEAD~1"}), "tok_second")
	missing(t, scan(t, f.dir, Options{}), "tok_second") // deflated
}
