// Scaling scans a quarter, a half and all of a repository's history, and shows that what it costs grows with the pack's
// size and not with the size of what the pack expands to; then what a repeat scan with a cache and a scan of a range of
// the newer half cost beside the whole.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	unleak := flag.String("unleak", "bin/unleak", "the program to measure")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: scaling [-unleak PROGRAM] REPOSITORY")
		os.Exit(2)
	}
	if err := run(*unleak, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "scaling:", err)
		os.Exit(1)
	}
}

func run(unleak, repository string) error {
	program, err := filepath.Abs(unleak)
	if err != nil {
		return err
	}
	repository, err = filepath.Abs(repository)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "scaling")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	line, err := git(repository, "rev-list", "--first-parent", "HEAD")
	if err != nil {
		return err
	}
	commits := strings.Fields(line)
	fmt.Printf("%-10s %9s %11s %12s %9s %12s %14s %9s\n", "history", "commits", "pack, MiB", "content, MiB", "CPU, s", "ms a MiB of", "ms a MiB of", "memory,")
	fmt.Printf("%-10s %9s %11s %12s %9s %12s %14s %9s\n", "", "", "", "", "", "pack", "content", "MiB")
	half := commits[len(commits)/2]
	for _, share := range []int{4, 2, 1} {
		part, err := cut(tmp, repository, commits[len(commits)-len(commits)/share], share)
		if err != nil {
			return err
		}
		if err := show(program, tmp, fmt.Sprintf("1/%d", share), part); err != nil {
			return err
		}
	}
	whole := filepath.Join(tmp, "1.git")
	cache := filepath.Join(tmp, "cache")
	for _, more := range [][]string{{"first", "--cache-dir", cache}, {"again", "--cache-dir", cache}, {"range", "--range", half + "..HEAD"}} {
		if err := show(program, tmp, more[0], whole, more[1:]...); err != nil {
			return err
		}
	}
	return nil
}

// cut makes a bare repository of one pack with the history of a commit.
func cut(tmp, repository, commit string, share int) (string, error) {
	dir := filepath.Join(tmp, fmt.Sprintf("%d.git", share))
	for _, args := range [][]string{
		{"init", "-q", "--bare", "-b", "main", dir},
		{"-C", repository, "push", "-q", "file://" + dir, commit + ":refs/heads/main"},
		{"-C", dir, "repack", "-a", "-d", "-q"},
	} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("git %s: %w: %s", args[0], err, out)
		}
	}
	return dir, nil
}

// show scans a repository and prints a line about it. Only CPU time counts, so that a cold disk does not.
func show(program, tmp, name, dir string, flags ...string) error {
	report := filepath.Join(tmp, "report.json")
	c := exec.Command(program, append([]string{"git", dir, "--quiet", "--report", "json:" + report, "--format", "json"}, flags...)...)
	if err := c.Run(); err != nil && c.ProcessState.ExitCode() != 1 {
		return fmt.Errorf("%s: %w", strings.Join(c.Args, " "), err)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		return err
	}
	var r struct {
		Coverage struct {
			Bytes  int64
			Counts map[string]int64
		}
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	packs, err := filepath.Glob(filepath.Join(dir, "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		return fmt.Errorf("%s: %d packs", dir, len(packs))
	}
	st, err := os.Stat(packs[0])
	if err != nil {
		return err
	}
	cpu := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	pack, content := float64(st.Size())/(1<<20), float64(r.Coverage.Bytes)/(1<<20)
	ms := float64(cpu) / float64(time.Millisecond)
	fmt.Printf("%-10s %9d %11.1f %12.1f %9.2f %12.2f %14.3f %9s\n", name, r.Coverage.Counts["commits"], pack, content, cpu.Seconds(), ms/pack, ms/max(content, 1), peak(c))
	return nil
}

func git(dir string, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	return string(out), err
}

// peak returns the most memory a command had, in MiB, where the system tells.
func peak(c *exec.Cmd) string {
	if kib := maxResident(c.ProcessState.SysUsage()); kib > 0 {
		return strconv.FormatInt(kib>>10, 10)
	}
	return "-"
}
