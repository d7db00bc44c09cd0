package repo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/internal/plainfile"
	"github.com/unleak/unleak/source/git/object"
)

// readConfig takes the settings from the configuration that change how the repository is laid out. Includes are
// not followed: git itself reads them before includes.
func (r *Repo) readConfig() error {
	name := filepath.Join(r.CommonDir, "config")
	text, err := plainfile.Read(name)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	set, err := parseSettings(text)
	if strings.EqualFold(set["extensions.objectformat"], "sha256") {
		r.Hash = object.SHA256
	}
	switch s := set["extensions.refstorage"]; strings.ToLower(s) {
	case "", "files":
	case "reftable":
		r.tables = true
	default:
		r.RefFormat = s
	}
	r.workDir = set["core.worktree"]
	r.Promisor = set["extensions.partialclone"] != ""
	for name, value := range set {
		if strings.HasPrefix(name, "remote.") && strings.HasSuffix(name, ".promisor") && on(value) {
			r.Promisor = true
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
