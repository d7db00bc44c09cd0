package git

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/pack"
	"github.com/unleak/unleak/source/git/repo"
)

// placed is an object of a pack with where it starts.
type placed struct {
	offset int64
	number int32
}

// byOffset sorts objects by where they start, digit by digit, the lowest first; objects of one offset stay in order.
func byOffset(all []placed) []placed {
	const digit = 11                                             // bits
	key := func(o placed) uint64 { return uint64(o.offset + 1) } // an index that lies says -1
	top := uint64(0)
	for _, o := range all {
		top = max(top, key(o))
	}
	other := make([]placed, len(all))
	for shift := 0; top>>shift > 0; shift += digit {
		var ends [1 << digit]int // of what has a digit: first where it starts
		for _, o := range all {
			ends[key(o)>>shift&(1<<digit-1)]++
		}
		sum := 0
		for i, n := range ends {
			ends[i] = sum
			sum += n
		}
		for _, o := range all {
			at := &ends[key(o)>>shift&(1<<digit-1)]
			other[*at] = o
			*at++
		}
		all, other = other, all
	}
	return all
}

// linkPack reads the entry headers of a pack in the order they lie in, and links offset deltas to their bases.
func (t *table) linkPack(k, jobs int) {
	p := t.store.Packs[k]
	if sum := p.Data[len(p.Data)-t.store.Hash:]; !bytes.Equal(sum, p.Index.PackSum()) {
		t.skips = append(t.skips, finding.Skip{Name: p.Name, Reason: finding.SkipCorrupt, Detail: "index was made for another pack"})
	}
	all := make([]placed, p.Index.Len())
	for i := range all {
		all[i] = placed{p.Index.Offset(i), t.first[k] + int32(i)}
		t.nodes[all[i].number].offset = all[i].offset
	}
	all = byOffset(all)
	var group sync.WaitGroup
	part := max(len(all)/max(jobs, 1)+1, smallPack)
	for start := 0; start < len(all); start += part {
		group.Go(func() {
			protect(func() { t.readHeads(p, all, start, min(start+part, len(all))) }, func(why any) { t.broken(p.Name, why) })
		})
	}
	group.Wait()
	// Children are added at the front, so that going backwards leaves them in the order of the pack.
	for _, o := range slices.Backward(all) {
		t.hang(o.number)
	}
}

// readHeads fills kind and base of all[start:end].
func (t *table) readHeads(p *repo.Pack, all []placed, start, end int) {
	from := all[start].offset
	for i, o := range all[start:end] {
		if i%smallPack == 0 {
			t.store.Touch(0, o.offset-from)
			from = o.offset
		}
		n := &t.nodes[o.number]
		e, err := pack.ParseEntry(p.Data, o.offset, t.store.Hash)
		if err != nil {
			continue // no kind: weigh reports it
		}
		n.kind = e.Kind
		if e.Kind == object.OfsDelta {
			i, ok := slices.BinarySearchFunc(all, e.Base, func(o placed, at int64) int { return cmp.Compare(o.offset, at) })
			if ok {
				n.base = all[i].number
			}
		}
	}
}

// hang makes an object the first child of its base.
func (t *table) hang(i int32) {
	n := &t.nodes[i]
	if n.base >= 0 {
		b := &t.nodes[n.base]
		n.sibling, b.child = b.child, i
	}
}

// linkRefs links deltas that name their base by id: in the same pack if it is there, else anywhere.
func (t *table) linkRefs() {
	for i := t.loose() - 1; i >= 0; i-- {
		n := &t.nodes[i]
		if n.kind != object.RefDelta {
			continue
		}
		p, _ := t.pack(i)
		e, err := pack.ParseEntry(p.Data, n.offset, t.store.Hash)
		if err != nil {
			continue
		}
		k := slices.Index(t.store.Packs, p)
		base, ok := t.findIn(k, e.Ref)
		if !ok {
			base, ok = t.find(e.Ref)
		}
		if ok && base != i {
			n.base = base
			t.hang(i)
		}
	}
}

// findCopies fills same.
func (t *table) findCopies() {
	if t.inOrder() {
		return
	}
	t.sorted = t.byID()
	t.same = map[int32]int32{}
	for i := 1; i < len(t.sorted); i++ {
		if before := t.sorted[i-1]; bytes.Equal(t.raw(before), t.raw(t.sorted[i])) {
			t.same[t.sorted[i]] = t.canonical(before)
		}
	}
}

// weigh orders the nodes, bases first, gives deltas the kind of the object they lead to, and counts the nodes below
// each. What hangs on nothing, a delta without a base or a ring of deltas, is reported.
func (t *table) weigh() {
	t.order = make([]int32, 0, len(t.nodes))
	for i := range t.nodes {
		n := &t.nodes[i]
		n.weight = 1
		if n.base < 0 && (n.kind.Whole() || int32(i) >= t.loose()) {
			t.order = append(t.order, int32(i))
		}
	}
	reader := t.store.NewReader()
	for at := 0; at < len(t.order); at++ {
		n := &t.nodes[t.order[at]]
		if n.child >= 0 && n.kind == 0 { // a loose base of a pack's delta
			_, l := t.pack(t.order[at])
			if kind, _, _, done, err := reader.OpenLoose(t.store.Loose[l].File); err == nil {
				n.kind = kind
				done()
			}
		}
		for c := n.child; c >= 0; c = t.nodes[c].sibling {
			t.nodes[c].kind = n.kind
			t.order = append(t.order, c)
		}
	}
	for _, i := range slices.Backward(t.order) {
		if n := &t.nodes[i]; n.base >= 0 {
			t.nodes[n.base].weight += n.weight
		}
	}
	if len(t.order) < len(t.nodes) {
		t.reportLoose()
	}
}

// reportLoose names the nodes that hang on nothing.
func (t *table) reportLoose() {
	linked := make([]bool, len(t.nodes))
	for _, i := range t.order {
		linked[i] = true
	}
	for i, n := range t.nodes {
		if linked[i] {
			continue
		}
		if c := t.canonical(int32(i)); linked[c] { // another copy can be read
			continue
		}
		s := finding.Skip{Name: t.id(int32(i)).String(), Reason: finding.SkipCorrupt}
		switch {
		case n.kind == 0:
			s.Detail = fmt.Sprintf("no entry at offset %d of its pack", n.offset)
		case n.base < 0:
			s.Reason, s.Detail = finding.SkipMissing, "the base of its delta is not in the repository"
		default:
			s.Detail = "its deltas lead to no object"
		}
		t.skips = append(t.skips, s)
	}
}
