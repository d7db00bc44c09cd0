package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// filesATask is how many files a worker takes at once: enough that taking costs nothing, few enough to share work.
const filesATask = 16

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

// elsewhere tells a folder or file that is a root of its own.
func (w *walk) elsewhere(real string) bool { return len(w.done) > 1 && w.done[real] }

// folder decides whether a folder is walked.
func (r *reader) folder(d folder, name, shown string) (folder, bool) {
	sub := folder{path: join(d.path, name), shown: shown + "/", real: join(d.real, name), above: d.above}
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

func join(dir, name string) string {
	if dir == "." {
		return name
	}
	if strings.HasSuffix(dir, string(filepath.Separator)) {
		return dir + name
	}
	return dir + string(filepath.Separator) + name
}
