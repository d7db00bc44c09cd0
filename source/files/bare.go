package files

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
)

// mostBares is how many bare repositories a note names.
const mostBares = 5

// bare tells whether a folder with these entries is a bare repository, whose objects are not read as files: they are
// compressed. The rest of it, such as its config, is.
func (r *reader) bare(d folder, entries []os.DirEntry) bool {
	if r.walk.opts.GitDirs || !has(entries, "HEAD", false) || !has(entries, "refs", true) {
		return false
	}
	objects, err := os.ReadDir(join(d.path, "objects"))
	if err != nil || slices.ContainsFunc(objects, func(e os.DirEntry) bool { return !objectFolder(e) }) {
		return false
	}
	r.worker.Count("bare repositories not read as files", 1)
	r.walk.mu.Lock()
	defer r.walk.mu.Unlock()
	r.walk.bares = append(r.walk.bares, path.Clean(d.shown))
	return true
}

// objectFolder tells whether something belongs among a repository's objects: folders of two hexadecimal digits, pack, info.
func objectFolder(e os.DirEntry) bool {
	name := e.Name()
	return e.IsDir() && (name == "pack" || name == "info" || len(name) == 2 && strings.Trim(name, "0123456789abcdef") == "")
}

func has(entries []os.DirEntry, name string, dir bool) bool {
	i, ok := slices.BinarySearchFunc(entries, name, func(e os.DirEntry, name string) int { return strings.Compare(e.Name(), name) })
	return ok && entries[i].IsDir() == dir
}

// tellBares names the bare repositories, of many the first.
func (w *walk) tellBares() {
	if len(w.bares) == 0 {
		return
	}
	slices.Sort(w.bares)
	names, more := w.bares, ""
	if n := len(names) - mostBares; n > 0 {
		names, more = names[:mostBares], fmt.Sprintf(" and %d more", n)
	}
	w.sink.Note(fmt.Sprintf("the history of bare repositories was not read: %s%s (see `unleak git`)", strings.Join(names, ", "), more))
}
