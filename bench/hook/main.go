// Hook times git commit of one changed file in a large repository: with a hook that does nothing, with unleak's, and
// with those of other scanners that are on PATH, in turns, so that a busy machine slows all alike.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

func main() {
	unleak := flag.String("unleak", "bin/unleak", "the program to time")
	files := flag.Int("files", 100_000, "files in the repository")
	runs := flag.Int("runs", 15, "commits of each kind")
	most := flag.Duration("max", 0, "fail if unleak's hook takes so much longer than one that does nothing, more where git is slow; 0: never")
	flag.Parse()
	if err := run(*unleak, *files, *runs, *most); err != nil {
		fmt.Fprintln(os.Stderr, "hook:", err)
		os.Exit(1)
	}
}

// hook is one contestant.
type hook struct {
	name   string
	script string
	took   []time.Duration
}

// fastest is the time that the rest of the machine disturbs least.
func (h *hook) fastest() time.Duration { return slices.Min(h.took) }

func (h *hook) median() time.Duration {
	slices.SortFunc(h.took, cmp.Compare)
	return h.took[len(h.took)/2]
}

func run(unleak string, files, runs int, most time.Duration) error {
	self, err := filepath.Abs(unleak)
	if err != nil {
		return err
	}
	if _, err := os.Stat(self); err != nil {
		return fmt.Errorf("build unleak first: %w", err)
	}
	dir, err := os.MkdirTemp("", "unleak-hook-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := repository(dir, files); err != nil {
		return err
	}
	hooks := []*hook{{name: "nothing", script: "exit 0"}, {name: "unleak", script: "exec '" + self + "' hook run pre-commit"}}
	for _, peer := range []string{"gitleaks", "betterleaks"} { // as their own .pre-commit-hooks.yaml call them
		if path, err := exec.LookPath(peer); err == nil {
			hooks = append(hooks, &hook{name: peer, script: "exec '" + path + "' git --pre-commit --redact --staged --no-banner -l error"})
		} else {
			fmt.Printf("%s is not on PATH: left out\n", peer)
		}
	}
	for batch := range batches {
		for i := range runs + 1 {
			for _, h := range hooks {
				took, err := commit(dir, h, batch*(runs+1)+i)
				if err != nil {
					return err
				}
				if i > 0 { // the first fills caches
					h.took = append(h.took, took)
				}
			}
		}
		if most == 0 || over(hooks) <= allowed(hooks, files, most) {
			break
		}
	}
	return tell(hooks, files, most)
}

// batches are how often the commits are made, at most, until the hook is fast enough: other work on the machine ends.
const batches = 4

// usual is what a commit without a hook takes for each file of the repository on the machine that limits are given for.
const usual = 1500 * time.Nanosecond

// allowed is what unleak's hook may take where git takes its time: on a slower machine more, in proportion.
func allowed(hooks []*hook, files int, most time.Duration) time.Duration {
	return time.Duration(float64(most) * max(1, float64(hooks[0].fastest())/float64(usual)/float64(files)))
}

// over is what unleak's hook takes.
func over(hooks []*hook) time.Duration { return hooks[1].fastest() - hooks[0].fastest() }

// repository makes one of so many files, 50 a folder, all packed.
func repository(dir string, files int) error {
	if err := git(dir, "init", "-q", "-b", "main"); err != nil {
		return err
	}
	for i := range files {
		folder := filepath.Join(dir, fmt.Sprintf("d%03d", i/1000), fmt.Sprintf("e%02d", i/50%20))
		if i%50 == 0 {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("file%d.txt", i)), fmt.Appendf(nil, "line %d\n", i), 0o644); err != nil {
			return err
		}
	}
	return errors.Join(git(dir, "add", "-A"), git(dir, "commit", "-q", "-m", "all"), git(dir, "repack", "-q", "-a", "-d"))
}

// commit changes one file and times the commit of it.
func commit(dir string, h *hook, round int) (time.Duration, error) {
	file := filepath.Join(dir, "d000", "e00", "file1.txt")
	if err := os.WriteFile(file, fmt.Appendf(nil, "%s %d\nkey: value\n", h.name, round), 0o644); err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(dir, ".git", "hooks", "pre-commit"), []byte("#!/bin/sh\n"+h.script+"\n"), 0o755); err != nil {
		return 0, err
	}
	if err := git(dir, "add", file); err != nil {
		return 0, err
	}
	start := time.Now()
	err := git(dir, "commit", "-q", "-m", "change")
	return time.Since(start), err
}

func git(dir string, args ...string) error {
	c := exec.Command("git", append([]string{"-c", "gc.auto=0", "-c", "user.name=Jo", "-c", "user.email=jo@example.com"}, args...)...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w\n%s", args[0], err, out)
	}
	return nil
}

// tell prints what was measured; the error is a hook that is too slow.
func tell(hooks []*hook, files int, most time.Duration) error {
	base, ours := hooks[0].fastest(), over(hooks)
	fmt.Printf("git commit of one file of %d, %d runs: fastest, over a hook that does nothing, median\n", files, len(hooks[0].took))
	for _, h := range hooks {
		more := h.fastest() - base
		fmt.Printf("  %-12s %6.1f ms  %+7.1f ms  %6.1f ms", h.name, ms(h.fastest()), ms(more), ms(h.median()))
		if h != hooks[0] && h != hooks[1] {
			fmt.Printf("  %.1f times as much as unleak", float64(more)/float64(max(ours, time.Millisecond)))
		}
		fmt.Println()
	}
	if limit := allowed(hooks, files, most); most > 0 && ours > limit {
		return fmt.Errorf("unleak's hook takes %.1f ms, more than %.1f", ms(ours), ms(limit))
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }
