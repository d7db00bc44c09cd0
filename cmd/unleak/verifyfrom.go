package main

import (
	"context"
	"fmt"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git"
)

// causeGone is why a credential of a masked report cannot be asked about.
const causeGone = "masked in the report, and no longer found at --from"

// unmask finds the credentials of a masked report again: it scans the targets and takes what has the same id. The rest
// gets a verdict that says so.
func (a *app) unmask(ctx context.Context, r *finding.Report, targets []string, jobs int, s *settings) (gone []finding.Finding, err error) {
	sources, err := detectSources(a, targets, s, git.Options{Archives: defaultArchiveDepth})
	if err != nil {
		return nil, err
	}
	show := a.newProgress()
	res, err := scanner.Run(ctx, scanner.Options{
		Jobs: jobs, AllowMark: s.config.AllowMark, Progress: show.update, MaxMemory: s.maxMemory,
		NewDetector: func() scanner.Detector { return s.engine.NewScanner() },
	}, sources...)
	show.clear()
	if err != nil {
		return nil, err
	}
	s.ids.Set(res.Findings)
	byID := make(map[string]*finding.Finding, len(res.Findings))
	for i := range res.Findings {
		byID[res.Findings[i].ID] = &res.Findings[i]
	}
	kept := r.Findings[:0]
	for _, f := range r.Findings {
		if again := byID[f.ID]; again != nil && f.ID != "" {
			f.Secret, f.Parts, f.Elsewhere = again.Secret, again.Parts, again.Elsewhere
			kept = append(kept, f)
			continue
		}
		f.Verdict = &finding.Verdict{Status: finding.NotChecked, Cause: causeGone}
		gone = append(gone, f)
	}
	r.Findings = kept
	if len(kept) == 0 && len(gone) > 0 {
		return nil, fmt.Errorf("none of the report's %s is at %v: is that what was scanned, with the same --config and id key?", number(len(gone), "credential", "credentials"), targets)
	}
	return gone, nil
}
