package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/match"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/rotate"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/files"
	"github.com/unleak/unleak/store"
	"github.com/unleak/unleak/triage"
)

func newRotate(a *app) *cobra.Command {
	c := &cobra.Command{Use: "rotate", Short: "Plan the rotation of what leaked, and prove that it was done"}
	c.AddCommand(newRotatePlan(a), newRotateCheck(a))
	return c
}

// pageFlags say how a page is written.
type pageFlags struct {
	format string
	output string
}

func (f *pageFlags) add(c *cobra.Command) {
	c.Flags().StringVarP(&f.format, "format", "f", "markdown", "markdown or json")
	c.Flags().StringVarP(&f.output, "output", "o", "-", "file to write ('-' is standard output)")
}

// write writes one of two shapes of the same.
func (a *app) writePage(f *pageFlags, markdown, json func(io.Writer) error) error {
	write := markdown
	switch f.format {
	case "markdown", "text":
	case "json":
		write = json
	default:
		return fmt.Errorf("unknown format %q (markdown, json)", f.format)
	}
	if f.output == "-" {
		return a.writeStdout(write)
	}
	return writeFile(f.output, private, write)
}

func newRotatePlan(a *app) *cobra.Command {
	var f scanFlags
	var page pageFlags
	var in []string
	c := &cobra.Command{
		Use:   "plan REPORT.json",
		Short: "Print what to rotate in which order, the steps, the places to change, and the emergency path",
		Long: `Plan puts the findings of a JSON report in the order in which they are worked off (live and
most dangerous first) and says of each: the steps at its issuer, the places that hold the
value, the files, manifests and pipelines that name it, a checklist to replace it without an
outage, and what to do when there is no time for that. With --store it says where the new
value goes. The places that name a secret are looked for in --in, else in the folders the
report was made of.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := a.readReport(args[0])
			if err != nil {
				return err
			}
			s, err := f.settle(own{})
			if err != nil {
				return err
			}
			contents, err := f.from.read(c.Context(), a, &f.verifyFlags)
			if err != nil {
				return err
			}
			if contents != nil {
				identify(contents, r.Findings, s.idKey)
				judge(contents, r.Findings)
			}
			triage.Expose(r.Findings)
			m := report.Masked(r)
			folders := orFolders(in, m.Targets)
			beside := linesBeside(slices.Concat(folders, m.Targets))
			found, err := mentioned(c.Context(), m, folders, beside, &f)
			if err != nil {
				return err
			}
			mentions := s.maskMentions(found, r)
			plan := rotate.Make(m, rotate.Options{Rule: s.rule, Mentions: mentions, Beside: beside, Now: time.Now()})
			return a.writePage(&page, func(w io.Writer) error { return rotate.WritePlan(w, plan) }, func(w io.Writer) error { return rotate.WriteJSON(w, plan) })
		},
	}
	page.add(c)
	f.from.add(c)
	f.addNetwork(c)
	c.Flags().StringArrayVar(&in, "in", nil, "folder to look in for places that name a secret; repeatable")
	c.Flags().StringSliceVar(&f.exclude, "exclude", nil, "glob of paths to leave out; repeatable")
	c.Flags().StringVarP(&f.configFile, "config", "c", "", "configuration file, over the user's own")
	return c
}

// orFolders returns what the user named, or the folders among the targets of a report.
func orFolders(named, targets []string) []string {
	if len(named) > 0 {
		return named
	}
	var out []string
	for _, t := range targets {
		if isFolder(t) {
			out = append(out, t)
		}
	}
	return out
}

// mentioned finds the places that name a secret of the report: findings of rotate.MentionRule, whose values are the names.
func mentioned(ctx context.Context, r *finding.Report, folders []string, beside func(*finding.Place) (before, behind string), f *scanFlags) ([]finding.Finding, error) {
	var names []string
	for i := range r.Findings {
		names = append(names, rotate.NamesOf(&r.Findings[i], beside)...)
	}
	if len(names) == 0 || len(folders) == 0 {
		return nil, nil
	}
	src, err := files.New(folders, files.Options{Exclude: append([]string{"**/node_modules/**", "**/vendor/**"}, f.exclude...), MaxFileBytes: 4 << 20})
	if err != nil {
		return nil, err
	}
	res, err := scanner.Run(ctx, scanner.Options{NewDetector: func() scanner.Detector { return rotate.NewMentions(names) }, AllowMark: noAllowMark}, src)
	return res.Findings, err
}

// identify gives masked findings the values that the stores hold, which their ids prove to be the same.
func identify(c *store.Contents, all []finding.Finding, key []byte) {
	byID := map[string]*finding.Finding{}
	for i := range all {
		if f := &all[i]; maskedValue(f.Secret) {
			byID[f.ID] = f
		}
	}
	tries := candidates(c, all)
	triage.SetIDs(tries, key)
	for i := range tries {
		if f := byID[tries[i].ID]; f != nil && f.Rule == tries[i].Rule {
			f.Secret = tries[i].Secret
		}
	}
}

// candidates pairs the rules of masked findings with the values of the stores that look alike under a mask: making an
// id is dear for what could be guessed.
func candidates(c *store.Contents, all []finding.Finding) []finding.Finding {
	rules := map[string][]string{} // rules of findings by mask
	for i := range all {
		if f := &all[i]; maskedValue(f.Secret) {
			mask := f.Secret.Reveal()
			switch {
			case f.Rule == match.RuleID: // shown without a single character, whatever its length
				mask = anyValue
			case strings.HasPrefix(mask, "----"): // a key block, whose line breaks are written in several ways
				mask = keyBlock
			}
			if !slices.Contains(rules[mask], f.Rule) {
				rules[mask] = append(rules[mask], f.Rule)
			}
		}
	}
	type pair struct{ rule, text string }
	seen := map[pair]bool{}
	var out []finding.Finding
	for _, v := range c.Values {
		text := v.Secret.Reveal()
		if len(text) <= 3 {
			continue
		}
		masks := []string{finding.Mask(text), anyValue}
		if strings.HasPrefix(text, "----") {
			masks[0] = keyBlock
		}
		for _, mask := range masks {
			for _, rule := range rules[mask] {
				if p := (pair{rule, text}); !seen[p] {
					seen[p] = true
					out = append(out, finding.Finding{Rule: rule, Secret: finding.NewSecret(text)})
				}
			}
		}
	}
	return out
}

// masks that stand for more than one; no mask ends like them
const (
	anyValue = "any value"
	keyBlock = "key block"
)
