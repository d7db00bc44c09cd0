package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/internal/atomicfile"
)

func newHookInstall(a *app) *cobra.Command {
	var force bool
	var with string
	c := &cobra.Command{
		Use:   "install [pre-commit|commit-msg|pre-push|pre-receive]...",
		Short: "Install git hooks in the repository it stands in; without a name: pre-commit",
		Long: `Install writes hooks where git looks for them (core.hooksPath, or the repository's own
folder). A hook that is there is kept: it moves to NAME` + beforeSuffix + ` and runs first, with the same
arguments and input.`,
		ValidArgs: hookKinds,
		RunE: func(_ *cobra.Command, kinds []string) error {
			if len(kinds) == 0 {
				kinds = []string{"pre-commit"}
			}
			if bare, err := gitOutput("rev-parse", "--is-bare-repository"); err == nil && bare == "true" && slices.Contains(kinds, "pre-commit") {
				return errors.New("nobody commits in a bare repository: `unleak hook install pre-receive` looks at what is pushed to it")
			}
			if err := checkHookFlags(with); err != nil {
				return err
			}
			return a.eachHook(kinds, func(dir, kind string) error { return a.installHook(dir, kind, with, force) })
		},
	}
	c.Flags().StringVar(&with, "with", "", "flags that unleak hook run gets there, such as '--time-budget 20s --over-budget allow'")
	c.Flags().BoolVar(&force, "force", false, "replace a hook that is there, and do not run it")
	return c
}

func newHookUninstall(a *app) *cobra.Command {
	return &cobra.Command{
		Use:       "uninstall [pre-commit|commit-msg|pre-push|pre-receive]...",
		Short:     "Take out what hook install put in, and bring back what was there; without a name: all",
		ValidArgs: hookKinds,
		RunE: func(_ *cobra.Command, kinds []string) error {
			if len(kinds) == 0 {
				kinds = hookKinds
			}
			return a.eachHook(kinds, a.uninstallHook)
		},
	}
}

// eachHook calls do for hooks by name, with the folder git takes them from.
func (a *app) eachHook(kinds []string, do func(dir, kind string) error) error {
	for _, k := range kinds {
		if !slices.Contains(hookKinds, k) {
			return fmt.Errorf("unknown hook %q (%s)", k, strings.Join(hookKinds, ", "))
		}
	}
	dir, err := hooksDir()
	if err != nil {
		return err
	}
	for _, k := range kinds {
		if err := do(dir, k); err != nil {
			return err
		}
	}
	return nil
}

// hooksDir returns the folder git takes the repository's hooks from.
func hooksDir() (string, error) {
	out, err := gitOutput("rev-parse", "--git-path", "hooks")
	if err != nil {
		return "", err
	}
	dir, err := filepath.Abs(out)
	if err != nil {
		return "", err
	}
	const none = "core.hooksPath is %s, so git runs no hooks here: git config --unset core.hooksPath brings them back"
	if dir == os.DevNull {
		return "", fmt.Errorf(none, dir)
	}
	if set, err := gitOutput("config", "--get", "core.hooksPath"); err == nil && set == "" { // of which rev-parse makes "./"
		return "", fmt.Errorf(none, "empty")
	}
	if filepath.Base(dir) == "_" && filepath.Base(filepath.Dir(dir)) == ".husky" {
		return "", fmt.Errorf("husky keeps the hooks of this repository: add the line `unleak hook run pre-commit` to .husky/pre-commit")
	}
	return dir, nil
}

// gitOutput runs git and returns what it prints, without the line break.
func gitOutput(args ...string) (string, error) {
	out, err := exec.Command("git", args...).Output()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return "", fmt.Errorf("git %s: %s", args[0], strings.TrimSpace(string(exit.Stderr)))
	case err != nil:
		return "", fmt.Errorf("git is needed for this: %w", err)
	}
	return strings.TrimRight(string(out), "\r\n"), nil
}

const (
	hookMark     = "# installed by unleak hook install"
	beforeSuffix = ".before-unleak"
)

// hookScript is the hook: SELF is the program, KIND the hook. Standard input goes to both hooks. A program that moved
// is looked for on PATH; one that is gone stops the commit, for a check that is not made must not look like one passed.
const hookScript = `#!/bin/sh
MARK
unleak=SELF
[ -x "$unleak" ] || unleak=$(command -v unleak) || {
	echo "unleak is not installed any more: install it, or take this hook out ($0)" >&2
	exit 1
}
before=$0BEFORE
if [ -x "$before" ]; then
INPUT	exit 0
fi
exec "$unleak" hook run KINDWITH "$@"
`

// installHook writes one hook.
func (a *app) installHook(dir, kind, with string, force bool) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	name := filepath.Join(dir, kind)
	old, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil && !strings.Contains(string(old), hookMark) && !force {
		if _, err := os.Lstat(name + beforeSuffix); err == nil {
			return fmt.Errorf("%s and %s are there both: run them from one of them, or use --force to replace the first", name, filepath.Base(name)+beforeSuffix)
		}
		if err := os.Rename(name, name+beforeSuffix); err != nil {
			return err
		}
		then := "which runs first"
		if info, err := os.Stat(name + beforeSuffix); err == nil && runtime.GOOS != "windows" && info.Mode()&0o111 == 0 {
			then = "which does not run, as it did not before: chmod +x makes it"
		}
		fmt.Fprintf(a.stdout, "kept %s as %s, %s\n", name, filepath.Base(name)+beforeSuffix, then)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := writeHook(name, hookText(kind, with, self)); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, "installed", name)
	if out, err := gitOutput("config", "--show-scope", "--get", "core.hooksPath"); err == nil && !strings.HasPrefix(out, "local") && !strings.HasPrefix(out, "worktree") {
		fmt.Fprintf(a.stdout, "it runs in every repository that takes its hooks from %s (core.hooksPath)\n", dir)
	}
	return nil
}

// hookText fills in the script.
func hookText(kind, with, self string) string {
	input := "\t\"$before\" \"$@\" || exit\n\t\"$unleak\" hook run KINDWITH \"$@\" || exit\n"
	if kind == "pre-push" || kind == "pre-receive" {
		input = "\tinput=$(cat; echo .)\n\tprintf %s \"${input%.}\" | \"$before\" \"$@\" || exit\n" +
			"\tprintf %s \"${input%.}\" | \"$unleak\" hook run KINDWITH \"$@\" || exit\n"
	}
	if with != "" {
		with = " " + with
	}
	quoted := "'" + strings.ReplaceAll(filepath.ToSlash(self), "'", `'\''`) + "'"
	return strings.NewReplacer("MARK", hookMark, "SELF", quoted, "BEFORE", beforeSuffix,
		"INPUT", strings.ReplaceAll(input, "KINDWITH", kind+with), "KINDWITH", kind+with).Replace(hookScript)
}

// writeHook puts a file that can be run in place, whatever the mode of one that was there.
func writeHook(name, text string) error {
	return atomicfile.WriteBytes(name, 0o755, []byte(text))
}

// uninstallHook takes one hook out, if it is ours.
func (a *app) uninstallHook(dir, kind string) error {
	name := filepath.Join(dir, kind)
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !strings.Contains(string(text), hookMark) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.Rename(name+beforeSuffix, name); err == nil {
		fmt.Fprintln(a.stdout, "removed ours, brought back", name)
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Remove(name); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, "removed", name)
	return nil
}
