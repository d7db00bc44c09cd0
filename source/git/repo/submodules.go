package repo

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/internal/arrange"
)

// Submodule is the repository of a submodule.
type Submodule struct {
	Path string // where the working tree has it, with slashes; if that is not known, its name
	Dir  string // its git folder
}

// maxSubmodules bounds how many submodules a repository may have.
const maxSubmodules = 1 << 12

// Submodules returns the repositories of the submodules that are here, sorted by path: those git keeps under modules,
// and those whose own git folder stands in the working tree. Submodules of submodules are not among them.
func (r *Repo) Submodules() []Submodule {
	tree := r.workTree()
	named := tree // what paths are relative to
	if named == "" && r.workDir != "" {
		named = r.fromDir(r.workDir)
	}
	var out []Submodule
	top := filepath.Join(r.CommonDir, "modules")
	_ = filepath.WalkDir(top, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		if len(out) == maxSubmodules {
			return fs.SkipAll
		}
		if dir == top || !isGitDir(dir) {
			return nil
		}
		out = append(out, Submodule{modulePath(dir, top, named), dir})
		return fs.SkipDir
	})
	if index, err := r.OpenIndex(""); err == nil && tree != "" {
		for c := index.Cursor(); c.Next() && len(out) < maxSubmodules; {
			dir := filepath.Join(tree, filepath.FromSlash(string(c.Path)), ".git")
			if !c.Mode.IsGitlink() || !filepath.IsLocal(string(c.Path)) {
				continue
			}
			// A file that names another folder is not followed: those that git makes lead to modules.
			if st, err := os.Lstat(dir); err == nil && st.IsDir() && isGitDir(dir) {
				out = append(out, Submodule{string(c.Path), dir})
			}
		}
		index.Close()
	}
	arrange.By(out, func(a, b Submodule) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// fromDir returns a path that the configuration gives relative to the git folder.
func (r *Repo) fromDir(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.CommonDir, path)
}

// workTree returns the folder of the main working tree as git lays it out by itself, or "". What the configuration
// names is not searched for repositories.
func (r *Repo) workTree() string {
	if filepath.Base(r.CommonDir) == ".git" {
		return filepath.Dir(r.CommonDir)
	}
	return ""
}

// modulePath returns where the working tree has the submodule whose git folder is dir, which lies below top.
func modulePath(dir, top, tree string) string {
	name, _ := filepath.Rel(top, dir)
	r := &Repo{GitDir: dir, CommonDir: dir}
	if err := r.readConfig(); err != nil || r.workDir == "" || tree == "" {
		return filepath.ToSlash(name)
	}
	at := r.fromDir(r.workDir)
	if real, err := filepath.EvalSymlinks(at); err == nil {
		at = real
	}
	if real, err := filepath.EvalSymlinks(tree); err == nil {
		tree = real
	}
	if path, err := filepath.Rel(tree, at); err == nil && filepath.IsLocal(path) {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(name)
}
