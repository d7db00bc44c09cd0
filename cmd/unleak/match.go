package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/match"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git"
	"github.com/unleak/unleak/source/image"
	"github.com/unleak/unleak/source/logs"
	"github.com/unleak/unleak/store"
)

// matchFlags are the flags of the command, among them those of scans that make sense here.
type matchFlags struct {
	scanFlags
	logs   bool
	images bool
}

func newMatch(a *app) *cobra.Command {
	var f matchFlags
	c := &cobra.Command{
		Use:   "match --store URL TARGET...",
		Short: "Search targets for the exact values that a secret store holds",
		Long: `Match reads secret stores and searches repositories, folders, images and logs for the values
they hold, as they are and in base64, hexadecimal, URL-encoded, JSON-escaped, UTF-16,
compressed or nested in these, so it finds leaks that no pattern would. Short and common values are refused, with the reason in the
coverage. Values stay in memory: no report, log or cache holds one, and no line of what was
searched is quoted.

` + exitHelp,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, targets []string) error { return a.match(c.Context(), &f, targets) },
	}
	f.from.add(c)
	f.reportFlags.addFormats(c, "text")
	f.addNetwork(c)
	f.siem.add(c)
	s := c.Flags()
	s.BoolVar(&f.logs, "logs", false, "read the targets as logs: times, hosts and units are told")
	s.BoolVar(&f.images, "images", false, "the targets are images, in a registry too")
	s.StringVarP(&f.configFile, "config", "c", "", "configuration file, over the user's own")
	s.BoolVar(&f.noRepoConfig, "no-repo-config", false, "do not honour the target's own .unleak.toml and .unleakignore")
	s.BoolVar(&f.noInline, "no-inline-allow", false, "do not honour unleak:allow comments")
	s.StringArrayVar(&f.ignoreFiles, "ignore-file", nil, "file with ignore entries; repeatable")
	s.StringVarP(&f.baseline, "baseline", "b", "", "findings in this baseline are not counted")
	s.IntVarP(&f.jobs, "jobs", "j", 0, "workers (default and 0: one a processor); results do not depend on it")
	s.StringVar(&f.maxMemory, "max-memory", "", "content held in memory at a time, such as 256M")
	s.StringVar(&f.failOn, "fail-on", "", "least severity that fails: info, low (default), medium, high, critical; or none")
	s.StringSliceVar(&f.exclude, "exclude", nil, "glob of paths to leave out; repeatable")
	return c
}

func (a *app) match(ctx context.Context, f *matchFlags, targets []string) error {
	if len(f.from.stores) == 0 {
		return errors.New("match needs --store: a .env or JSON file, or a store's address (see docs/stores.md)")
	}
	outputs, err := f.outputs()
	if err != nil {
		return err
	}
	s, err := f.settle(ownOf(targets))
	if err != nil {
		return err
	}
	opts, err := a.reportOptions(&f.reportFlags, s.rule)
	if err != nil {
		return err
	}
	if err := s.mayWrite(outputs, opts.Template, targets, f.from.files()...); err != nil {
		return err
	}
	sources, err := a.matchSources(f, targets, s)
	if err != nil {
		return err
	}
	siem, err := a.openEvents(ctx, &f.siem, &f.verifyFlags)
	if err != nil {
		return err
	}
	defer siem.abandon()
	contents, err := f.from.read(ctx, a, &f.verifyFlags)
	if err != nil {
		return err
	}
	r := &finding.Report{Version: version(), Command: "match", Targets: targets, Coverage: finding.Coverage{Part: []string{"match"}}}
	contents.Cover(&r.Coverage)
	set := contents.Set(&r.Coverage)
	contents.Values = nil // the set has them
	if set.Len() == 0 {
		return fmt.Errorf("no value to search for in %s", strings.Join(contents.Stores, ", "))
	}
	return a.search(ctx, f, &search{r, set, contents, sources, s, siem, outputs, opts})
}

// search is what is searched for in what, and where the findings go.
type search struct {
	report   *finding.Report
	set      *match.Set
	contents *store.Contents
	sources  []scanner.Source
	settings *settings
	siem     *siem
	outputs  []output
	opts     report.Options
}

// search scans the sources and reports what was found of the values.
func (a *app) search(ctx context.Context, f *matchFlags, q *search) error {
	r, s := q.report, q.settings
	show := a.newProgress()
	start := time.Now()
	res, scanErr := scanner.Run(ctx, scanner.Options{
		Jobs: f.jobs, MaxMemory: s.maxMemory, AllowMark: s.config.AllowMark, Progress: show.update,
		NewDetector: func() scanner.Detector { return q.set.Detector() },
	}, q.sources...)
	show.clear()
	interrupted := ctx.Err() != nil
	if scanErr != nil && !interrupted && len(res.Findings) == 0 {
		return scanErr
	}
	read := res.Coverage // what was searched decides whether anything was
	r.Coverage.Add(res.Coverage)
	if interrupted {
		r.Coverage.Skip(finding.Skip{Name: "the rest", Reason: finding.SkipInterrupted})
	}
	r.Findings = stored(res.Findings, q.set, q.contents, ownFiles(f.from.stores, r.Targets), &r.Coverage)
	own := s.ownLists(f.noRepoConfig)
	policy, err := s.judges(own)
	if err != nil {
		return err
	}
	var shown shown
	if !f.logs && !f.images {
		shown = shownOf(r.Targets, s.own)
	}
	policy.policy.Shown, r.Tree = shown.prefix, shown.tree
	s.lookAtNames(r)
	if err := s.triage(r, policy, own, f.noRepoConfig); err != nil {
		return err
	}
	shown.report(r)
	for i := range r.Findings { // the rest of an allowed line may hold another value
		for k := range r.Findings[i].Places {
			r.Findings[i].Places[k].Allow = ""
		}
	}
	s.expose(r)
	if err := a.writeReports(r, q.opts, q.outputs); err != nil {
		return err
	}
	if err := q.siem.send(r, q.opts, s.idKey); err != nil {
		return err
	}
	a.summarise(r, time.Since(start))
	if scanErr != nil && !interrupted {
		return scanErr
	}
	if read.Empty() && len(r.Findings) == 0 && !interrupted {
		return fmt.Errorf("nothing was read at %s: check the target and the excludes", strings.Join(r.Targets, " "))
	}
	return outcome(r, s, interrupted, false)
}

// matchSources makes the sources of the targets, as the flags say or by what they are.
func (a *app) matchSources(f *matchFlags, targets []string, s *settings) ([]scanner.Source, error) {
	switch {
	case f.logs && f.images:
		return nil, errors.New("--logs and --images exclude each other")
	case f.logs:
		src, err := logs.New(targets, logs.Options{Archives: defaultArchiveDepth, Exclude: s.config.Exclude, Stdin: a.stdin})
		return []scanner.Source{src}, err
	case f.images:
		src, err := image.New(targets, image.Options{Archives: defaultArchiveDepth, Exclude: s.config.Exclude})
		return []scanner.Source{src}, err
	}
	return detectSources(a, targets, s, git.Options{Archives: defaultArchiveDepth})
}

// stored makes findings of store values fit to be shown: no value, no line that may hold another one, and where the
// stores keep it.
func stored(all []finding.Finding, set *match.Set, c *store.Contents, own []string, coverage *finding.Coverage) []finding.Finding {
	var out []finding.Finding
	for _, f := range all {
		f.Places = slices.DeleteFunc(f.Places, func(p finding.Place) bool {
			mine := p.Origin.Kind == finding.KindFile && len(p.Origin.Inside) == 0 && slices.Contains(own, p.Origin.Path)
			if mine {
				coverage.Note(p.Origin.Path + " is a store that was compared with, not a leak of it")
			}
			return mine
		})
		if len(f.Places) == 0 {
			continue
		}
		value := f.Secret.Reveal()
		f.Stored = &finding.Stored{Refs: slices.Clone(set.Refs(value)), Asked: c.Stores, Gaps: c.Gaps()}
		f.Secret = finding.NewHidden(value)
		for i := range f.Places {
			f.Places[i].Line, f.Places[i].Mark = "", finding.Span{}
		}
		out = append(out, f)
	}
	return out
}

// ownFiles names the stores that are files within the targets, as places name them.
func ownFiles(stores, targets []string) []string {
	var out []string
	for _, s := range stores {
		file, err := os.Stat(strings.TrimPrefix(s, "file://"))
		if err != nil {
			continue
		}
		path, err := filepath.Abs(strings.TrimPrefix(s, "file://"))
		if err != nil {
			continue
		}
		for _, t := range targets {
			root, err := filepath.Abs(t)
			if err != nil {
				continue
			}
			if name, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(name) && name != "." {
				out = append(out, filepath.ToSlash(name), filepath.ToSlash(filepath.Join(t, name)))
			} else if info, err := os.Stat(t); err == nil && os.SameFile(file, info) {
				out = append(out, filepath.ToSlash(t))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
