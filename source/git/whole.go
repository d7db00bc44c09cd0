package git

import (
	"cmp"
	"context"
	"maps"
	"sync"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// whole scans every object of the store:
//
//	blobs, commits, tags ── which hold secrets ──> trees ── which lead to those ──> commits in order ──> places
//
// Blobs, commits and tags come first; then trees are read, once, for names and for what leads to the blobs that were
// found to hold something; only that much of the trees is kept.
func (r *run) whole(ctx context.Context) error {
	r.store.ListLoose()
	refs, broken := r.repo.Refs()
	for _, name := range broken {
		r.sink.Skip(finding.Skip{Name: name, Reason: finding.SkipCorrupt, Detail: "broken reference"})
	}
	file, last := r.remembered(refs, broken)
	if last != nil {
		return r.retell(ctx, last, refs)
	}
	return r.read(ctx, refs, file)
}

// read reads the objects that file, which may be nil, says too little of.
func (r *run) read(ctx context.Context, refs []repo.Ref, file *cacheContent) error {
	var remembered *memory
	var loading sync.WaitGroup
	r.guarded(&loading, func() { remembered = file.objects(r) })
	t := newTable(r.store, r.sink.Jobs())
	loading.Wait()
	if r.large > 0 {
		t.large = r.large
	}
	r.sink.Progress("objects", 0, int64(len(t.nodes)))
	h := newHarvest(len(t.nodes))
	var old *recall
	if remembered != nil {
		old = t.recall(remembered)
		t.sealKey = r.cacheKey()
	}
	r.passKnown(t, h, object.Blob, object.Commit)
	r.passRecalled(old, h)
	found := append(r.readContents(ctx, t, h), old.commits(t))
	hits, unread := old.settle(t, h, found)
	found = append(append(found, hits), r.readUnsettled(ctx, t, h, unread)...)
	interrupted := ctx.Err()
	ctx = context.WithoutCancel(ctx) // what was found before an interrupt is still told, with its place
	leaves, lfs := gather(t, found)
	old.agrees(t, leaves)
	r.passKnown(t, h, object.Tree)
	edges, readers := r.readTrees(ctx, t, h, leaves)
	r.reportTrouble(t, h, found, readers)

	var tags []tag
	for _, c := range found {
		tags = append(tags, c.tags...)
	}
	tips := r.tips(t, refs, tags)
	starts, err := r.starts(t, refs, tips)
	if err != nil {
		return err
	}
	var history *history
	f := newForest(t, h, edges)
	beside(func() { old.plant(f, h, leaves) }, func() { history = newHistory(t, found, starts) })
	a := newAttribution(t, history, f, h, leaves)
	a.left = newLeftOut(r.opts.Only)
	a.gather(found)
	a.findNotes(tips)
	r.attribute(a, tips)
	r.reportLeftOut(a)
	if r.opts.Cache != "" && interrupted == nil {
		a.homes = map[int32]bool{}
	}
	r.reportGaps(a, lfs)
	r.reportPacked(a, found)
	r.stash = r.stashed(refs)
	err = r.report(ctx, a, tags, refs)
	if a.homes != nil && err == nil {
		r.remember(t, found, readers, a, old)
	}
	return cmp.Or(err, interrupted)
}

// starts returns the objects that the history is followed from.
func (r *run) starts(t *table, refs []repo.Ref, tips []tip) ([]int32, error) {
	if !r.partial() {
		return numbersOf(tips), nil
	}
	id, err := r.resolve(r.opts.Branch, refs)
	if err != nil {
		return nil, err
	}
	number, _ := t.find(id[:r.store.Hash])
	return []int32{number}, nil
}

// beside does works at a time. One that breaks down does so here.
func beside(works ...func()) {
	reasons := make([]any, len(works))
	var group sync.WaitGroup
	for i, work := range works {
		group.Go(func() { protect(work, func(why any) { reasons[i] = why }) })
	}
	group.Wait()
	for _, why := range reasons {
		if why != nil {
			panic(why)
		}
	}
}

// gather takes over what the walkers know of blobs.
func (a *attribution) gather(found []*contents) {
	a.large, a.packed, a.kept, a.silent = map[int32]bool{}, map[int32]bool{}, map[int32]*located{}, map[int32]bool{}
	for _, c := range found {
		for _, number := range c.large {
			a.large[number] = true
		}
		for _, number := range c.packed {
			a.packed[number] = true
		}
		for _, number := range c.silent {
			a.silent[number] = true
		}
		maps.Copy(a.kept, c.kept)
	}
}

// partial tells whether only what one branch leads to is asked for.
func (r *run) partial() bool { return r.opts.Branch != "" }

// attribute follows the history, reachable commits first.
func (r *run) attribute(a *attribution, tips []tip) {
	n := len(a.history.order)
	a.follow(0, a.history.reachable, false)
	if !r.partial() {
		a.direct(tips)
	}
	if !r.opts.ReachableOnly && !r.partial() {
		a.follow(a.history.reachable, n, true)
		a.rest(r.opts.AllOccurrences)
	}
	a.tips(tips)
	a.finish()
	a.heads(tips)
	if a.cutShort || a.forest.tooDeep > 0 {
		r.skip(finding.Skip{Name: r.opts.Name, Reason: finding.SkipTooDeep, Detail: "trees name too many paths; some are not listed"})
	}
}

// readContents scans blobs, commits and tags.
func (r *run) readContents(ctx context.Context, t *table, h *harvest) []*contents {
	found := make([]*contents, r.sink.Jobs())
	visitors := make([]visitor[known], len(found))
	for i := range found {
		found[i] = &contents{
			ctx: ctx, opts: &r.opts, table: t, harvest: h, worker: r.sink.Worker(), sink: r.sink, reader: r.store.NewReader(),
			observe: r.observe,
		}
		defer r.closeWorker(found[i].worker)
		found[i].worker.Versions()
		visitors[i] = found[i]
	}
	roots := t.roots(func(k object.Kind) bool { return k != object.Tree })
	walk(ctx, t, roots, visitors, r.sink.MaxMemory(), r.sink.Idle)
	return found
}

// readTrees reads all trees and returns what attribution needs of them.
func (r *run) readTrees(ctx context.Context, t *table, h *harvest, leaves []hit) ([][]edge, []*trees) {
	byNumber := make(map[int32]int32, len(leaves))
	for i, l := range leaves {
		byNumber[l.number] = int32(i)
	}
	edges := make([][]edge, len(t.nodes))
	readers := make([]*trees, r.sink.Jobs())
	visitors := make([]visitor[marks], len(readers))
	for i := range readers {
		readers[i] = &trees{
			table: t, harvest: h, worker: r.sink.Worker(), sink: r.sink, leaves: byNumber, promised: r.repo.Promisor,
			edges: edges, names: map[string]uint32{},
		}
		defer r.closeWorker(readers[i].worker)
		visitors[i] = readers[i]
	}
	roots := t.roots(func(k object.Kind) bool { return k == object.Tree })
	walk(ctx, t, roots, visitors, r.sink.MaxMemory(), r.sink.Idle)
	total := int64(0)
	for _, rd := range readers {
		total += rd.count
	}
	r.sink.Count("trees", total)
	return edges, readers
}

// heavyTree is the number of nodes from which a tree of deltas is walked before smaller ones.
const heavyTree = 512

// roots returns the objects stored whole whose kind is wanted, in the order they lie on disk, but large trees of
// deltas first: they would otherwise be what everybody waits for at the end.
func (t *table) roots(want func(object.Kind) bool) []int32 {
	var out []int32
	for _, i := range t.order {
		n := &t.nodes[i]
		if n.base >= 0 {
			break // roots come first
		}
		if want(n.kind) && !t.isIdle(i) {
			out = append(out, i)
		}
	}
	arrange.By(out, func(i, j int32) int {
		a, b := &t.nodes[i], &t.nodes[j]
		if a.weight >= heavyTree || b.weight >= heavyTree {
			if c := cmp.Compare(b.weight, a.weight); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(i, j))
	})
	return out
}

// gather puts together what the walkers found: the objects that hold secrets, and those whose path coverage wants to
// name: LFS pointers and archives that were not read wholly. They are sorted by id.
func gather(t *table, found []*contents) (leaves []hit, lfs map[int32]string) {
	lfs = map[int32]string{}
	for _, c := range found {
		leaves = append(leaves, c.hits...)
		for _, p := range c.lfs {
			lfs[p.number] = p.oid
		}
	}
	has := map[int32]bool{}
	for _, l := range leaves {
		has[l.number] = true
	}
	named := func(number int32) {
		if !has[number] {
			has[number] = true
			leaves = append(leaves, hit{number: number})
		}
	}
	for number := range lfs {
		named(number)
	}
	for _, c := range found {
		for _, p := range c.skipped {
			named(p.number)
		}
	}
	compare := func(a, b hit) int { return t.id(a.number).Compare(t.id(b.number)) }
	if t.inOrder() {
		compare = func(a, b hit) int { return cmp.Compare(a.number, b.number) }
	}
	arrange.By(leaves, compare)
	return leaves, lfs
}
