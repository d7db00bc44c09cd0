package git

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/unleak/unleak/source/git/repo"
)

// state tells repositories and scans apart that may have another outcome: by the objects that are there and how they are
// stored, by references, and by the options that say what of them is told. What the cache's key tells apart is not in it.
// The zero state is none: Options.Only is set and nothing tells what it chooses.
func (r *run) state(refs []repo.Ref, broken []string) (sum [sha256.Size]byte) {
	o := &r.opts
	if o.Only != nil && o.Chosen == "" {
		return sum
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %t %t %t %q %d\n", o.Name, o.Branch, r.address, o.ReachableOnly, o.AllOccurrences, o.Submodules, o.Chosen, o.Depth)
	fmt.Fprintf(h, "%d %d %t %d %q\n", r.store.Hash, r.repo.Shallow, r.repo.Promisor, r.sink.MaxMemory(), slices.Sorted(maps.Keys(r.scanned)))
	for _, ref := range refs {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(ref.Name))))
		h.Write(append([]byte(ref.Name), ref.ID[:]...))
	}
	fmt.Fprintf(h, "%q %d\n", broken, len(r.store.Packs))
	indexes := make([][sha256.Size]byte, len(r.store.Packs))
	works := make([]func(), len(indexes))
	for i, p := range r.store.Packs {
		works[i] = func() { indexes[i] = p.Index.Sum() }
	}
	beside(works...)
	for i, p := range r.store.Packs {
		fmt.Fprintf(h, "%d %x %x\n", len(p.Data), p.Data[len(p.Data)-r.store.Hash:], indexes[i])
	}
	for _, l := range r.store.Loose {
		h.Write(l.ID[:r.store.Hash])
	}
	h.Sum(sum[:0])
	return sum
}

// stretch is bytes as they lie on disk: of a pack, or, with a source beyond the packs, a loose object's whole file.
type stretch struct {
	source   int
	from, to int64
}

// stretches returns where the objects of some numbers lie, with all that they are built on.
func (t *table) stretches(numbers map[int32]bool) []stretch {
	taken := map[int32]bool{}
	starts := make([]map[int64]bool, len(t.store.Packs))
	var out []stretch
	for number := range numbers {
		for i := number; i >= 0 && !taken[i]; i = t.nodes[i].base {
			taken[i] = true
			if i >= t.loose() {
				out = append(out, stretch{source: len(t.store.Packs) + int(i-t.loose())})
				continue
			}
			k := t.packOf(i)
			if starts[k] == nil {
				starts[k] = map[int64]bool{}
			}
			starts[k][t.nodes[i].offset] = true
		}
	}
	for k, wanted := range starts {
		if len(wanted) > 0 {
			out = t.entries(k, wanted, out)
		}
	}
	slices.SortFunc(out, func(a, b stretch) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.from, b.from))
	})
	return out
}

// entries adds the entries of a pack that start at some offsets, those next to each other as one.
func (t *table) entries(k int, wanted map[int64]bool, out []stretch) []stretch {
	p := t.store.Packs[k]
	all := make([]placed, p.Index.Len())
	for i := range all {
		all[i].offset = t.nodes[t.first[k]+int32(i)].offset
	}
	all = byOffset(all)
	end := int64(len(p.Data) - t.store.Hash)
	for i, at := range all {
		if !wanted[at.offset] || i > 0 && all[i-1].offset == at.offset {
			continue
		}
		to := end
		for _, next := range all[i+1:] {
			if next.offset > at.offset {
				to = min(end, next.offset)
				break
			}
		}
		if last := len(out) - 1; last >= 0 && out[last].source == k && out[last].to == at.offset {
			out[last].to = to
			continue
		}
		out = append(out, stretch{k, at.offset, to})
	}
	return out
}

// sumPart is about how many bytes are hashed at a time.
const sumPart = 256 << 10

// sumOf returns a hash of stretches; false if they are not there.
func (r *run) sumOf(all []stretch) (sum [sha256.Size]byte, ok bool) {
	var parts [][]stretch
	size := int64(sumPart)
	for _, s := range all {
		if size >= sumPart {
			parts = append(parts, nil)
			size = 0
		}
		last := len(parts) - 1
		parts[last] = append(parts[last], s)
		size += s.to - s.from
	}
	sums := make([][sha256.Size]byte, len(parts))
	var next atomic.Int64
	var bad atomic.Bool
	var group sync.WaitGroup
	for range min(r.sink.Jobs(), len(parts)) {
		group.Go(func() {
			protect(func() {
				for i := next.Add(1) - 1; i < int64(len(parts)); i = next.Add(1) - 1 {
					var ok bool
					if sums[i], ok = r.sumPart(parts[i]); !ok {
						bad.Store(true)
					}
				}
			}, func(any) { bad.Store(true) })
		})
	}
	group.Wait()
	h := sha256.New()
	for i := range sums {
		h.Write(sums[i][:])
	}
	h.Sum(sum[:0])
	return sum, !bad.Load()
}

func (r *run) sumPart(part []stretch) (sum [sha256.Size]byte, ok bool) {
	h := sha256.New()
	for _, s := range part {
		var text []byte
		switch loose := s.source - len(r.store.Packs); {
		case loose >= len(r.store.Loose):
			return sum, false
		case loose >= 0:
			var err error
			if text, err = os.ReadFile(r.store.Loose[loose].File); err != nil {
				return sum, false
			}
		default:
			data := r.store.Packs[s.source].Data
			if s.from < 0 || s.from > s.to || s.to > int64(len(data)) {
				return sum, false
			}
			text = data[s.from:s.to]
		}
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text))))
		h.Write(text)
	}
	h.Sum(sum[:0])
	return sum, true
}
