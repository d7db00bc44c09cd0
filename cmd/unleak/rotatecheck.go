package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/rotate"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source"
	"github.com/unleak/unleak/source/git"
	"github.com/unleak/unleak/triage"
)

// rotateCheck is what a check is told.
type rotateCheck struct {
	scanFlags
	page      pageFlags
	in        []string
	incidents []string
	noVerify  bool
}

func newRotateCheck(a *app) *cobra.Command {
	var f rotateCheck
	c := &cobra.Command{
		Use:   "check REPORT.json",
		Short: "Ask issuers and stores what became of the findings: rotated, revoked, STILL LIVE or unknown",
		Long: `Check asks the issuers again whether the findings of a JSON report are live, and compares them
with the stores of --store. Values that the report masks are found again by their ids: in the
stores, and by scanning --in, else what the report was made of. With --incident the evidence
is kept in a file with its times: JSON, to which later checks are added, or Markdown.

Exit status: 0 everything is rotated or revoked, 1 something is STILL LIVE, 2 usage or fatal
error, 3 something could not be told.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.rotateCheck(c.Context(), &f, args[0]) },
	}
	f.page.add(c)
	f.from.add(c)
	f.verifyFlags.add(c)
	f.siem.add(c)
	s := c.Flags()
	s.StringArrayVar(&f.in, "in", nil, "target to scan for the values that the report masks; repeatable")
	s.StringArrayVar(&f.incidents, "incident", nil, "incident file to write or add to: NAME.json or NAME.md; repeatable")
	s.BoolVar(&f.noVerify, "no-verify", false, "ask the stores alone, no issuer")
	s.StringVarP(&f.configFile, "config", "c", "", "configuration file, over the user's own")
	return c
}

func (a *app) rotateCheck(ctx context.Context, f *rotateCheck, name string) error {
	for _, file := range f.incidents {
		if ext := filepath.Ext(file); ext != ".json" && ext != ".md" {
			return fmt.Errorf("--incident %q: want a file that ends in .json or .md", file)
		}
	}
	r, err := a.readReport(name)
	if err != nil {
		return err
	}
	s, err := f.settle(own{})
	if err != nil {
		return err
	}
	if f.hosts {
		return a.printHosts(s.rules)
	}
	siem, err := a.openEvents(ctx, &f.siem, &f.verifyFlags)
	if err != nil {
		return err
	}
	defer siem.abandon()
	if err := a.recheck(ctx, f, s, r); err != nil || f.dryRun {
		return err
	}
	now := time.Now()
	m := report.Masked(r)
	results := rotate.Check(m, now)
	if err := keepIncident(f.incidents, name, m, results, now); err != nil { // first: it is the evidence
		return err
	}
	if err := a.writePage(&f.page, func(w io.Writer) error { return rotate.WriteResults(w, results) }, func(w io.Writer) error { return rotate.WriteJSON(w, results) }); err != nil {
		return err
	}
	if err := siem.send(r, report.Options{Rule: s.rule, Time: now}, s.idKey); err != nil {
		return err
	}
	switch {
	case rotate.Count(results, rotate.StillLive) > 0:
		return errFindings
	case rotate.Count(results, rotate.Unknown) > 0:
		return errIncomplete
	}
	return nil
}

// recheck sets verdicts and stores of a report to what they are now.
func (a *app) recheck(ctx context.Context, f *rotateCheck, s *settings, r *finding.Report) error {
	contents, err := f.from.read(ctx, a, &f.verifyFlags)
	if err != nil {
		return err
	}
	for i := range r.Findings {
		r.Findings[i].Verdict, r.Findings[i].Stored = nil, nil
	}
	if contents != nil {
		identify(contents, r.Findings, s.idKey)
	}
	if err := a.recover(ctx, f, s, r); err != nil {
		return err
	}
	if contents != nil {
		judge(contents, r.Findings)
		for i := range r.Findings { // of a value that nobody knows nothing can be said
			if g := &r.Findings[i]; maskedValue(g.Secret) {
				g.Stored = nil
			}
		}
	}
	triage.Expose(r.Findings)
	if f.noVerify {
		return nil
	}
	return a.askIssuers(ctx, f, s, r.Findings)
}

// maskedValue tells whether a value is not known, but only what a report showed of it.
func maskedValue(s finding.Secret) bool { return strings.HasSuffix(s.Reveal(), "********") }

// recover finds the values that the report masks by scanning again, where ids prove them to be the same.
func (a *app) recover(ctx context.Context, f *rotateCheck, s *settings, r *finding.Report) error {
	if !slices.ContainsFunc(r.Findings, func(g finding.Finding) bool { return maskedValue(g.Secret) && g.Suppression == nil }) {
		return nil
	}
	targets := f.in
	if len(targets) == 0 {
		for _, t := range r.Targets {
			if kind := source.Detect(t); kind != source.Missing && kind != source.Stdin && kind != source.RemoteGit && kind != source.RemoteImg {
				targets = append(targets, t)
			}
		}
	}
	if len(targets) == 0 {
		return nil
	}
	sources, err := detectSources(a, targets, s, git.Options{Archives: defaultArchiveDepth})
	if err != nil {
		return err
	}
	show := a.newProgress()
	res, err := scanner.Run(ctx, scanner.Options{Progress: show.update, NewDetector: func() scanner.Detector { return s.engine.NewScanner() }}, sources...)
	show.clear()
	if err != nil {
		return err
	}
	s.ids.Set(res.Findings)
	byID := map[string]*finding.Finding{}
	for i := range res.Findings {
		byID[res.Findings[i].ID] = &res.Findings[i]
	}
	for i := range r.Findings {
		if g := byID[r.Findings[i].ID]; g != nil {
			r.Findings[i].Secret, r.Findings[i].Parts, r.Findings[i].Elsewhere = g.Secret, g.Parts, g.Elsewhere
		}
	}
	return nil
}

// askIssuers verifies the findings whose values are known.
func (a *app) askIssuers(ctx context.Context, f *rotateCheck, s *settings, all []finding.Finding) error {
	var known []finding.Finding
	var at []int
	for i := range all {
		g := all[i]
		if maskedValue(g.Secret) {
			all[i].Verdict = &finding.Verdict{Status: finding.NotChecked, Cause: "the report masks its value, and it was found neither in a store nor by scanning again (see --in)"}
			continue
		}
		g.Parts = slices.DeleteFunc(slices.Clone(g.Parts), func(p finding.Part) bool { return maskedValue(p.Value) })
		known, at = append(known, g), append(at, i)
	}
	err := f.verifyFlags.check(ctx, a, s, known)
	for k, i := range at {
		all[i].Verdict = known[k].Verdict
	}
	return err
}

// keepIncident writes the incident files. A JSON file that exists keeps its earlier checks; a Markdown file shows those
// of the first JSON file named with it.
func keepIncident(names []string, reportName string, r *finding.Report, results []rotate.Result, now time.Time) error {
	incidents := make([]*rotate.Incident, len(names))
	var first *rotate.Incident
	for i, name := range names { // all are read before any is written
		if filepath.Ext(name) != ".json" {
			continue
		}
		in, err := openIncident(name)
		if err != nil {
			return err
		}
		if in == nil {
			in = rotate.NewIncident(filepath.Base(reportName), r, now)
		}
		in.Add(r, results, now)
		incidents[i] = in
		first = cmp.Or(first, in)
	}
	if first == nil {
		first = rotate.NewIncident(filepath.Base(reportName), r, now)
		first.Add(r, results, now)
	}
	for i, name := range names {
		write := func(w io.Writer) error { return rotate.WriteIncident(w, first) }
		if in := incidents[i]; in != nil {
			write = func(w io.Writer) error { return rotate.WriteJSON(w, in) }
		}
		if err := writeFile(name, private, write); err != nil {
			return fmt.Errorf("incident %s: %w", name, err)
		}
	}
	return nil
}

// openIncident reads an incident file; nil where there is none.
func openIncident(name string) (*rotate.Incident, error) {
	file, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("incident: %w", err)
	}
	in, err := rotate.ReadIncident(name, file)
	return in, errors.Join(err, file.Close())
}
