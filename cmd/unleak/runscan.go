package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/triage"
	"github.com/unleak/unleak/verify"
)

// plan is one scan: what to read, and what the report calls it.
type plan struct {
	command    string
	targets    []string
	own        own    // whose configuration and ignore files count
	shown      shown  // how paths of files are written
	mayBeEmpty bool   // reading nothing is no error, as for a commit without changes
	part       string // what makes this a scan of a part, beside the flags; "": nothing
	sources    func(*settings) ([]scanner.Source, error)

	silentWhenClean bool               // a run that found nothing that counts and read everything prints no report
	budget          budget             // zero: no bound
	after           func(*scanOutcome) // called with the outcome once the reports are written; may be nil
}

// scanWith runs a plan: scan, triage, verify, report. The error is the outcome; see app.exit.
func (a *app) scanWith(ctx context.Context, f *scanFlags, p plan) error {
	outputs, err := f.outputs()
	if err != nil {
		return err
	}
	s, err := f.settle(p.own)
	if err != nil {
		return err
	}
	if f.hosts {
		return a.printHosts(s.rules)
	}
	opts, err := a.reportOptions(&f.reportFlags, s.rule)
	if err != nil {
		return err
	}
	if err := s.mayWrite(outputs, opts.Template, p.targets, f.from.files()...); err != nil {
		return err
	}
	whileItGoesOn := outputs[0].format.Name == "jsonl" && !p.silentWhenClean
	if whileItGoesOn {
		s.plan = settle.NewPlan(s.rules)
	}
	sources, err := p.sources(s)
	if err != nil {
		return err
	}
	siem, err := a.openEvents(ctx, &f.siem, &f.verifyFlags)
	if err != nil {
		return err
	}
	defer siem.abandon()
	contents, err := f.from.read(ctx, a, &f.verifyFlags)
	if err != nil && ctx.Err() == nil { // who interrupts the reading of stores gets a report that says so
		return err
	}
	at := revisions(p.targets)
	own := s.ownLists(f.noRepoConfig)
	policy, err := s.judges(own)
	if err != nil {
		return err
	}
	policy.policy.Shown = p.shown.prefix
	var live *liveReport
	if whileItGoesOn {
		head := &finding.Report{Version: version(), Command: p.command, Targets: p.targets, Revisions: at, Tree: p.shown.tree}
		live = a.openLive(head, opts, s, policy, contents)
		live.shown = p.shown
	}
	defer live.abandon()
	show := a.newProgress()
	start := time.Now()
	scanCtx, cancel := p.budget.bound(ctx)
	defer cancel()
	res, scanErr := scanner.Run(scanCtx, scanner.Options{
		Jobs: f.jobs, MaxMemory: s.maxMemory, AllowMark: s.config.AllowMark, Progress: show.update,
		NewDetector: func() scanner.Detector { return s.engine.NewScanner() }, Found: live.found(),
	}, sources...)
	show.clear()
	interrupted := ctx.Err() != nil
	if scanCtx.Err() != nil && !interrupted {
		res.Coverage.Skip(finding.Skip{Name: theRest, Reason: finding.SkipBudget, Detail: fmt.Sprintf("after %s (--time-budget)", p.budget.time)})
		if errors.Is(scanErr, context.DeadlineExceeded) {
			scanErr = nil
		}
	}
	if scanErr != nil && !interrupted && len(res.Findings) == 0 {
		return scanErr
	}
	if interrupted {
		res.Coverage.Skip(finding.Skip{Name: theRest, Reason: finding.SkipInterrupted})
	}
	r := &finding.Report{Version: version(), Command: p.command, Targets: p.targets, Revisions: at, Tree: p.shown.tree, Findings: res.Findings, Coverage: res.Coverage}
	if p.part != "" {
		r.Coverage.Part = append(r.Coverage.Part, p.part)
	}
	r.Coverage.Part = append(r.Coverage.Part, partOf(f.given)...)
	r.Coverage.Scope = s.scope(f, p)
	for _, n := range s.notes {
		r.Coverage.Note(n)
	}
	s.lookAtNames(r)
	if needIDs(outputs) {
		s.ids.Set(r.Findings)
		r.Findings = triage.Unite(r.Findings)
	}
	if err := s.triage(r, policy, own, f.noRepoConfig); err != nil {
		return err
	}
	p.shown.report(r)
	if (f.verify || f.dryRun) && !interrupted {
		if err := f.verifyFlags.check(ctx, a, s, r.Findings, r.Beside...); err != nil {
			if !errors.Is(err, verify.ErrBudget) {
				scanErr = errors.Join(scanErr, err)
			}
			if ctx.Err() == nil {
				r.Coverage.Skip(finding.Skip{Name: theVerification, Reason: finding.SkipFailed, Detail: err.Error()})
			}
		}
		if interrupted = ctx.Err() != nil; interrupted {
			r.Coverage.Skip(finding.Skip{Name: theVerification, Reason: finding.SkipInterrupted})
		}
	}
	if contents != nil {
		contents.Cover(&r.Coverage)
		judge(contents, r.Findings)
	}
	if needIDs(outputs) {
		s.expose(r)
	}
	s.setTestsAside(r)
	how := outcome(r, s, interrupted, p.mayBeEmpty)
	if how == errIncomplete && p.budget.over == "allow" && onlyOverBudget(&r.Coverage) {
		how = nil
	}
	if p.silentWhenClean && how == nil && !r.Coverage.Incomplete() && !slices.ContainsFunc(r.Findings, counts) {
		outputs = outputs[1:] // what goes to files is written all the same
	}
	var told error // that one cannot be told keeps nothing from the others
	if live != nil {
		told, outputs = live.close(r), outputs[1:]
	}
	told = errors.Join(told, a.writeReports(r, opts, outputs), siem.send(r, opts, s.idKey))
	if !interrupted {
		told = errors.Join(told, rememberScan(f.remember, s, r))
	}
	if told != nil {
		return told
	}
	a.summarise(r, time.Since(start))
	if scanErr != nil && !interrupted { // what was found is told; that it is not all outranks it
		return scanErr
	}
	if p.after != nil {
		p.after(&scanOutcome{r, s, how})
	}
	return how
}

// outcome decides how a scan ended.
func outcome(r *finding.Report, s *settings, interrupted, mayBeEmpty bool) error {
	switch {
	case interrupted:
		return context.Canceled
	case s.fails(r.Findings):
		return errFindings
	case r.Coverage.Empty() && !mayBeEmpty:
		return fmt.Errorf("nothing was read at %s: check the target and the excludes", strings.Join(r.Targets, " "))
	case r.Coverage.Incomplete():
		return errIncomplete
	}
	return nil
}

// counts tells whether nothing silences a finding.
func counts(f finding.Finding) bool { return f.Suppression == nil }

var _ scanner.Detector = (*detectors.Scanner)(nil)
