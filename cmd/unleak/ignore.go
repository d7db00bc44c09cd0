package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/config"
	"github.com/unleak/unleak/internal/typo"
	"github.com/unleak/unleak/triage"
)

func newIgnore(a *app) *cobra.Command {
	var file ignorePath
	c := &cobra.Command{Use: "ignore", Short: "Add, list, prune and import entries of an ignore file"}
	c.PersistentFlags().StringVar(&file.named, "file", "", "the ignore file (default: "+ignoreName+" at the top of the repository, else in this folder)")
	c.AddCommand(newIgnoreAdd(a, &file), newIgnoreList(a, &file), newIgnorePrune(a, &file), newIgnoreImport(a, &file))
	return c
}

// ignorePath is the ignore file that a command works on.
type ignorePath struct{ named string }

// path returns the file that was named, else the one at the top of the work tree that the working folder is part of:
// hooks and scans of the repository read that one. Outside a work tree it is the folder's own.
func (p *ignorePath) path() string {
	if p.named != "" {
		return p.named
	}
	dir, err := os.Getwd()
	if err != nil {
		return ignoreName
	}
	up := ""
	for {
		if isWorkTree(dir) {
			return filepath.Join(up, ignoreName)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ignoreName
		}
		dir, up = parent, filepath.Join(up, "..")
	}
}

// readIgnore reads an ignore file; one that is not there is empty.
func readIgnore(name string) (*triage.IgnoreFile, error) {
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return triage.ParseIgnore(name, text)
}

// writeBytes writes a file that a team shares, as it was permitted before.
func writeBytes(name string, text []byte) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode().Perm()
	}
	return writeFile(name, mode, func(w io.Writer) error { _, err := w.Write(text); return err })
}

func newIgnoreAdd(a *app, file *ignorePath) *cobra.Command {
	var e triage.Entry
	var expires string
	var ruleFiles []string
	c := &cobra.Command{
		Use:   "add",
		Short: "Silence a finding by id, a rule, or a path, with a reason",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if e.ID == "" && e.Rule == "" && e.Path == "" {
				return errors.New("name what to silence: --id, --rule or --path")
			}
			if e.Reason == "" {
				return errors.New("give a --reason: whoever reads the file later will want to know")
			}
			if expires != "" {
				t, err := time.Parse(triage.DateLayout, expires)
				if err != nil {
					return fmt.Errorf("--expires %q: want a date such as 2027-01-31", expires)
				}
				if e.Expires = t; e.Expired(time.Now()) {
					return fmt.Errorf("--expires %s: that day is past, and the entry would silence nothing", expires)
				}
			}
			if err := a.checkRule(e.Rule, ruleFiles); err != nil {
				return err
			}
			name := file.path()
			f, err := readIgnore(name)
			if err != nil {
				return err
			}
			n, err := f.Add(e)
			if err != nil {
				return err
			}
			if n == 0 {
				fmt.Fprintf(a.stdout, "%s: already there\n", name)
				return nil
			}
			if err := writeBytes(name, f.Bytes()); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s: added %s\n", name, e)
			return nil
		},
	}
	s := c.Flags()
	s.StringVar(&e.ID, "id", "", "id of a finding")
	s.StringVar(&e.Rule, "rule", "", "id of a rule, or aws-* for all that begin so")
	s.StringArrayVar(&ruleFiles, "rules", nil, "file or folder that the rule is in, where it is no built-in one; repeatable")
	s.StringVar(&e.Path, "path", "", "glob of paths")
	s.StringVar(&e.Reason, "reason", "", "why")
	s.StringVar(&e.Author, "author", "", "who decided")
	s.StringVar(&expires, "expires", "", "last day it holds")
	return c
}

// checkRule refuses a rule's id that nothing has, whose entry would silence nothing.
func (a *app) checkRule(id string, ruleFiles []string) error {
	if id == "" {
		return nil
	}
	c, err := loadConfig("", ownOf([]string{"."}))
	if err != nil {
		return err
	}
	files, err := chooseRules(config.Config{Rules: append(c.Rules, ruleFiles...)})
	if err != nil {
		return err
	}
	known := make([]string, len(files.rules))
	for i := range files.rules {
		known[i] = files.rules[i].ID
	}
	if start, ok := strings.CutSuffix(id, "*"); ok {
		if start != "" && slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(k, start) }) {
			return nil
		}
		return fmt.Errorf("no rule begins with %q (see `unleak rules list`)", start)
	}
	if slices.Contains(known, id) {
		return nil
	}
	if typo.Nearest(id, known) != "" {
		return unknownRule(id, known)
	}
	return fmt.Errorf("no rule is called %q (see `unleak rules list`), so the entry would silence nothing; --rules FILE names the file of one of your own", id)
}

func newIgnoreList(a *app, file *ignorePath) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the entries, expired ones marked",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := readIgnore(file.path())
			if err != nil {
				return err
			}
			for _, n := range f.Entries() {
				mark := ""
				if n.Expired(time.Now()) {
					mark = "  (expired)"
				}
				fmt.Fprintf(a.stdout, "%s:%d: %s%s\n", f.Name, n.At, n.Entry, mark)
			}
			return nil
		},
	}
}
