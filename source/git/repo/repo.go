package repo

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/internal/plainfile"
	"github.com/unleak/unleak/source/git/object"
)

// Repo is where the parts of a repository lie.
type Repo struct {
	GitDir    string // of this worktree: HEAD, index
	CommonDir string // shared by worktrees: objects, refs, config
	Hash      int    // bytes of an object id
	Shallow   int    // commits whose parents were left out by a shallow clone
	Promisor  bool   // a partial clone: missing objects are by agreement
	RefFormat string // how references are kept, if they cannot be read; else ""
	Odd       string // why the configuration could not be read, if so

	tables  bool   // references are kept in reftables
	workDir string // core.worktree
}

// ErrNone says that there is no repository at a path.
var ErrNone = errors.New("not a git repository")

// Open finds the repository that path is in.
func Open(path string) (*Repo, error) {
	dir, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if st, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !st.IsDir() {
		if filepath.Base(dir) != ".git" {
			return nil, fmt.Errorf("%s: %w", path, ErrNone)
		}
		dir = filepath.Dir(dir)
	}
	for {
		if git, ok := gitDir(dir); ok {
			return open(git)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil, fmt.Errorf("%s: %w", path, ErrNone)
		}
		dir = parent
	}
}

// gitDir returns the git folder that dir is or holds.
func gitDir(dir string) (string, bool) {
	dot := filepath.Join(dir, ".git")
	if st, err := os.Stat(dot); err == nil {
		if st.IsDir() && isGitDir(dot) {
			return dot, true
		}
		if !st.IsDir() {
			if target, ok := linked(dot, "gitdir:"); ok && isGitDir(target) {
				return target, true
			}
		}
	}
	return dir, isGitDir(dir)
}

// linked reads a file that names another path, relative to the file's folder.
func linked(name, prefix string) (string, bool) {
	text, err := plainfile.Read(name)
	if err != nil {
		return "", false
	}
	line, ok := strings.CutPrefix(string(text), prefix)
	line = strings.TrimSpace(line)
	if !ok || line == "" {
		return "", false
	}
	if !filepath.IsAbs(line) {
		line = filepath.Join(filepath.Dir(name), line)
	}
	return line, true
}

func isGitDir(dir string) bool {
	common := commonDir(dir)
	if _, err := os.Lstat(filepath.Join(dir, "HEAD")); err != nil {
		return false
	}
	st, err := os.Stat(filepath.Join(common, "objects"))
	return err == nil && st.IsDir()
}

func commonDir(dir string) string {
	if common, ok := linked(filepath.Join(dir, "commondir"), ""); ok {
		return common
	}
	return dir
}

func open(dir string) (*Repo, error) {
	r := &Repo{GitDir: dir, CommonDir: commonDir(dir), Hash: object.SHA1}
	if err := r.readConfig(); err != nil {
		r.Odd = err.Error()
	}
	if text, err := plainfile.Read(filepath.Join(r.CommonDir, "shallow")); err == nil {
		r.Shallow = len(bytes.Fields(text))
	}
	return r, nil
}
