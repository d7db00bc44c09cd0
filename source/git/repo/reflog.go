package repo

import (
	"bytes"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/internal/plainfile"
	"github.com/unleak/unleak/source/git/object"
)

// Logged is an entry of a reflog.
type Logged struct {
	Old, New object.ID
	Message  string
}

// Reflog returns what a reference led to, oldest first; nothing if no log is kept in a file.
func (r *Repo) Reflog(name string) []Logged {
	dir := r.CommonDir
	if !strings.HasPrefix(name, "refs/") { // HEAD and the like are each worktree's own
		dir = r.GitDir
	}
	text, err := plainfile.Read(filepath.Join(dir, "logs", filepath.FromSlash(name)))
	if err != nil {
		return nil
	}
	var out []Logged
	for line := range bytes.Lines(text) {
		head, message, _ := strings.Cut(strings.TrimRight(string(line), "\n"), "\t")
		fields := strings.SplitN(head, " ", 3)
		if len(fields) < 3 {
			continue
		}
		old, err := object.ParseID(fields[0])
		next, other := object.ParseID(fields[1])
		if err == nil && other == nil {
			out = append(out, Logged{old, next, message})
		}
	}
	return out
}

// Current returns the branch that HEAD stands for, as a full name; "" if it is detached.
func (r *Repo) Current() string {
	s := r.refSet()
	return s.symbolic["HEAD"]
}

// Upstream returns the reference that a branch, named in full, follows; "" if the configuration names none.
func (r *Repo) Upstream(branch string) string {
	short, ok := strings.CutPrefix(branch, "refs/heads/")
	text, err := plainfile.Read(filepath.Join(r.CommonDir, "config"))
	if !ok || err != nil {
		return ""
	}
	set, _ := parseSettings(text) // what could be read
	remote, merge := set["branch."+short+".remote"], set["branch."+short+".merge"]
	if remote == "." || merge == "" {
		return merge
	}
	return "refs/remotes/" + remote + "/" + strings.TrimPrefix(merge, "refs/heads/")
}
