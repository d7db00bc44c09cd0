package archive

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBombWithin: an archive within that unpacks to too much is told, and what stands behind it is read.
func TestBombWithin(t *testing.T) {
	outer := tarOf(
		file{"first", strings.Repeat("0123456789abcdef", 1<<10)},
		file{"bomb.gz", string(packed(Gzip, make([]byte, 8<<20)))},
		file{"in.tar", string(tarOf(file{"bomb.gz", string(packed(Gzip, make([]byte, 8<<20)))}, file{"more", "in the same archive"}))},
		file{"behind", "the secret"},
	)
	limits := Limits{Ratio: 100, Free: 1 << 20}
	want := walk(t, Input{Reader: bytes.NewReader(outer), Size: int64(len(outer))}, limits)
	for _, name := range []string{"first", "in.tar!more", "behind"} {
		if _, ok := want.members[name]; !ok {
			t.Errorf("%s was not read", name)
		}
	}
	if n := len(want.members["bomb.gz"]); n > 3<<20 {
		t.Errorf("%d bytes of the bomb were unpacked", n)
	}
	if d := cmp.Diff(map[string]Reason{"bomb.gz": Budget, "in.tar!bomb.gz": Budget}, want.problems); d != "" {
		t.Errorf("problems (-want +got):\n%s", d)
	}
}
