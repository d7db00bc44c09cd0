package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/triage"
)

// plan is one scan: what to read, and what the report calls it.
type plan struct {
	command    string
	targets    []string
	repository string // folder whose own configuration counts, or ""
	mayBeEmpty bool   // reading nothing is no error, as for a commit without changes
	sources    func(*settings) ([]scanner.Source, error)
}

// scanWith runs a plan: scan, triage, verify, report. The error is the outcome; see app.exit.
func (a *app) scanWith(ctx context.Context, f *scanFlags, p plan) error {
	outputs, err := f.outputs()
	if err != nil {
		return err
	}
	s, err := f.settle(p.repository)
	if err != nil {
		return err
	}
	sources, err := p.sources(s)
	if err != nil {
		return err
	}
	show := a.newProgress()
	start := time.Now()
	res, scanErr := scanner.Run(ctx, scanner.Options{
		Jobs: f.jobs, MaxMemory: s.maxMemory, AllowMark: s.config.AllowMark, Progress: show.update,
		NewDetector: func() scanner.Detector { return s.engine.NewScanner() },
	}, sources...)
	show.clear()
	interrupted := errors.Is(scanErr, context.Canceled)
	if scanErr != nil && !interrupted {
		return scanErr
	}
	if interrupted {
		res.Coverage.Skip(finding.Skip{Name: "the rest", Reason: finding.SkipInterrupted})
	}
	r := &finding.Report{Version: version(), Command: p.command, Targets: p.targets, Findings: res.Findings, Coverage: res.Coverage}
	if err := s.triage(r, p.repository, f.noRepoConfig); err != nil {
		return err
	}
	if f.verify && !interrupted {
		if err := f.verifyFlags.check(ctx, a, s, r.Findings); err != nil {
			return err
		}
	}
	if err := a.writeReports(r, s, f, outputs); err != nil {
		return err
	}
	a.summarise(r, time.Since(start))
	return outcome(r, s.failOn, interrupted, p.mayBeEmpty)
}

// outcome decides how a scan ended.
func outcome(r *finding.Report, failOn string, interrupted, mayBeEmpty bool) error {
	switch {
	case interrupted:
		return context.Canceled
	case failing(r.Findings, failOn):
		return errFindings
	case r.Coverage.Empty() && !mayBeEmpty:
		return fmt.Errorf("nothing was read at %s: check the target and the excludes", strings.Join(r.Targets, " "))
	case r.Coverage.Incomplete():
		return errIncomplete
	}
	return nil
}

// failing tells whether a finding that is not silenced reaches the level.
func failing(findings []finding.Finding, level string) bool {
	if level == "none" {
		return false
	}
	least, err := finding.ParseSeverity(level)
	for i := range findings {
		f := &findings[i]
		live := f.Verdict != nil && f.Verdict.Status == finding.Live
		if f.Suppression == nil && (live || err == nil && f.Severity >= least) {
			return true
		}
	}
	return false
}

// ignoreName is the ignore file a repository may carry.
const ignoreName = ".unleakignore"

// triage applies inline allows, ignore files and the baseline. What a repository's own files hide is said.
func (s *settings) triage(r *finding.Report, repository string, noRepoConfig bool) error {
	p := triage.Policy{Key: s.idKey, AllowMark: s.config.AllowMark, Today: s.today}
	names := s.config.IgnoreFiles
	own := ""
	if repository != "" && !noRepoConfig {
		own = filepath.Join(repository, ignoreName)
		if _, err := os.Stat(own); err == nil {
			names = append(names, own)
		}
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("ignore file: %w", err)
		}
		file, err := triage.ParseIgnore(name, text)
		if err != nil {
			return err
		}
		p.Ignores = append(p.Ignores, file)
	}
	if name := s.config.Baseline; name != "" {
		text, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("baseline: %w", err)
		}
		if p.Baseline, err = triage.ParseBaseline(name, text, s.idKey); err != nil {
			return err
		}
	}
	done := p.Apply(r.Findings)
	for _, n := range done.Notes {
		r.Coverage.Note(n)
	}
	for by, n := range done.Suppressed {
		if own != "" && strings.Contains(by, own) {
			r.Coverage.Note(fmt.Sprintf("%d findings silenced by the target's own %s (see --no-repo-config)", n, ignoreName))
		}
	}
	s.noteConfig(r, repository)
	return nil
}

// noteConfig says what a repository's own configuration switched off.
func (s *settings) noteConfig(r *finding.Report, repository string) {
	if repository == "" {
		return
	}
	for _, name := range s.config.Sources {
		if filepath.Dir(name) == filepath.Clean(repository) {
			r.Coverage.Note(fmt.Sprintf("the target's own %s was honoured (see --no-repo-config): %d rules off, %d paths excluded",
				filepath.Base(name), len(s.config.Disable), len(s.config.Exclude)))
		}
	}
}

var _ scanner.Detector = (*detectors.Scanner)(nil)
