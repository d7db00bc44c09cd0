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
		news, olds, ok := difference(text(b), text(a), object.SHA1)
		if !ok {
			t.Fatal("not a tree")
		}
		before, now := newByName(olds), newByName(news)
		for name, v := range b {
			if old, had := a[name]; had && old == v {
				continue
			}
			if f, ok := now.find([]byte(name)); !ok || f.id[0] != v {
				t.Fatalf("%s changed from %v to %v and is not listed in %v", name, a, b, news)
			}
		}
		for name, v := range a {
			if v2, has := b[name]; has && v2 == v {
				continue
			}
			if f, ok := before.find([]byte(name)); !ok || f.id[0] != v {
				t.Fatalf("%s was %d and is not listed in %v", name, v, olds)
			}
		}
		for _, e := range news { // what is listed of one side is listed of the other, too
			_, had := a[string(e.name)]
			if _, ok := before.find(e.name); ok != had {
				t.Fatalf("%s: had %v, listed %v\n%s", e.name, had, ok, cmp.Diff(a, b))
			}
		}
		for _, e := range news {
			if v, had := a[string(e.name)]; had && v == b[string(e.name)] {
				t.Fatalf("%s is listed and did not change", e.name)
			}
		}
	}
}

// TestCommonPrefix compares with a byte by byte loop.
func TestCommonPrefix(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	for range 5000 {
		a := make([]byte, r.IntN(40))
		for i := range a {
			a[i] = byte(r.IntN(2))
		}
		b := slices.Clone(a)
		if len(b) > 0 && r.IntN(4) > 0 {
			b[r.IntN(len(b))] ^= 1
		}
		if r.IntN(2) == 0 {
			b = append(b, 7)
		}
		if r.IntN(2) == 0 {
			b = append([]byte{7}, b...)
		}
		n := 0
		for n < min(len(a), len(b)) && a[n] == b[n] {
			n++
		}
		if got := commonPrefix(a, b); got != n {
			t.Fatalf("%v %v: prefix %d, want %d", a, b, got, n)
		}
	}
}
