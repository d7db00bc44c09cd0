package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/source/logs"
	"github.com/unleak/unleak/triage"
)

// followFlags are those of logs --follow.
type followFlags struct {
	follow  bool
	state   string
	fromEnd bool
	metrics time.Duration
}

func (f *followFlags) add(c *cobra.Command) {
	s := c.Flags()
	s.BoolVarP(&f.follow, "follow", "F", false, "go on with what is written to the logs, through rotation, until SIGINT or SIGTERM; findings at once, as JSONL")
	s.StringVar(&f.state, "state", "", "with --follow: `file` that keeps how far the logs were read, so that the next run goes on there")
	s.BoolVar(&f.fromEnd, "from-end", false, "with --follow: leave out what the logs hold already")
	s.DurationVar(&f.metrics, "metrics", 0, "with --follow: how often a line of figures goes to standard error, such as 30s (default: never)")
}

// check refuses what does not go together.
func (f *followFlags) check(c *cobra.Command, scan *scanFlags) error {
	if !f.follow {
		for _, name := range []string{"state", "from-end", "metrics"} {
			if c.Flags().Changed(name) {
				return fmt.Errorf("--%s needs --follow", name)
			}
		}
		return nil
	}
	switch {
	case c.Flags().Changed("format") && scan.format != "jsonl":
		return fmt.Errorf("--follow writes findings as they come: --format can only be jsonl, not %s", scan.format)
	case len(scan.reports) > 0:
		return errors.New("--follow writes no --report: its standard output is the report, as JSONL (see unleak report convert)")
	case scan.verify || scan.dryRun:
		return errors.New("--follow does not verify: give its findings to unleak verify")
	case len(scan.from.stores) > 0 || scan.remember != "" || len(scan.siem.to) > 0:
		return errors.New("--follow takes no --store, --remember or --events: keep its output, and give it to unleak rotate check, trend add or events")
	case f.metrics < 0:
		return fmt.Errorf("--metrics %v: want a duration of 0 or more", f.metrics)
	}
	return nil
}

// followLogs follows until it is told to stop.
func (a *app) followLogs(ctx context.Context, f *followFlags, scan *scanFlags, o logs.Options, targets []string) error {
	s, err := scan.settle(own{})
	if err != nil {
		return err
	}
	o.Exclude, o.Stdin = s.config.Exclude, a.stdin
	policy, err := s.policy(nil, nil)
	if err != nil {
		return err
	}
	lines, err := report.NewStream(a.stdout, &finding.Report{Version: version(), Command: "logs", Targets: targets},
		report.Options{ShowSecrets: scan.showSecrets, Rule: s.rule, Time: time.Now()})
	if err != nil {
		return err
	}
	fails := false
	tell := func(found []finding.Finding) error {
		policy.Apply(found)
		triage.SetIDs(found, s.idKey)
		triage.Expose(found)
		fails = fails || s.fails(found)
		return lines.Findings(found)
	}
	jobs := scan.jobs
	if jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	coverage, err := logs.Follow(ctx, targets, logs.FollowOptions{
		Options: o, NewDetector: func() scanner.Detector { return s.engine.NewScanner() }, Plan: settle.NewPlan(s.rules),
		Tell: tell, AllowMark: s.config.AllowMark, Jobs: jobs, State: f.state, FromEnd: f.fromEnd, Every: f.metrics,
		Report: a.metricsLine(f.metrics),
	})
	if err != nil {
		return err
	}
	coverage.Part = partOf(scan.given)
	if err := lines.Close(coverage); err != nil {
		return err
	}
	switch {
	case fails:
		return errFindings
	case coverage.Incomplete():
		return errIncomplete
	}
	return nil
}

// metricsLine returns what writes a line of figures to standard error; nil where none is wanted.
func (a *app) metricsLine(every time.Duration) func(logs.Progress) {
	if every <= 0 {
		return nil
	}
	var mu sync.Mutex
	return func(p logs.Progress) {
		mu.Lock()
		defer mu.Unlock()
		line, err := json.Marshal(struct {
			Type string `json:"type"`
			logs.Progress
		}{"metrics", p})
		if err == nil {
			fmt.Fprintf(a.stderr, "%s\n", line)
		}
	}
}
