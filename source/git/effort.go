package git

import (
	"sync/atomic"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/git/object"
)

// effort bounds what reading the folders of commits one by one may cost: trees that contain each other many times over
// name billions of paths in a few bytes. Trees that one commit has at several places, and paths longer than any system
// allows, may cost about as much as all others together.
type effort struct {
	honest  atomic.Int64 // bytes of trees, each once a commit
	doubled atomic.Int64 // bytes of trees and paths beyond that
	spent   atomic.Bool
}

const (
	freeEffort = 4 << 20
	longPath   = 4096 // PATH_MAX of Linux, which git can check out
	maxPath    = 32 << 10
)

// walking is what one commit has had read of it.
type walking struct {
	effort *effort
	seen   map[object.ID]bool
}

func (e *effort) walking() *walking { return &walking{e, map[object.ID]bool{}} }

// tree tells whether a tree below a prefix may be read, given its size, and whether its entries are to be counted.
func (w *walking) tree(id object.ID, size int, prefix string) (ok, counted bool) {
	if len(prefix) > maxPath {
		w.effort.spent.Store(true)
		return false, false
	}
	if !w.seen[id] {
		w.seen[id] = true
		w.effort.honest.Add(int64(size))
		return true, len(prefix) > longPath
	}
	return w.spend(size), true
}

// spend tells whether something of some size may be made of a tree that was read before.
func (w *walking) spend(size int) bool {
	if w.effort.doubled.Add(int64(size)) > freeEffort+w.effort.honest.Load() {
		w.effort.spent.Store(true)
		return false
	}
	return true
}

// tellEffort tells that not all paths were listed.
func (r *run) tellEffort() {
	if r.effort.spent.Load() {
		r.sink.Skip(finding.Skip{Name: r.opts.Name, Reason: finding.SkipTooDeep, Detail: "trees name too many paths; some are not listed"})
	}
}
