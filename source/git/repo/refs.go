package repo

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/internal/plainfile"
	"github.com/unleak/unleak/source/git/object"
)

// Ref is a reference: a name and the object it leads to.
type Ref struct {
	Name string // "refs/heads/main", "HEAD", "worktrees/x/HEAD"
	ID   object.ID
}

// refSet collects references.
type refSet struct {
	byName   map[string]object.ID
	symbolic map[string]string
	broken   []string
}

// Special returns what git noted in a file such as FETCH_HEAD or ORIG_HEAD, which keeps nothing from being collected.
func (r *Repo) Special(name string) (object.ID, bool) {
	if name != "FETCH_HEAD" && name != "ORIG_HEAD" && name != "BISECT_HEAD" {
		return object.ID{}, false
	}
	id, target, err := readRef(filepath.Join(r.GitDir, name))
	return id, err == nil && target == ""
}

// StashName is how git names an entry of the stash, counted back from the newest, 0.
func StashName(n int) string { return fmt.Sprintf("stash@{%d}", n) }

// stashes adds the entries of the stash but the newest, which is a reference of its own.
func (r *Repo) stashes(refs []Ref) []Ref {
	log := r.Reflog("refs/stash")
	for i := range log[:max(0, len(log)-1)] {
		refs = append(refs, Ref{"refs/" + StashName(len(log)-1-i), log[i].New})
	}
	return refs
}

// Refs returns every reference of the repository, those of its worktrees and all entries of the stash included, sorted by name. HEAD is among them
// when it leads to an object. Broken ones are left out and named in the second result.
func (r *Repo) Refs() (refs []Ref, broken []string) {
	s := r.refSet()
	for name := range s.symbolic {
		if id, ok := s.follow(name); ok {
			s.byName[name] = id
		}
	}
	for name, id := range s.byName {
		if !id.IsZero() {
			refs = append(refs, Ref{name, id})
		}
	}
	if _, ok := s.byName["refs/stash"]; ok {
		refs = r.stashes(refs)
	}
	arrange.By(refs, func(a, b Ref) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(s.broken)
	return refs, s.broken
}

// follow returns what a reference leads to in the end.
func (s *refSet) follow(name string) (object.ID, bool) {
	for range 6 {
		target, ok := s.symbolic[name]
		if !ok {
			break
		}
		name = target
	}
	id, ok := s.byName[name]
	return id, ok
}

func (r *Repo) refSet() *refSet {
	s := &refSet{byName: map[string]object.ID{}, symbolic: map[string]string{}}
	if r.tables {
		r.tableRefs(s)
	} else {
		r.fileRefs(s)
	}
	for _, extra := range []string{"MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD"} {
		file := filepath.Join(r.GitDir, extra)
		if _, err := os.Lstat(file); err == nil {
			s.read(extra, file)
		}
	}
	return s
}

// read reads a reference from its file.
func (s *refSet) read(name, file string) {
	id, target, err := readRef(file)
	switch {
	case err != nil:
		s.broken = append(s.broken, name)
	case target != "":
		s.symbolic[name] = target
	default:
		s.byName[name] = id
	}
}

// fileRefs reads references that are kept as files.
func (r *Repo) fileRefs(s *refSet) {
	r.readPacked(s.byName)
	walkRefs(r.CommonDir, "refs", s.read)
	s.read("HEAD", filepath.Join(r.GitDir, "HEAD"))
	for name, dir := range r.worktrees() {
		s.read(name+"HEAD", filepath.Join(dir, "HEAD"))
		walkRefs(dir, "refs", func(ref, file string) { s.read(name+ref, file) })
	}
}

// tableRefs reads references that are kept in reftables.
func (r *Repo) tableRefs(s *refSet) {
	read := func(dir, prefix string) {
		broken := r.readTables(dir, func(t tableRef) {
			name := prefix + t.name
			delete(s.byName, name)
			delete(s.symbolic, name)
			switch {
			case t.gone:
			case t.target != "":
				s.symbolic[name] = t.target
			default:
				s.byName[name] = t.id
			}
		})
		s.broken = append(s.broken, broken...)
	}
	read(r.CommonDir, "")
	if r.GitDir != r.CommonDir { // HEAD is this worktree's
		delete(s.byName, "HEAD")
		delete(s.symbolic, "HEAD")
		read(r.GitDir, "")
	}
	for name, dir := range r.worktrees() {
		read(dir, name)
	}
}

// worktrees returns the folders of linked worktrees with what their references' names begin with.
func (r *Repo) worktrees() map[string]string {
	out := map[string]string{}
	trees, _ := os.ReadDir(filepath.Join(r.CommonDir, "worktrees"))
	for _, t := range trees {
		out["worktrees/"+t.Name()+"/"] = filepath.Join(r.CommonDir, "worktrees", t.Name())
	}
	return out
}

// Head returns the commit HEAD leads to; false before the first commit.
func (r *Repo) Head() (object.ID, bool) {
	if r.tables {
		id, ok := r.refSet().follow("HEAD")
		return id, ok && !id.IsZero()
	}
	id, target, err := readRef(filepath.Join(r.GitDir, "HEAD"))
	for range 5 {
		if err != nil {
			return id, false
		}
		if target == "" {
			return id, !id.IsZero()
		}
		name := target
		if id, target, err = readRef(filepath.Join(r.CommonDir, filepath.FromSlash(name))); err != nil {
			packed := map[string]object.ID{}
			r.readPacked(packed)
			id, ok := packed[name]
			return id, ok
		}
	}
	return id, false
}

func walkRefs(dir, top string, read func(name, file string)) {
	_ = filepath.WalkDir(filepath.Join(dir, top), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(file, ".lock") {
			return nil
		}
		if rel, err := filepath.Rel(dir, file); err == nil {
			read(filepath.ToSlash(rel), file)
		}
		return nil
	})
}

// readRef reads a loose reference: an id or the name of another. A symbolic link is git's oldest form of the latter.
func readRef(file string) (id object.ID, target string, err error) {
	if link, err := os.Readlink(file); err == nil && strings.HasPrefix(filepath.ToSlash(link), "refs/") {
		return id, filepath.ToSlash(link), nil
	}
	f, err := plainfile.Open(file)
	if err != nil {
		return id, "", err
	}
	defer f.Close()
	var buf [4096]byte
	n, err := f.Read(buf[:])
	if n == 0 {
		return id, "", fmt.Errorf("%s: empty reference: %w", file, err)
	}
	line, _, _ := strings.Cut(string(buf[:n]), "\n")
	line = strings.TrimSpace(line)
	if name, ok := strings.CutPrefix(line, "ref:"); ok {
		return id, strings.TrimSpace(name), nil
	}
	if i := strings.IndexAny(line, " \t"); i >= 0 { // MERGE_HEAD and FETCH_HEAD go on behind the id
		line = line[:i]
	}
	id, err = object.ParseID(line)
	return id, "", err
}

// readPacked reads packed-refs: lines of id and name, "^" lines with what a tag leads to.
func (r *Repo) readPacked(into map[string]object.ID) {
	f, err := plainfile.Open(filepath.Join(r.CommonDir, "packed-refs"))
	if err != nil {
		return
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		hex, name, ok := bytes.Cut(lines.Bytes(), []byte{' '})
		if !ok || len(hex) == 0 || hex[0] == '#' || hex[0] == '^' {
			continue
		}
		if id, err := object.ParseID(string(hex)); err == nil {
			into[string(bytes.TrimSpace(name))] = id
		}
	}
}
