package image

import (
	"math/rand/v2"
	"path"
	"strings"
	"testing"
)

// union is a plain model of stacked layers: path to the layer its content comes from.
type union map[string]int

func (u union) removeBelow(dir string) {
	for p := range u {
		if dir == "" || strings.HasPrefix(p, dir+"/") {
			delete(u, p)
		}
	}
}

// apply stacks a layer the way a runtime does: what it removes first, then what it adds.
func (u union) apply(layer int, entries []string) {
	for _, e := range entries {
		dir, base := path.Split(e)
		dir = strings.TrimSuffix(dir, "/")
		switch {
		case base == whiteoutOpaque:
			u.removeBelow(dir)
		case strings.HasPrefix(base, whiteoutPrefix):
			gone := path.Join(dir, base[len(whiteoutPrefix):])
			delete(u, gone)
			u.removeBelow(gone)
		}
	}
	for _, e := range entries {
		if strings.HasPrefix(path.Base(e), whiteoutPrefix) {
			continue
		}
		u.removeBelow(e)
		for up := path.Dir(e); up != "."; up = path.Dir(up) {
			delete(u, up)
		}
		u[e] = layer
	}
}

func TestHidesAsAUnionDoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	words := []string{"a", "b", "c"}
	for round := range 3000 {
		layers := make([][]string, 2+rng.IntN(3))
		sealed := make([]names, len(layers))
		model := union{}
		for i := range layers {
			sealed[i] = newNames()
			used := map[string]bool{}
			for range 1 + rng.IntN(3) {
				parts := make([]string, 1+rng.IntN(3))
				for j := range parts {
					parts[j] = words[rng.IntN(len(words))]
				}
				switch rng.IntN(5) {
				case 0:
					parts[len(parts)-1] = whiteoutPrefix + parts[len(parts)-1]
				case 1:
					parts[len(parts)-1] = whiteoutOpaque
				}
				e := strings.Join(parts, "/")
				if clash(used, e) {
					continue
				}
				used[e] = true
				layers[i] = append(layers[i], e)
				sealed[i].add(e, false)
			}
			sealed[i].seal()
			model.apply(i, layers[i])
		}
		for i, entries := range layers {
			for _, e := range entries {
				if strings.HasPrefix(path.Base(e), whiteoutPrefix) {
					continue
				}
				hidden := false
				for j := i + 1; j < len(layers); j++ {
					hidden = hidden || sealed[j].hides(e)
				}
				from, there := model[e]
				if want := !there || from != i; hidden != want {
					t.Fatalf("round %d: %q of layer %d hidden: %v, want %v; layers %q", round, e, i, hidden, want, layers)
				}
			}
		}
	}
}

// clash tells entries that no one layer can have together: a file within a file.
func clash(used map[string]bool, e string) bool {
	for u := range used {
		if u == e || strings.HasPrefix(u, e+"/") || strings.HasPrefix(e, u+"/") {
			return true
		}
	}
	return false
}
