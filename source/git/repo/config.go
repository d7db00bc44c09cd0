package repo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/config"

	"github.com/unleak/unleak/source/git/object"
)

// readConfig takes the settings from the configuration that change how the repository is laid out. Includes are
// not followed: git itself reads them before includes.
func (r *Repo) readConfig() error {
	name := filepath.Join(r.CommonDir, "config")
	f, err := os.Open(name)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	cfg := config.New()
	if err := config.NewDecoder(f).Decode(cfg); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	extensions := cfg.Section("extensions")
	if strings.EqualFold(extensions.Option("objectformat"), "sha256") {
		r.Hash = object.SHA256
	}
	switch s := extensions.Option("refstorage"); strings.ToLower(s) {
	case "", "files":
	case "reftable":
		r.tables = true
	default:
		r.RefFormat = s
	}
	r.workDir = cfg.Section("core").Option("worktree")
	r.Promisor = extensions.Option("partialclone") != ""
	for _, remote := range cfg.Section("remote").Subsections {
		if strings.EqualFold(remote.Option("promisor"), "true") {
			r.Promisor = true
		}
	}
	return nil
}
