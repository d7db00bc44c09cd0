package git

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/source/git/object"
)

// TestChangedEntries compares with the difference of two maps.
func TestChangedEntries(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	text := func(m map[string]byte) []byte {
		var out bytes.Buffer
		for _, name := range slices.Sorted(maps.Keys(m)) {
			fmt.Fprintf(&out, "100644 %s\x00%s", name, bytes.Repeat([]byte{m[name]}, object.SHA1))
		}
		return out.Bytes()
	}
	for range 2000 {
		a := map[string]byte{}
		for range r.IntN(12) {
			a[fmt.Sprintf("f%02d", r.IntN(30))] = byte(r.IntN(3))
		}
		b := maps.Clone(a)
		for range r.IntN(4) {
			name := fmt.Sprintf("f%02d", r.IntN(30))
			if r.IntN(2) == 0 {
				delete(b, name)
			} else {
				b[name] = byte(r.IntN(3))
			}
		}
		got, ok := changedEntries(text(b), text(a), object.SHA1)
		if !ok {
			t.Fatal("not a tree")
		}
		for name, v := range b {
			if old, had := a[name]; had && old == v {
				continue
			}
			if _, ok := got[name]; !ok {
				t.Fatalf("%s changed from %v to %v and is not listed in %v", name, a, b, got)
			}
		}
		named := entriesNamed(text(a), got, object.SHA1)
		for name, f := range got {
			if f.id[0] != b[name] {
				t.Fatalf("%s is %d, not %d", name, f.id[0], b[name])
			}
			if _, had := a[name]; had != (named[name].mode != 0) {
				t.Fatalf("%s: %s", name, cmp.Diff(a, named))
			}
		}
		if len(a) > 8 && maps.Equal(a, b) && len(got) > 0 {
			t.Fatal("equal trees differ")
		}
	}
}
