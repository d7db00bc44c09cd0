package files

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/scanner"
)

// walk is one scan.
type walk struct {
	opts *Options
	sink *scanner.Sink
	done map[string]bool // real paths of roots walked or being walked

	mu      sync.Mutex
	ready   sync.Cond
	stack   []task
	busy    int
	waiting int // workers without a task
	links   []link
	bares   []string // bare repositories, as they are shown
}

// task is a folder to list, or a run of files to scan.
type task struct {
	dir    folder
	list   bool
	names  []string
	target *root // set for a single file that is a target itself
	turn   *scanner.Turn
}

// folder is where a task's names are.
type folder struct {
	path   string // to open
	shown  string // reported, with the slash behind it; "" at the top
	ignore *ignores
	real   string // absolute path, kept only where something is compared with it
	above  string // what leads to shown, as finding.Origin has it
}

// link is a symbolic link to follow when the walk is over.
type link struct{ path, shown string }

func newWalk(opts *Options, sink *scanner.Sink) *walk {
	w := &walk{opts: opts, sink: sink, done: map[string]bool{}}
	w.ready.L = &w.mu
	return w
}

// admit drops roots that another one already covers.
func (w *walk) admit(roots []root) []root {
	var out []root
	for _, r := range roots {
		if !w.done[r.real] {
			w.done[r.real] = true
			out = append(out, r)
		}
	}
	return out
}

// run walks roots on all workers and returns when all is done.
func (w *walk) run(ctx context.Context, roots []root) {
	for i := range roots {
		t := w.start(&roots[i])
		t.turn = w.sink.Turn()
		w.stack = append(w.stack, t)
	}
	slices.Reverse(w.stack)
	var group sync.WaitGroup
	for range w.sink.Jobs() {
		group.Go(func() {
			r := newReader(w)
			defer r.close()
			for t, ok := w.take(); ok; t, ok = w.take() {
				if ctx.Err() == nil {
					r.work(ctx, t)
				}
				w.finish()
			}
		})
	}
	group.Wait()
}

func (w *walk) start(r *root) task {
	if !r.info.IsDir() {
		return task{target: r}
	}
	d := folder{path: r.path, shown: r.shown, real: r.real, above: above(r.real, r.shown)}
	if d.shown == "." {
		d.shown = ""
	}
	if d.shown != "" && !strings.HasSuffix(d.shown, "/") {
		d.shown += "/"
	}
	if w.opts.GitIgnore {
		d.ignore = newIgnores(r.real)
	}
	return task{dir: d, list: true}
}

// take waits for a task; false when nothing is left and nobody can add any.
func (w *walk) take() (task, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.stack) == 0 {
		if w.busy == 0 {
			w.ready.Broadcast()
			return task{}, false
		}
		w.waiting++
		w.sink.Idle(1)
		w.ready.Wait()
		w.sink.Idle(-1)
		w.waiting--
	}
	last := len(w.stack) - 1
	t := w.stack[last]
	w.stack[last] = task{}
	w.stack = w.stack[:last]
	w.busy++
	return t, true
}

func (w *walk) finish() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy--; w.busy == 0 && len(w.stack) == 0 {
		w.ready.Broadcast()
	}
}

// starved tells whether a worker waits for a task and there is none.
func (w *walk) starved() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.waiting > 0 && len(w.stack) == 0
}

func (w *walk) push(tasks []task) {
	if len(tasks) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stack = append(w.stack, tasks...)
	w.ready.Broadcast()
}

// followed returns, in a fixed order, where the links met so far lead to, as far as that was not walked.
func (w *walk) followed() []root {
	links := w.links
	w.links = nil
	arrange.By(links, func(a, b link) int { return cmp.Compare(a.shown, b.shown) })
	var roots []root
	for _, l := range links {
		r, err := newRoot(l.path)
		if err != nil {
			w.sink.Skip(finding.Skip{Name: l.shown, Reason: finding.SkipUnreadable, Detail: "leads nowhere"})
			continue
		}
		r.shown = l.shown
		if w.covered(r.real) {
			continue
		}
		if !r.info.IsDir() && !r.info.Mode().IsRegular() {
			w.sink.Skip(finding.Skip{Name: l.shown, Reason: finding.SkipSpecial, Detail: r.info.Mode().Type().String()})
			continue
		}
		roots = append(roots, r)
	}
	return roots
}

// covered tells whether a path lies within what was walked.
func (w *walk) covered(real string) bool {
	for p := real; ; {
		if w.done[p] {
			return true
		}
		up := filepath.Dir(p)
		if up == p {
			return false
		}
		p = up
	}
}
