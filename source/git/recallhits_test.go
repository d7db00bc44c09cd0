package git

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

// TestSecondScanSearchesLittle: blobs that hold secrets are not searched again, but for those that something new is built
// on; after edits, moves and repacks findings stay what they are without the cache.
func TestSecondScanSearchesLittle(t *testing.T) {
	for seed := range uint64(4) {
		c := newCached(t)
		r := rand.New(rand.NewPCG(seed, 77))
		scribble(c.f, r, 12)
		c.f.git("repack", "-adfkq", "--depth=50")
		c.check(t, "first")
		want := scan(t, c.f.dir, c.o)
		all := want.Coverage.Counts["blobs"] + want.Coverage.Counts["trees"] + want.Coverage.Counts["commits"]
		if known := want.Coverage.Counts["known objects"]; known < all/2 {
			t.Errorf("seed %d: %d of %d objects known", seed, known, all)
		}
		for round := range 3 {
			scribble(c.f, r, 3)
			if round != 1 {
				c.f.git("repack", "-adfkq", "--depth=20")
			}
			c.check(t, "edited")
			c.check(t, "and again")
		}
	}
}

// TestCacheWithOtherSecrets: a cache that says something else of secrets than their blobs do is not believed.
func TestCacheWithOtherSecrets(t *testing.T) {
	c := newCached(t)
	for i, name := range []string{"a.txt", "b.txt", "c.txt"} {
		c.f.write(name, fmt.Sprintf("tok_aaaaa%d\ntok_bbbbb%d\n", i, i))
		c.f.write("both.txt", fmt.Sprintf("%d\ntok_aaaaa%d\ntok_bbbbb%d\n", i, i, i))
		c.f.commit(name)
	}
	c.check(t, "first")
	name := c.files(t)[0]
	data := mustRead(t, name)
	key := [sha256.Size]byte(data[len(memoryMagic):])
	for what, change := range map[string]func(m *memory){
		"rule":      func(m *memory) { m.secrets[0] = "another" },
		"one fewer": func(m *memory) { m.lists[0] = m.lists[0][:1] },
		"one more":  func(m *memory) { m.lists[0] = append(m.lists[0], m.lists[0][0]) },
		"no seals": func(m *memory) {
			for i := range m.spots {
				m.spots[i].sealed = nil
			}
		},
		"other seals": func(m *memory) {
			for i := range m.spots {
				m.spots[i].sealed = []byte("something")
			}
		},
		"no homes": func(m *memory) {
			for i := range m.states {
				m.states[i] &^= stateHome
			}
		},
	} {
		m, err := parseMemory(bytes.Clone(data), key, 20)
		if err != nil {
			t.Fatal(err)
		}
		change(m)
		if err := os.WriteFile(name, m.encode(key), 0o600); err != nil {
			t.Fatal(err)
		}
		c.check(t, what)
	}
}
