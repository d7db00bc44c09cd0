package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// repositories times unleak over the history of bare repositories against git's own check of the same pack and against
// the scanners on PATH, and sums the ratios up by their geometric mean.
func repositories(unleak string, folders []string, runs int) error {
	tmp, err := os.MkdirTemp("", "compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	logs, counts := map[string]float64{}, map[string]int{}
	for _, folder := range folders {
		all, err := historians(unleak, folder, tmp)
		if err != nil {
			return err
		}
		if err := measure(all, runs); err != nil {
			return err
		}
		size, err := weigh(filepath.Join(folder, "objects"))
		if err != nil {
			return err
		}
		fmt.Printf("\nhistory of %s", filepath.Base(folder))
		show(all, size)
		for _, c := range all[1:] {
			logs[c.name] += math.Log(median(c.wall).Seconds() / median(all[0].wall).Seconds())
			counts[c.name]++
		}
	}
	fmt.Println("\ngeometric mean of the wall clock over unleak's:")
	for _, name := range []string{"index-pack", "gitleaks", "betterleaks"} {
		if n := counts[name]; n > 0 {
			fmt.Printf("%-12s %.2f in %d repositories\n", name, math.Exp(logs[name]/float64(n)), n)
		}
	}
	return nil
}

// historians lists the commands over one repository. What is not on PATH is left out.
func historians(unleak, folder, tmp string) ([]*command, error) {
	packs, err := filepath.Glob(filepath.Join(folder, "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		return nil, fmt.Errorf("%s: want a bare repository with one pack (git repack -ad), not %d", folder, len(packs))
	}
	report := filepath.Join(tmp, "report.json")
	var out []*command
	for _, c := range []*command{
		{name: "unleak", args: []string{unleak, "git", folder, "--format", "gitleaks", "--no-progress"}},
		{name: "index-pack", args: []string{"git", "index-pack", "--threads=2", "-o", filepath.Join(tmp, "check.idx"), packs[0]}},
		{name: "gitleaks", args: []string{"gitleaks", "git", folder, "--no-banner", "--log-level", "error", "--report-format", "json", "--report-path", report}},
		{name: "betterleaks", args: []string{"betterleaks", "git", folder, "--git-workers", "2", "--no-banner", "--validation=false", "--log-level", "error",
			"--report-format", "json", "--report-path", report}},
	} {
		path, err := exec.LookPath(c.args[0])
		if err != nil {
			fmt.Printf("%s is not on PATH: not compared\n", c.name)
			continue
		}
		c.args[0] = path
		begin := time.Now()
		if _, err := start(c.args, false); err != nil { // a run that is not counted warms the disk's cache
			return nil, err
		}
		fmt.Printf("%-12s %s at first\n", c.name, time.Since(begin).Round(time.Millisecond))
		out = append(out, c)
	}
	return out, nil
}
