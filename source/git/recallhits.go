package git

import (
	"context"
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/git/object"
)

// A memory says of each blob that holds secrets which ones, by numbers that mean nothing outside of it. So a few of these
// blobs are enough to know the secrets of all: they are read, the others are not, unless something new is built on them.

// elect chooses blobs to read so that every secret of the memory is in one of them: those first that the report is likely
// to show. It fills chosen, recalled and what the table knows of them.
func (r *recall) elect(t *table) {
	r.lists = map[int32]int32{}
	t.spots, t.homes, t.recalled = map[int32][]finding.Span{}, map[int32]bool{}, map[int32]bool{}
	t.seals = map[int32][]byte{}
	covered := make([]bool, len(r.memory.secrets))
	at := 0
	var others []int32
	choose := func(number int32) {
		r.chosen = append(r.chosen, number)
		for _, s := range r.memory.lists[r.lists[number]] {
			covered[s] = true
		}
	}
	for i, s := range r.memory.states {
		if s&stateSpots == 0 {
			continue
		}
		spotted := r.memory.spots[at]
		at++
		number := r.numbers[i]
		if number < 0 || t.nodes[number].kind != object.Blob {
			continue
		}
		t.spots[number] = spotted.spots
		r.lists[number] = spotted.list
		if s&stateHome != 0 {
			t.homes[number] = true
			if len(spotted.sealed) > 0 {
				t.seals[number] = spotted.sealed
			}
			choose(number)
			continue
		}
		others = append(others, number)
	}
	for _, number := range others {
		if slices.ContainsFunc(r.memory.lists[r.lists[number]], func(s int32) bool { return !covered[s] }) {
			choose(number)
			continue
		}
		r.recalled = append(r.recalled, number)
	}
	for _, number := range r.recalled {
		t.recalled[number] = true
	}
	for i, at := range r.objects {
		if at >= 0 && t.recalled[r.numbers[at]] {
			t.idle[i] = true
		}
	}
}

// feeds tells whether a delta built on a node wants to know what was found in it.
func (t *table) feeds(i int32) bool {
	for c := t.nodes[i].child; c >= 0; c = t.nodes[c].sibling {
		if !t.isClean(c) && t.spots[t.canonical(c)] == nil {
			return true
		}
	}
	return false
}

// readUnsettled reads what settle could not tell.
func (r *run) readUnsettled(ctx context.Context, t *table, h *harvest, unread []int32) []*contents {
	if len(unread) == 0 {
		return nil
	}
	r.countRecalled(-int64(len(unread)))
	idle := t.idle
	t.idle = make([]bool, len(t.nodes))
	for i := range t.idle {
		t.idle[i] = true
	}
	for _, number := range unread {
		h.forget(number)
		delete(t.recalled, number)
		delete(t.spots, number)
		delete(t.seals, number)
		t.idle[number] = false
	}
	t.settleIdle()
	found := r.readContents(ctx, t, h)
	t.idle = idle
	return found
}

// settle says which secrets the blobs hold that were not read, given those that were. unread are blobs of which that is
// not known after all, because one that was read is not as it is remembered.
func (r *recall) settle(t *table, h *harvest, found []*contents) (known *contents, unread []int32) {
	known = &contents{}
	if r == nil {
		return known, nil
	}
	read := map[int32][]int32{}
	for _, c := range found {
		for _, l := range c.hits {
			read[l.number] = l.secrets
		}
	}
	meaning := make([]int32, len(r.memory.secrets))
	for i := range meaning {
		meaning[i] = none
	}
	lies := false
	for _, number := range r.chosen {
		list, secrets := r.memory.lists[r.lists[number]], read[number]
		if len(list) != len(secrets) {
			lies = lies || len(secrets) > 0
			continue
		}
		for i, s := range list {
			lies = lies || meaning[s] != none && meaning[s] != secrets[i] || h.known[secrets[i]].rule != r.memory.secrets[s]
			meaning[s] = secrets[i]
		}
	}
	shared := make([][]int32, len(r.memory.lists))
	for _, number := range r.recalled {
		k := r.lists[number]
		list := r.memory.lists[k]
		if shared[k] == nil {
			shared[k] = make([]int32, len(list))
			for i, s := range list {
				shared[k][i] = meaning[s]
			}
		}
		if lies || slices.Contains(shared[k], none) {
			unread = append(unread, number)
			continue
		}
		spots := t.spots[number]
		if len(list) > 0 {
			known.hits = append(known.hits, hit{number, shared[k], spots})
		}
		known.spotted = append(known.spotted, spotted{number, spots, shared[k]})
	}
	return known, unread
}

// passRecalled counts the blobs whose secrets are known, so that they are not recorded when they are read for what is
// built on them.
func (r *run) passRecalled(old *recall, h *harvest) {
	if old == nil {
		return
	}
	for _, number := range old.recalled {
		h.first(number)
	}
	if n := int64(len(old.recalled)); n > 0 {
		r.countRecalled(n)
	}
}

func (r *run) countRecalled(n int64) {
	r.sink.Count("blobs", n)
	r.sink.Count("known objects", n)
}
