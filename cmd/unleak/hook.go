package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/files"
	"github.com/unleak/unleak/source/git"
)

func newHook(a *app) *cobra.Command {
	c := &cobra.Command{Use: "hook", Short: "Run as a git hook, or install one"}
	c.AddCommand(newHookRun(a), newHookInstall(a), newHookUninstall(a))
	return c
}

// hookKinds are the hooks that can be run, as git names them.
var hookKinds = []string{"pre-commit", "commit-msg", "pre-push", "pre-receive"}

func newHookRun(a *app) *cobra.Command {
	var f scanFlags
	var b budget
	c := &cobra.Command{
		Use:   "run pre-commit|commit-msg|pre-push|pre-receive [FILE...]",
		Short: "Scan what a commit or push adds",
		Long: `Run pre-commit scans what the index adds to HEAD, with whole files as context. Files named
after it are all that is scanned: in full where they are not staged (pre-commit run
--all-files), between PRE_COMMIT_FROM_REF and PRE_COMMIT_TO_REF where these are set. Run
commit-msg scans the message in a file. Run pre-push and run pre-receive read what is pushed
from standard input, as git gives it. A run that finds nothing prints nothing.

` + exitHelp,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := b.check(); err != nil {
				return err
			}
			return a.runHook(c, &f, &b, args[0], args[1:])
		},
	}
	f.add(c)
	b.add(c)
	return c
}

// runHook scans what one hook is called for.
func (a *app) runHook(c *cobra.Command, f *scanFlags, b *budget, kind string, named []string) error {
	h := hooking{kind: kind, named: named, dir: ".", noRepoConfig: f.noRepoConfig, options: git.Options{Hook: kind != "pre-push", Name: "."}}
	if dir := os.Getenv("GIT_DIR"); dir != "" { // a work tree may lie elsewhere; git starts hooks in it
		h.dir = dir
	}
	switch kind {
	case "pre-commit":
		h.preCommit()
	case "commit-msg":
		if len(named) != 1 {
			return errors.New("hook run commit-msg: name the file with the message, as git does")
		}
	case "pre-push", "pre-receive":
		read := a.readPush
		if kind == "pre-receive" {
			read = func() ([]git.Update, error) { return readUpdates(a.stdin) }
		}
		var err error
		if h.options.Updates, err = read(); err != nil {
			return err
		}
		if !adds(h.options.Updates) {
			return nil
		}
	default:
		return fmt.Errorf("unknown hook %q (%s)", kind, strings.Join(hookKinds, ", "))
	}
	p := plan{
		command: "hook " + kind, part: "hook " + kind, targets: []string{"."}, own: historyOf("."), mayBeEmpty: true, silentWhenClean: true,
		budget: *b, after: func(r *scanOutcome) { a.sayBlocked(kind, r) },
		sources: h.sources,
	}
	return a.scanWith(c.Context(), f, p)
}

// adds tells whether a push brings anything: a deleted reference does not.
func adds(updates []git.Update) bool {
	for _, u := range updates {
		if strings.Trim(u.New, "0") != "" {
			return true
		}
	}
	return false
}

// hooking is one run of a hook.
type hooking struct {
	kind    string
	named   []string // files named on the command line
	dir     string   // the repository
	options git.Options

	noRepoConfig bool
}

// preCommit chooses what a pre-commit hook scans: the index, or the range that pre-commit run --from-ref --to-ref
// names.
func (h *hooking) preCommit() {
	from, to := os.Getenv("PRE_COMMIT_FROM_REF"), os.Getenv("PRE_COMMIT_TO_REF")
	if from != "" && to != "" {
		h.options = git.Options{Range: from + ".." + to, Name: "."}
		return
	}
	h.options.Staged = true
}

func (h *hooking) sources(s *settings) ([]scanner.Source, error) {
	if h.kind == "commit-msg" {
		return []scanner.Source{&commitMessage{file: h.named[0]}}, nil
	}
	h.options.Silenced = s.silencer(h.noRepoConfig)
	full, err := h.narrow(s)
	if err != nil {
		return nil, err
	}
	if len(full) > 0 {
		src, err := files.New(full, files.Options{Exclude: s.config.Exclude, Archives: defaultArchiveDepth})
		return []scanner.Source{src}, err
	}
	src, err := git.New(h.dir, h.options)
	return []scanner.Source{src}, err
}

// narrow leaves out what is not named or excluded. It returns the files to scan in full instead of a change: all that
// are named, if some are no part of what is staged.
func (h *hooking) narrow(s *settings) (full []string, err error) {
	if len(h.named) == 0 || h.kind != "pre-commit" {
		h.options.Only = s.included(nil)
		return nil, nil
	}
	names := map[string]bool{}
	for _, n := range h.named {
		names[n] = true
	}
	h.options.Only, h.options.Excluded = s.included(names), s.excluded
	if !h.options.Staged {
		return nil, nil
	}
	staged, err := git.Staged(h.dir, h.options)
	if err != nil {
		return nil, err
	}
	all := true
	for _, n := range h.named {
		info, err := os.Lstat(n)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		full = append(full, n)
		all = all && staged[n]
	}
	if all {
		return nil, nil
	}
	return full, nil
}
