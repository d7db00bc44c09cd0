// Command compare times whole commands over one folder: unleak and, where they are on PATH, other scanners.
//
// Every round runs each command once, in an order that turns from round to round, so that what else the machine does
// falls on all alike. Before that each command must have found something in the folder. Reported are the median of the
// wall clock, of the processor time, and how unleak compares. Start-up is compared with a Go program that says hello.
//
//	compare -unleak bin/unleak -hello bin/hello FOLDER
//	compare -unleak bin/unleak -history REPOSITORY.git...
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// command is what is timed.
type command struct {
	name string
	args []string // "REPORT" stands for a file to write the report to; without it the report goes to stdout
	wall []time.Duration
	cpu  []time.Duration
}

func main() {
	unleak := flag.String("unleak", "bin/unleak", "the unleak program")
	hello := flag.String("hello", "", "the program that says hello; empty: start-up is not timed")
	runs := flag.Int("runs", 7, "runs of each command, at least 5")
	history := flag.Bool("history", false, "the arguments are bare repositories: time their history")
	flag.Parse()
	if *history && flag.NArg() > 0 && *runs >= 3 {
		if err := repositories(*unleak, flag.Args(), *runs); err != nil {
			fmt.Fprintln(os.Stderr, "compare:", err)
			os.Exit(1)
		}
		return
	}
	if flag.NArg() != 1 || *runs < 5 {
		fmt.Fprintln(os.Stderr, "usage: compare [flags] FOLDER; -runs is at least 5")
		os.Exit(2)
	}
	if err := compare(*unleak, *hello, flag.Arg(0), *runs); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func compare(unleak, hello, folder string, runs int) error {
	size, err := weigh(folder)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	report := filepath.Join(tmp, "report.json")
	var all []*command
	for _, c := range scanners(unleak, folder) {
		path, err := exec.LookPath(c.args[0])
		if err != nil {
			fmt.Printf("%s is not on PATH: not compared\n", c.name)
			continue
		}
		c.args = withReport(append([]string{path}, c.args[1:]...), report)
		n, err := findings(c, report)
		if err != nil {
			return fmt.Errorf("%s scans nothing, so its time says nothing: %w", c.name, err)
		}
		fmt.Printf("%-12s finds %d in %s\n", c.name, n, folder)
		all = append(all, c)
	}
	if err := measure(all, runs); err != nil {
		return err
	}
	show(all, size)
	if hello == "" {
		return nil
	}
	return starts(unleak, hello, tmp, runs)
}

// scanners lists the commands over a folder. Peers are kept from the network by flags; nothing here asks an issuer.
func scanners(unleak, folder string) []*command {
	return []*command{
		{name: "unleak", args: []string{unleak, "dir", folder, "--format", "gitleaks", "--no-progress"}},
		{name: "own report", args: []string{unleak, "dir", folder, "--format", "json", "--no-progress"}}, // with ids, places and advice
		{name: "gitleaks", args: []string{"gitleaks", "dir", folder, "--no-banner", "--log-level", "error", "--report-format", "json", "--report-path", "REPORT"}},
		{name: "betterleaks", args: []string{"betterleaks", "dir", folder, "--no-banner", "--validation=false", "--log-level", "error", "--report-format", "json", "--report-path", "REPORT"}},
	}
}

func withReport(args []string, report string) []string {
	out := slices.Clone(args)
	for i, a := range out {
		if a == "REPORT" {
			out[i] = report
		}
	}
	return out
}

// weigh returns the bytes of the files in a folder.
func weigh(folder string) (int64, error) {
	total := int64(0)
	err := filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err == nil && total == 0 {
		err = fmt.Errorf("%s holds no bytes", folder)
	}
	return total, err
}

// findings runs a command once and counts what it reports; nothing is an error.
func findings(c *command, report string) (int, error) {
	_ = os.Remove(report)
	out, err := start(c.args, true)
	if err != nil {
		return 0, err
	}
	if slices.Contains(c.args, report) {
		if out.stdout, err = os.ReadFile(report); err != nil {
			return 0, err
		}
	}
	var list []json.RawMessage
	var own struct{ Findings []json.RawMessage }
	if err := json.Unmarshal(out.stdout, &list); err != nil {
		if err := json.Unmarshal(out.stdout, &own); err != nil {
			return 0, fmt.Errorf("report: %w", err)
		}
		list = own.Findings
	}
	if len(list) == 0 {
		return 0, errors.New("no findings")
	}
	return len(list), nil
}

type outcome struct {
	wall, cpu time.Duration
	stdout    []byte
}

// start runs a program to its end. Exit status 1 means findings to every scanner here, so it is no error.
func start(args []string, keep bool) (outcome, error) {
	cmd := exec.Command(args[0], args[1:]...)
	var out outcome
	begin := time.Now()
	var err error
	if keep {
		out.stdout, err = cmd.Output()
	} else {
		err = cmd.Run()
	}
	out.wall = time.Since(begin)
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
		return out, fmt.Errorf("%v: %w", args, err)
	}
	out.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return out, nil
}

// measure runs the commands in turn, each round beginning with another.
func measure(all []*command, runs int) error {
	for round := range runs {
		for i := range all {
			c := all[(i+round)%len(all)]
			out, err := start(c.args, false)
			if err != nil {
				return err
			}
			c.wall, c.cpu = append(c.wall, out.wall), append(c.cpu, out.cpu)
		}
	}
	return nil
}

func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return (d[(len(d)-1)/2] + d[len(d)/2]) / 2
}

func show(all []*command, size int64) {
	if len(all) == 0 {
		return
	}
	fmt.Printf("\n%d bytes, medians of %d runs\n%-12s %10s %10s %10s %10s %10s\n", size, len(all[0].wall), "", "wall", "cpu", "MB/s", "wall x", "cpu x")
	for _, c := range all {
		wall, cpu := median(c.wall), median(c.cpu)
		fmt.Printf("%-12s %10s %10s %10.0f %10.1f %10.1f\n", c.name, wall.Round(time.Millisecond), cpu.Round(time.Millisecond),
			float64(size)/1e6/wall.Seconds(), float64(wall)/float64(median(all[0].wall)), float64(cpu)/float64(median(all[0].cpu)))
	}
}

// starts compares what a start costs: hello, the version, and a scan of one small file without a candidate.
func starts(unleak, hello, tmp string, runs int) error {
	file := filepath.Join(tmp, "main.go")
	if err := os.WriteFile(file, []byte("package main\n\nfunc main() { run() }\n"), 0o600); err != nil {
		return err
	}
	all := []*command{{name: "hello", args: []string{hello}}, {name: "version", args: []string{unleak, "version"}},
		{name: "one file", args: []string{unleak, "dir", file, "--no-progress"}}}
	if err := measure(all, 3*runs); err != nil {
		return err
	}
	fmt.Printf("\nstart, medians of %d runs\n", 3*runs)
	for _, c := range all {
		fmt.Printf("%-12s %10s wall %10s cpu\n", c.name, median(c.wall).Round(10*time.Microsecond), median(c.cpu).Round(10*time.Microsecond))
	}
	return nil
}
