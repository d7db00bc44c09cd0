package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/rules/builtin"
	"github.com/unleak/unleak/rules/interchange"
)

func newRules(a *app) *cobra.Command {
	c := &cobra.Command{Use: "rules", Short: "List, show, test and explain rules"}
	c.AddCommand(newRulesList(a), newRulesShow(a), newRulesTest(a), newRulesExplain(a))
	return c
}

func newRulesShow(a *app) *cobra.Command {
	var files []string
	c := &cobra.Command{
		Use:   "show ID",
		Short: "Show all that is known of a rule, and how to rotate what it finds",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := loadRuleFiles(files)
			if err != nil {
				return err
			}
			all := f.rules
			var ids []string
			for i := range all {
				if all[i].ID == args[0] {
					showRule(a, &all[i])
					return nil
				}
				ids = append(ids, all[i].ID)
			}
			return unknownRule(args[0], ids)
		},
	}
	addRuleFiles(c, &files)
	return c
}

// addRuleFiles adds the flag for further rule files.
func addRuleFiles(c *cobra.Command, files *[]string) {
	c.Flags().StringArrayVar(files, "rules", nil, "file or folder with further rules; repeatable")
}

func showRule(a *app, r *rules.Rule) {
	w := tabwriter.NewWriter(a.stdout, 0, 4, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, value)
		}
	}
	row("id", r.ID)
	row("title", r.Title)
	row("provider", r.Provider)
	row("severity", r.Severity.String())
	row("opens", r.Opens)
	row("regex", r.Pattern())
	row("technique", r.Technique)
	row("checks", strings.Join(r.Checks, ", "))
	row("path", r.Path)
	row("keywords", strings.Join(r.Keywords, ", "))
	for _, q := range r.Required {
		row("requires", q.Rule)
	}
	row("documented", r.Documented)
	for i, step := range r.Remediation {
		row(map[bool]string{true: "to rotate"}[i == 0]+" ", fmt.Sprintf("%d. %s", i+1, step))
	}
	if r.Verify != nil {
		row("asks", asksText(r))
	}
	_ = w.Flush()
}

func newRulesTest(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "test [FILE...]",
		Short: "Run every rule's examples and negatives, or those of rule files of your own or of other scanners",
		RunE: func(_ *cobra.Command, args []string) error {
			all, warnings, err := testRules(args)
			if err != nil {
				return err
			}
			for _, w := range warnings {
				fmt.Fprintln(a.stdout, "warning:", w)
			}
			e, err := detectors.New(all, detectors.Options{MinConfidence: 0.01})
			if err != nil {
				return err
			}
			s := e.NewScanner()
			passed, failed := 0, 0
			for i := range all {
				wrong := append(detectors.SelfTest(s, &all[i]), verifyFaults(&all[i])...)
				if len(wrong) == 0 {
					passed++
					continue
				}
				failed++
				for _, w := range wrong {
					fmt.Fprintln(a.stdout, w)
				}
			}
			fmt.Fprintf(a.stdout, "%d passed, %d failed\n", passed, failed)
			if failed > 0 {
				return fmt.Errorf("%s what the examples say", number(failed, "rule does not do", "rules do not do"))
			}
			return nil
		},
	}
}

// testRules returns the rules of the files, or the built-in ones, with their examples.
func testRules(names []string) ([]rules.Rule, []interchange.Warning, error) {
	if len(names) == 0 {
		all, err := builtin.WithExamples()
		return all, nil, err
	}
	f := &ruleFiles{}
	for _, name := range names {
		files, err := ruleFilesAt(name)
		if err != nil {
			return nil, nil, err
		}
		for _, file := range files {
			if err := f.load(file); err != nil {
				return nil, nil, err
			}
		}
	}
	return f.rules, f.warnings, nil
}
