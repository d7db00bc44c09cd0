package git

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// tired is a detector that does not follow one kind of encoded text.
type tired struct {
	fake
	given int
}

func (d *tired) Scan(text []byte, dirty []finding.Span, out []finding.Match) []finding.Match {
	if at := bytes.Index(text, []byte("endless")); at >= 0 && (dirty == nil || touchesAny(finding.Span{Start: at, End: at + 7}, dirty)) {
		d.given++
	}
	return d.fake.Scan(text, dirty, out)
}

func (d *tired) Undecoded() int {
	n := d.given
	d.given = 0
	return n
}

// TestUndecodedIsTold: what the detector gave up on is told for every version that holds it, however it is packed, and
// again by a scan with a cache.
func TestUndecodedIsTold(t *testing.T) {
	f := newFixture(t)
	for k := range 6 {
		f.write("a.txt", fmt.Sprintf("version %d\n%sendless\n", k, strings.Repeat("filler\n", 200)))
		f.write("b.txt", fmt.Sprintf("tok_bbbbb%d\n%sendless\n", k, strings.Repeat("filling\n", 200)))
		f.commit("more")
	}
	so := scanner.Options{Jobs: 2, NewDetector: func() scanner.Detector { return &tired{} }}
	o := Options{Cache: filepath.Join(t.TempDir(), "cache")}
	want := map[finding.SkipReason]int64{finding.SkipBudget: 12}
	check := func(what string, o Options) {
		t.Helper()
		if diff := cmp.Diff(want, scanWith(t, f.dir, o, so).Coverage.Skipped); diff != "" {
			t.Errorf("%s: -want +got\n%s", what, diff)
		}
	}
	check("loose", Options{})
	f.git("repack", "-adfkq", "--depth=50")
	check("packed", Options{})
	check("first with a cache", o)
	check("second", o)
	check("third", o)
}
