package files

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// tracked are the paths in a repository's index, sorted: git ignores nothing that it tracks.
type tracked struct {
	top   string // absolute folder of the work tree
	paths []string
}

// readTracked reads the index of the work tree at top; one that cannot be read tracks nothing.
func readTracked(top string) *tracked {
	t := &tracked{top: top}
	f, err := os.Open(filepath.Join(gitDir(top), "index"))
	if err != nil {
		return t
	}
	defer f.Close()
	var idx index.Index
	if index.NewDecoder(bufio.NewReader(f)).Decode(&idx) != nil {
		return t
	}
	for _, e := range idx.Entries {
		t.paths = append(t.paths, e.Name)
	}
	slices.Sort(t.paths)
	return t
}

// gitDir returns the folder a work tree's .git is, or leads to.
func gitDir(top string) string {
	dotGit := filepath.Join(top, ".git")
	text, err := os.ReadFile(dotGit) // fails for a folder
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
