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

	"github.com/unleak/unleak/source/git/object"
)

// Ref is a reference: a name and the object it leads to.
type Ref struct {
	Name string // "refs/heads/main", "HEAD", "worktrees/x/HEAD"
	ID   object.ID
}

// Refs returns every reference of the repository, those of its worktrees included, sorted by name. HEAD is among them
// when it leads to an object. Broken ones are left out and named in the second result.
func (r *Repo) Refs() (refs []Ref, broken []string) {
	byName := map[string]object.ID{}
	symbolic := map[string]string{}
	r.readPacked(byName)
	read := func(name, file string) {
		id, target, err := readRef(file)
		switch {
		case err != nil:
			broken = append(broken, name)
		case target != "":
			symbolic[name] = target
		default:
			byName[name] = id
		}
	}
	walkRefs(r.CommonDir, "refs", read)
	read("HEAD", filepath.Join(r.GitDir, "HEAD"))
	for _, extra := range []string{"MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD"} {
		file := filepath.Join(r.GitDir, extra)
		if _, err := os.Lstat(file); err == nil {
			read(extra, file)
		}
	}
	trees, _ := os.ReadDir(filepath.Join(r.CommonDir, "worktrees"))
	for _, t := range trees {
		dir := filepath.Join(r.CommonDir, "worktrees", t.Name())
		read("worktrees/"+t.Name()+"/HEAD", filepath.Join(dir, "HEAD"))
		walkRefs(dir, "refs", func(name, file string) { read("worktrees/"+t.Name()+"/"+name, file) })
	}
	for name, target := range symbolic {
		for range 5 {
			next, ok := symbolic[target]
			if !ok {
				break
			}
			target = next
		}
		if id, ok := byName[target]; ok {
			byName[name] = id
		}
	}
	for name, id := range byName {
		if !id.IsZero() {
			refs = append(refs, Ref{name, id})
		}
	}
	slices.SortFunc(refs, func(a, b Ref) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(broken)
	return refs, broken
}

// HeadBranch returns the name of the reference HEAD stands for, or "" when HEAD is detached.
func (r *Repo) HeadBranch() string {
	_, target, _ := readRef(filepath.Join(r.GitDir, "HEAD"))
	return target
}

// Head returns the commit HEAD leads to; false before the first commit.
func (r *Repo) Head() (object.ID, bool) {
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
	f, err := os.Open(file)
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
	f, err := os.Open(filepath.Join(r.CommonDir, "packed-refs"))
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
