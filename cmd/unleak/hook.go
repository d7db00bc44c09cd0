package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/files"
	"github.com/unleak/unleak/source/git"
)

func newHook(a *app) *cobra.Command {
	c := &cobra.Command{Use: "hook", Short: "Run as a git hook, or install one"}
	c.AddCommand(newHookRun(a), newHookInstall(a))
	return c
}

// hookKinds are the hooks that can be run, with what each scans.
var hookKinds = []string{"pre-commit", "pre-push", "pre-receive"}

func newHookRun(a *app) *cobra.Command {
	var f scanFlags
	c := &cobra.Command{
		Use:   "run pre-commit|pre-push|pre-receive [FILE...]",
		Short: "Scan what a commit or push adds",
		Long: `Run pre-commit scans what the index adds to HEAD, with whole files as context. Files named
after it (as pre-commit run --all-files does) are scanned in full. Run pre-push and run
pre-receive read what is pushed from standard input, as git gives it.

` + exitHelp,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p := plan{command: "hook " + args[0], targets: []string{"."}, repository: ".", mayBeEmpty: true}
			var o git.Options
			switch args[0] {
			case "pre-commit":
				o = git.Options{Staged: true, Hook: true}
			case "pre-push":
				updates, err := readPush(a)
				if err != nil {
					return err
				}
				o = git.Options{Updates: updates}
			case "pre-receive":
				updates, err := readUpdates(a.stdin)
				if err != nil {
					return err
				}
				o = git.Options{Updates: updates, Hook: true}
			default:
				return fmt.Errorf("unknown hook %q (%s)", args[0], strings.Join(hookKinds, ", "))
			}
			if args[0] != "pre-commit" && len(o.Updates) == 0 {
				return nil // nothing is pushed, or only deletions
			}
			named := args[1:]
			p.sources = func(s *settings) ([]scanner.Source, error) { return hookSources(o, named, s) }
			err := a.scanWith(c.Context(), &f, p)
			if errors.Is(err, errFindings) && !a.quiet {
				fmt.Fprint(a.stderr, blockedHint)
			}
			return err
		},
	}
	f.add(c)
	return c
}

const blockedHint = `
unleak stopped this: take the secret out (and rotate it if it was ever shared), or, if it is
none, write "unleak:allow RULE -- reason" in a comment on its line, or run
unleak ignore add --id ID --reason "..." .
`

// hookSources scans the change itself; files that are named and not part of it are scanned in full.
func hookSources(o git.Options, named []string, s *settings) ([]scanner.Source, error) {
	src, err := git.New(".", o)
	if err != nil {
		return nil, err
	}
	all := []scanner.Source{src}
	var there []string
	for _, n := range named {
		if info, err := os.Lstat(n); err == nil && info.Mode().IsRegular() {
			there = append(there, n)
		}
	}
	if len(there) > 0 {
		src, err := files.New(there, files.Options{Exclude: s.config.Exclude, Archives: defaultArchiveDepth})
		if err != nil {
			return nil, err
		}
		all = append(all, src)
	}
	return all, nil
}

// readPush reads the lines git gives to a pre-push hook, LOCALREF LOCAL REMOTEREF REMOTE (githooks(5)), or what the
// pre-commit program says of them in its environment.
func readPush(a *app) ([]git.Update, error) {
	if to := os.Getenv("PRE_COMMIT_TO_REF"); to != "" {
		return []git.Update{{Old: os.Getenv("PRE_COMMIT_FROM_REF"), New: to, Ref: os.Getenv("PRE_COMMIT_REMOTE_BRANCH")}}, nil
	}
	if os.Getenv("PRE_COMMIT_REMOTE_NAME") != "" || os.Getenv("PRE_COMMIT_LOCAL_BRANCH") != "" {
		return []git.Update{{New: "HEAD"}}, nil // a first push: pre-commit names no range
	}
	var all []git.Update
	var ref, local, remoteRef, remote string
	for {
		_, err := fmt.Fscanln(a.stdin, &ref, &local, &remoteRef, &remote)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("standard input is not what git gives to pre-push: %w", err)
		}
		if strings.Trim(local, "0") != "" { // a deleted reference brings nothing
			all = append(all, git.Update{Old: remote, New: local, Ref: ref})
		}
	}
}

func newHookInstall(a *app) *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "install [pre-commit|pre-push|pre-receive]",
		Short: "Install a git hook in the repository it stands in",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			kind := "pre-commit"
			if len(args) > 0 {
				kind = args[0]
			}
			return a.installHook(kind, force)
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace a hook that is there")
	return c
}

const hookMark = "# installed by unleak hook install"

func (a *app) installHook(kind string, force bool) error {
	known := false
	for _, k := range hookKinds {
		known = known || k == kind
	}
	if !known {
		return fmt.Errorf("unknown hook %q (%s)", kind, strings.Join(hookKinds, ", "))
	}
	out, err := exec.Command("git", "rev-parse", "--git-path", "hooks").Output()
	if err != nil {
		return fmt.Errorf("not in a git repository, or git is missing: %w", err)
	}
	dir := strings.TrimSpace(string(out))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	name := filepath.Join(dir, kind)
	old, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(old) > 0 && !strings.Contains(string(old), hookMark) && !force {
		return fmt.Errorf("%s exists: add the line `unleak hook run %s` to it, or use --force", name, kind)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	script := fmt.Sprintf("#!/bin/sh\n%s\nexec '%s' hook run %s\n", hookMark, strings.ReplaceAll(self, "'", `'\''`), kind)
	if err := os.WriteFile(name, []byte(script), 0o755); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, "installed", name)
	return nil
}
