package git

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/unleak/unleak/source/git/object"
)

// remember writes down what a whole scan learnt of the objects.
func (r *run) remember(t *table, found []*contents, readers []*trees, a *attribution, old *recall) {
	f, history, leaves := a.forest, a.history, a.leaves
	k := keeper{table: t, memory: &memory{hash: t.store.Hash}, objects: make([]int32, len(t.nodes))}
	k.list()
	clean := slices.Clone(t.clean)
	if clean == nil {
		clean = make([]bool, len(t.nodes))
	}
	for _, c := range found {
		for _, number := range c.clean {
			clean[number] = true
		}
	}
	trees := f.tooDeep == 0 && !(r.repo.Promisor && len(f.harvest.absents) > 0)
	for _, rd := range readers {
		trees = trees && len(rd.trouble) == 0
	}
	storable := f.storable()
	commits := k.commits(history)
	for at, number := range k.numbers {
		kind := t.nodes[number].kind
		known := clean[number]
		switch kind {
		case object.Commit:
			known = known && commits[number] != nil
		case object.Tree:
			known = trees && f.harvest.has(number) && storable[f.prune(number, 0)]
		}
		state := byte(kind)
		if !kind.Whole() {
			state = 0
		}
		if known {
			state |= stateKnown
		}
		k.memory.states[at] = state
	}
	spots := k.mark(leaves, found, a.homes)
	seal := func() {
		if k.memory.outcome = r.sealOutcome(r.now, r.recorder.finish(a), t); k.memory.outcome != nil {
			k.memory.state = r.now
		}
	}
	fill := func() {
		k.fill(f, commits, storable, leaves)
		k.secrets(f.harvest, spots, func(number int32) []byte {
			if a.homes[number] {
				if sealed := r.seals.get(number); sealed != nil {
					return sealed
				}
				return t.seals[number]
			}
			return nil
		})
	}
	if old != nil && bytes.Equal(old.memory.ids, k.memory.ids) && bytes.Equal(old.memory.states, k.memory.states) {
		if seal(); k.memory.state == old.memory.state {
			r.usedMemory()
			return
		}
		fill()
	} else {
		beside(seal, fill)
	}
	r.storeMemory(k.memory)
}

// mark adds to the states what blobs hold secrets. It returns those of which it is known where.
func (k *keeper) mark(leaves []hit, found []*contents, homes map[int32]bool) map[int32]spotted {
	for _, l := range leaves {
		k.memory.states[k.objects[l.number]] |= stateLeaf
	}
	spots := make(map[int32]spotted)
	for _, c := range found {
		for _, p := range c.spotted {
			spots[p.number] = p
			k.memory.states[k.objects[p.number]] |= stateSpots
		}
	}
	for number := range homes {
		if _, ok := spots[number]; ok {
			k.memory.states[k.objects[number]] |= stateHome
		}
	}
	return spots
}

// secrets adds which blobs hold the same secrets, and where.
func (k *keeper) secrets(h *harvest, spots map[int32]spotted, sealed func(int32) []byte) {
	m := k.memory
	secrets := map[int32]int32{}
	lists := map[string]int32{}
	var key []byte
	for at, number := range k.numbers {
		if m.states[at]&stateSpots == 0 {
			continue
		}
		p := spots[number]
		key = key[:0]
		for _, s := range p.secrets {
			key = binary.LittleEndian.AppendUint32(key, uint32(s))
		}
		list, ok := lists[string(key)]
		if !ok {
			list = int32(len(m.lists))
			lists[string(key)] = list
			own := make([]int32, len(p.secrets))
			for i, s := range p.secrets {
				n, ok := secrets[s]
				if !ok {
					n = int32(len(m.secrets))
					secrets[s] = n
					m.secrets = append(m.secrets, h.known[s].rule)
				}
				own[i] = n
			}
			m.lists = append(m.lists, own)
		}
		m.spots = append(m.spots, spotsOfBlob{list, p.spots, sealed(number)})
	}
}

// keeper makes a memory.
type keeper struct {
	table   *table
	memory  *memory
	numbers []int32 // by object of the memory
	objects []int32 // by number, of those that are not copies
}

// list puts every object into the memory, sorted by id.
func (k *keeper) list() {
	t := k.table
	k.numbers = make([]int32, 0, len(t.nodes))
	for i := range t.nodes {
		number := int32(i)
		if t.sorted != nil {
			number = t.sorted[i]
		}
		if t.canonical(number) == number {
			k.numbers = append(k.numbers, number)
		}
	}
	k.memory.ids = make([]byte, 0, len(k.numbers)*memoryID)
	for at, number := range k.numbers {
		k.objects[number] = int32(at)
		k.memory.ids = append(k.memory.ids, t.raw(number)[:memoryID]...)
	}
	k.memory.states = make([]byte, len(k.numbers))
}

// commits returns the commits that need not be read again, by number: all they lead to is there.
func (k *keeper) commits(h *history) map[int32]*recalled {
	out := make(map[int32]*recalled, len(h.commits))
	for i := range h.commits {
		c := &h.commits[i]
		if c.tree < 0 || len(c.missing) > 0 {
			continue
		}
		known := &recalled{tree: k.objects[c.tree], date: c.date}
		for _, p := range c.parents {
			known.parents = append(known.parents, k.objects[h.commits[p].number])
		}
		out[c.number] = known
	}
	return out
}

// fill adds what the objects lead to.
func (k *keeper) fill(f *forest, commits map[int32]*recalled, storable []bool, leaves []hit) {
	m := k.memory
	names := map[uint32]uint32{}
	pruned := make([]int32, len(f.pruned))
	for i, edges := range f.pruned {
		if !storable[i] {
			continue
		}
		own := make([]edge, len(edges))
		for j, e := range edges {
			name, ok := names[e.name&nameMask]
			if !ok {
				name = uint32(len(m.names))
				names[e.name&nameMask] = name
				m.names = append(m.names, f.harvest.nameOf[e.name&nameMask])
			}
			own[j] = edge{name: e.name&^nameMask | name, child: none}
			switch {
			case e.name&edgeTree != 0:
				own[j].child = pruned[e.child]
			case e.name&edgeLeaf != 0:
				own[j].child = k.objects[leaves[e.child].number]
			}
		}
		pruned[i] = int32(len(m.forest))
		m.forest = append(m.forest, own)
	}
	for at, number := range k.numbers {
		switch m.states[at] {
		case byte(object.Commit) | stateKnown:
			m.commits = append(m.commits, *commits[number])
		case byte(object.Tree) | stateKnown:
			m.trees = append(m.trees, pruned[f.prune(number, 0)])
		}
	}
}

// storable tells which pruned trees can be remembered: those that lead to nothing missing and hold no name that is a
// secret. Children come before what leads to them.
func (f *forest) storable() []bool {
	for i := range f.table.nodes {
		if f.table.nodes[i].kind == object.Tree {
			f.prune(f.table.canonical(int32(i)), 0)
		}
	}
	out := make([]bool, len(f.pruned))
	for i, edges := range f.pruned {
		out[i] = !slices.ContainsFunc(edges, func(e edge) bool {
			return e.name&(edgeNamed|edgeAbsent) != 0 || e.name&edgeTree != 0 && !out[e.child]
		})
	}
	return out
}
