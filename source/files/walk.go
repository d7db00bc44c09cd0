package files

import (
	"cmp"
	"context"
	"io/fs"
	"os"
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
}

// link is a symbolic link to follow when the walk is over.
type link struct{ path, shown string }

// filesATask is how many files a worker takes at once: enough that taking costs nothing, few enough to share work.
const filesATask = 16

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
	d := folder{path: r.path, shown: r.shown, real: r.real}
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

// list reads a folder and leaves tasks for what is in it, which take its turn.
func (r *reader) list(d folder, turn *scanner.Turn) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		r.skip(strings.TrimSuffix(d.shown, "/"), finding.SkipUnreadable, reason(err))
	}
	if d.ignore != nil {
		d.ignore = d.ignore.enter(d, entries)
	}
	var tasks []task
	var names, others []string
	for _, e := range entries {
		name := e.Name()
		shown := d.shown + name
		switch {
		case e.IsDir() && name == "objects" && r.bare(d, entries):
		case e.IsDir():
			if sub, ok := r.folder(d, name, shown); ok {
				tasks = append(tasks, task{dir: sub, list: true})
				others = append(others, name)
			}
		case e.Type()&fs.ModeSymlink != 0:
			if r.link(d, name, shown) {
				others = append(others, name)
			}
		case !e.Type().IsRegular():
			r.skip(shown, finding.SkipSpecial, e.Type().String())
			others = append(others, name)
		case r.wanted(d, name, shown):
			names = append(names, name)
		}
	}
	for chunk := range slices.Chunk(names, filesATask) {
		tasks = append(tasks, task{dir: d, names: chunk})
	}
	r.walk.sink.Progress("files", 0, int64(len(names)))
	turns := turn.Split(1 + len(tasks))
	for i := range tasks {
		tasks[i].turn = turns[1+i]
	}
	slices.Reverse(tasks)
	r.walk.push(tasks)
	r.worker.Take(turns[0])
	for _, name := range others {
		r.name(d.shown, name)
	}
	r.worker.Take(nil)
}

// folder decides whether a folder is walked.
func (r *reader) folder(d folder, name, shown string) (folder, bool) {
	sub := folder{path: join(d.path, name), shown: shown + "/", real: join(d.real, name)}
	if name == ".git" && !r.walk.opts.GitDirs {
		r.worker.Count("repositories not read as files", 1)
		return sub, false
	}
	if r.excluded(shown, name, true) || d.ignore.match(name, true) {
		r.skip(shown, finding.SkipExcluded, "")
		return sub, false
	}
	sub.ignore = d.ignore.inside(name)
	return sub, !r.walk.elsewhere(sub.real)
}

// elsewhere tells a folder or file that is a root of its own.
func (w *walk) elsewhere(real string) bool { return len(w.done) > 1 && w.done[real] }

// link keeps a symbolic link to follow later, or counts it. It returns false for one that is left out.
func (r *reader) link(d folder, name, shown string) bool {
	excluded := r.excluded(shown, name, false) || d.ignore.match(name, false)
	if !r.walk.opts.FollowSymlinks {
		r.worker.Count("symbolic links not followed", 1)
		return !excluded
	}
	if excluded {
		r.skip(shown, finding.SkipExcluded, "")
		return false
	}
	r.walk.mu.Lock()
	defer r.walk.mu.Unlock()
	r.walk.links = append(r.walk.links, link{join(d.path, name), shown})
	return true
}

// wanted decides whether a regular file is scanned.
func (r *reader) wanted(d folder, name, shown string) bool {
	if r.excluded(shown, name, false) || d.ignore.match(name, false) || !r.included(shown, name) {
		r.skip(shown, finding.SkipExcluded, "")
		return false
	}
	if len(r.walk.opts.Without) > 0 && slices.Contains(r.walk.opts.Without, join(d.real, name)) {
		r.worker.Count("earlier reports not read", 1)
		return false
	}
	return !r.walk.elsewhere(join(d.real, name))
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

func join(dir, name string) string {
	if dir == "." {
		return name
	}
	if strings.HasSuffix(dir, string(filepath.Separator)) {
		return dir + name
	}
	return dir + string(filepath.Separator) + name
}
