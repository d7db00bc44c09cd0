package git

import (
	"sync"
	"sync/atomic"
)

// buffer is the text of an object, shared by those who still need it.
type buffer struct {
	b    []byte
	refs atomic.Int32
}

// task is a node to walk from. Without a base it is an object stored whole.
type task[S any] struct {
	number int32
	base   *buffer
	state  S // what the visitor made of the base
}

// queue hands out trees of deltas, then the parts of trees that a walker gives away because others have nothing to do.
type queue[S any] struct {
	roots   []int32
	next    atomic.Int64
	hungry  atomic.Int32 // walkers that wait
	walkers int

	mu    sync.Mutex
	cond  sync.Cond
	spare []task[S]
	over  bool
}

func newQueue[S any](roots []int32, walkers int) *queue[S] {
	q := &queue[S]{roots: roots, walkers: walkers}
	q.cond.L = &q.mu
	return q
}

// take returns what to walk next; false when there is nothing any more and no walker could give anything away.
func (q *queue[S]) take() (t task[S], ok bool) {
	if i := q.next.Add(1) - 1; i < int64(len(q.roots)) {
		return task[S]{number: q.roots[i]}, true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.hungry.Add(1)
	for len(q.spare) == 0 && !q.over {
		if int(q.hungry.Load()) == q.walkers {
			q.over = true
			q.cond.Broadcast()
			break
		}
		q.cond.Wait()
	}
	if len(q.spare) == 0 {
		return t, false
	}
	q.hungry.Add(-1)
	last := len(q.spare) - 1
	t = q.spare[last]
	q.spare[last] = task[S]{}
	q.spare = q.spare[:last]
	return t, true
}

// wanted tells whether a walker waits for more than what lies ready.
func (q *queue[S]) wanted() bool {
	if q.hungry.Load() == 0 {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return int(q.hungry.Load()) > len(q.spare)
}

// give puts a task where others find it.
func (q *queue[S]) give(t task[S]) {
	q.mu.Lock()
	q.spare = append(q.spare, t)
	q.mu.Unlock()
	q.cond.Signal()
}
