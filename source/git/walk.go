package git

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/unleak/unleak/source/git/pack"
	"github.com/unleak/unleak/source/git/repo"
)

// visitor sees every object of a walk, bases before the deltas built on them. One goroutine uses it at a time.
type visitor[S any] interface {
	// visit takes an object's text, which is valid during the call. d is nil for an object that is stored whole or
	// whose base says nothing; otherwise d tells how text came from the base that the visitor made state of. It
	// returns what the deltas built on this object will want to know.
	visit(number int32, text []byte, d *pack.Delta, state S) S
	// whole is asked before a large object that nothing is built on is read; true: the visitor reads it by itself.
	whole(number int32, size int64) bool
	// fail takes an object that cannot be read.
	fail(number int32, err error)
	// done is told now and then how many objects have been passed.
	done(objects int)
}

// walker materialises the objects of trees of deltas, depth first, light branches before the heaviest. The heaviest
// takes over its base's place, so that at most log2 of a tree's size are held, unless branches are as deep as they
// are many; then the texts nearest to the root are dropped and made again when needed.
type walker[S any] struct {
	table   *table
	queue   *queue[S]
	visitor visitor[S]
	reader  *repo.Reader
	limit   int64 // bytes an object may have that is held as a whole
	budget  int64 // bytes of texts to hold

	inflate pack.Inflater
	delta   pack.Delta
	raw     []byte
	stack   []frame[S]
	held    int64
	pool    pool
	passed  int
	reads   int64 // of packs that the store has not been told of
	taken   int64 // bytes of these
}

// frame is an object whose deltas are being walked.
type frame[S any] struct {
	number int32
	next   int32 // light child to go on with
	heavy  int32 // child that comes last
	text   *buffer
	state  S
}

var (
	errBase   = errors.New("the object its delta is built on cannot be read")
	errBroken = errors.New("reading broke down on it or what is built on it")
)

// walk runs one walker a visitor over the trees that start at roots. Every visitor has seen its last object when it
// returns. Idle is told of each that begins to wait for a tree, and ceases to.
func walk[S any](ctx context.Context, t *table, roots []int32, visitors []visitor[S], memory int64, idle func(int)) {
	q := newQueue[S](roots, len(visitors))
	var group sync.WaitGroup
	for _, v := range visitors {
		w := &walker[S]{
			table: t, queue: q, visitor: v, reader: t.store.NewReader(),
			limit: max(pack.MaxMade, memory), budget: memory / int64(len(visitors)),
		}
		group.Go(func() {
			for {
				idle(1)
				next, ok := q.take()
				idle(-1)
				if !ok {
					break
				}
				if ctx.Err() == nil {
					w.tree(ctx, next)
				}
			}
			w.visitor.done(w.passed)
		})
	}
	group.Wait()
}

// tree walks a tree of deltas. Should anything in it break down, the rest of that tree is lost, and told.
func (w *walker[S]) tree(ctx context.Context, t task[S]) {
	protect(func() { w.descend(ctx, t) }, func(why any) {
		w.visitor.fail(t.number, fmt.Errorf("%w: %v", errBroken, why))
		w.stack, w.held = nil, 0
	})
}

func (w *walker[S]) descend(ctx context.Context, t task[S]) {
	if t.base == nil {
		w.root(t.number)
	} else {
		w.child(t.number, t.base, t.state)
		w.release(t.base)
	}
	for len(w.stack) > 0 {
		top := &w.stack[len(w.stack)-1]
		if ctx.Err() != nil {
			w.drop(top)
			w.stack = w.stack[:len(w.stack)-1]
			continue
		}
		if top.text == nil && !w.rebuild(top) {
			w.stack = w.stack[:len(w.stack)-1]
			continue
		}
		c := top.next
		for c >= 0 && (c == top.heavy || w.table.isIdle(c)) {
			c = w.table.nodes[c].sibling
		}
		if c >= 0 {
			top.next = w.table.nodes[c].sibling
			w.light(c, top)
			continue
		}
		f := *top
		w.stack[len(w.stack)-1] = frame[S]{}
		w.stack = w.stack[:len(w.stack)-1]
		w.held -= int64(len(f.text.b))
		if f.heavy >= 0 {
			w.child(f.heavy, f.text, f.state)
		}
		w.release(f.text)
	}
}

// light walks a branch, or gives it away.
func (w *walker[S]) light(c int32, f *frame[S]) {
	if w.queue.wanted() {
		f.text.refs.Add(1)
		w.queue.give(task[S]{number: c, base: f.text, state: f.state})
		return
	}
	w.child(c, f.text, f.state)
}

// visited shows a text to the visitor and keeps it if deltas are built on it.
func (w *walker[S]) visited(i int32, text []byte, d *pack.Delta, base S) {
	state := w.visitor.visit(i, text, d, base)
	w.pass()
	n := &w.table.nodes[i]
	heavy := int32(none)
	for c := n.child; c >= 0; c = w.table.nodes[c].sibling {
		if !w.table.isIdle(c) && (heavy < 0 || w.table.nodes[c].weight > w.table.nodes[heavy].weight) {
			heavy = c
		}
	}
	if heavy < 0 {
		w.put(text)
		return
	}
	b := &buffer{b: text}
	b.refs.Store(1)
	w.stack = append(w.stack, frame[S]{number: i, next: n.child, heavy: heavy, text: b, state: state})
	w.held += int64(len(text))
	for k := 0; k < len(w.stack)-1 && w.held > w.budget; k++ {
		w.drop(&w.stack[k])
	}
}

// drop lets go of a frame's text.
func (w *walker[S]) drop(f *frame[S]) {
	if f.text != nil {
		w.held -= int64(len(f.text.b))
		w.release(f.text)
		f.text = nil
	}
}

// rebuild makes a dropped text again.
func (w *walker[S]) rebuild(f *frame[S]) bool {
	text, err := w.read(f.number)
	if err != nil { // it was read before: only a pack that changes under us gets here
		for c := f.next; c >= 0; c = w.table.nodes[c].sibling {
			w.fail(c, errBase)
		}
		return false
	}
	f.text = &buffer{b: text}
	f.text.refs.Store(1)
	w.held += int64(len(text))
	return true
}

// fail reports an object and everything built on it.
func (w *walker[S]) fail(i int32, err error) {
	below := []int32{i}
	for len(below) > 0 {
		i := below[len(below)-1]
		below = below[:len(below)-1]
		w.visitor.fail(i, err)
		w.pass()
		err = errBase
		for c := w.table.nodes[i].child; c >= 0; c = w.table.nodes[c].sibling {
			below = append(below, c)
		}
	}
}

// progressStep is how many objects pass between two reports of progress.
const progressStep = 4096

func (w *walker[S]) pass() {
	w.passed++
	if w.passed == progressStep {
		w.visitor.done(w.passed)
		w.passed = 0
	}
}
