package git

import (
	"bytes"
	"cmp"
	"encoding/binary"
)

// keyed is an object with the first bytes of its id, which decide almost always.
type keyed struct {
	key    uint64
	number int32
}

// byID returns every number in the order of ids, an object's copies in that of their numbers. What each pack has is in
// order already, and so is what is loose: these runs are merged, two at a time.
func (t *table) byID() []int32 {
	all := make([]keyed, 0, len(t.nodes))
	var ends []int // of the runs
	for k, p := range t.store.Packs {
		for i := range p.Index.Len() {
			all = append(all, keyed{binary.BigEndian.Uint64(p.Index.Raw(i)), t.first[k] + int32(i)})
		}
		ends = append(ends, len(all))
	}
	for i, l := range t.store.Loose {
		all = append(all, keyed{binary.BigEndian.Uint64(l.ID[:]), t.loose() + int32(i)})
	}
	ends = append(ends, len(all))
	other := make([]keyed, len(all))
	for len(ends) > 1 {
		start, runs := 0, 0
		for i := 0; i < len(ends); i += 2 {
			mid, end := ends[i], ends[min(i+1, len(ends)-1)]
			t.merge(other[start:end], all[start:mid], all[mid:end])
			start, ends[runs] = end, end
			runs++
		}
		ends = ends[:runs]
		all, other = other, all
	}
	numbers := make([]int32, len(all))
	for i, o := range all {
		numbers[i] = o.number
	}
	return numbers
}

// merge puts two runs into one. Of equals, those of a come first.
func (t *table) merge(to, a, b []keyed) {
	for i := range to {
		if len(b) == 0 || len(a) > 0 && t.compare(a[0], b[0]) <= 0 {
			to[i], a = a[0], a[1:]
		} else {
			to[i], b = b[0], b[1:]
		}
	}
}

func (t *table) compare(a, b keyed) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	return bytes.Compare(t.raw(a.number), t.raw(b.number))
}
