package files

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/unleak/unleak/internal/plainfile"
	"github.com/unleak/unleak/source/git/repo"
)

// tracked are the paths in a repository's index, sorted: git ignores nothing that it tracks.
type tracked struct {
	top   string // absolute folder of the work tree
	paths []string
}

// readTracked reads the index of the work tree at top; one that cannot be read tracks nothing.
func readTracked(top string) *tracked {
	t := &tracked{top: top}
	r, err := repo.Open(top)
	if err != nil {
		return t
	}
	x, err := r.OpenIndex("")
	if err != nil {
		return t
	}
	defer x.Close()
	for c := x.Cursor(); c.Next(); {
		t.paths = append(t.paths, string(c.Path))
	}
	slices.Sort(t.paths)
	return t
}

// gitDir returns the folder a work tree's .git is, or leads to.
func gitDir(top string) string {
	dotGit := filepath.Join(top, ".git")
	text, err := plainfile.Read(dotGit) // fails for a folder
	if err != nil {
		return dotGit
	}
	to, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
	switch {
	case !ok:
		return dotGit
	case filepath.IsAbs(to):
		return to
	}
	return filepath.Join(top, to)
}

// has tells whether an absolute path is tracked, or a folder in which something is.
func (t *tracked) has(path string, dir bool) bool {
	rel, ok := strings.CutPrefix(path, t.top)
	if !ok || t.paths == nil {
		return false
	}
	rel = strings.TrimPrefix(filepath.ToSlash(rel), "/")
	if dir {
		rel += "/"
	}
	i, found := slices.BinarySearch(t.paths, rel)
	return found || dir && i < len(t.paths) && strings.HasPrefix(t.paths[i], rel)
}
