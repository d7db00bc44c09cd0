package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
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
				return fmt.Errorf("%d rules do not do what their examples say", failed)
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

func newRulesExplain(a *app) *cobra.Command {
	var f scanFlags
	c := &cobra.Command{
		Use:   "explain FILE[:LINE]",
		Short: "Show every candidate of a file: literal, window, checks, and why it was kept or dropped",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			name, line := splitLine(args[0])
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			s, err := f.settle("")
			if err != nil {
				return err
			}
			a.explain(s.engine, text, line, f.showSecrets)
			return nil
		},
	}
	f.add(c)
	return c
}

// splitLine splits FILE:LINE; line is 0 where there is none, or where a file of the whole name exists.
func splitLine(arg string) (string, int) {
	if _, err := os.Stat(arg); err == nil {
		return arg, 0
	}
	i := strings.LastIndexByte(arg, ':')
	if i < 0 {
		return arg, 0
	}
	n, err := strconv.Atoi(arg[i+1:])
	if err != nil || n < 1 {
		return arg, 0
	}
	return arg[:i], n
}

func (a *app) explain(e *detectors.Engine, text []byte, line int, show bool) {
	s := e.NewScanner()
	s.Trace(func(st detectors.Step) {
		at, last := linesOf(text, &st)
		if line > 0 && (line < at || line > last) {
			return
		}
		mark := "-"
		if st.Kept {
			mark = "+"
		}
		lines := fmt.Sprintf("line %d", at)
		if last > at {
			lines = fmt.Sprintf("lines %d to %d", at, last)
		}
		fmt.Fprintf(a.stdout, "%s %s: rule %s", mark, lines, st.Rule)
		if st.Literal != "" {
			fmt.Fprintf(a.stdout, ", literal %q", st.Literal)
		}
		fmt.Fprintf(a.stdout, ", window bytes %d to %d: %s\n", st.Window.Start, st.Window.End, st.Why)
		if st.Kept && show {
			fmt.Fprintf(a.stdout, "    secret %q\n", st.Match.Secret)
		}
	})
	matches := s.Resolve(s.Scan(text, nil, nil))
	fmt.Fprintf(a.stdout, "%s after overlaps are settled\n", number(len(matches), "finding", "findings"))
}

// linesOf returns the first and last line of a step: of the match where there is one, else of the window.
func linesOf(text []byte, st *detectors.Step) (first, last int) {
	span := st.Window
	if st.Match != nil && st.Match.Span.Len() > 0 {
		span = st.Match.Span
	}
	from, to := min(len(text), span.Start), max(span.Start, min(len(text), span.End)-1)
	return 1 + bytes.Count(text[:from], []byte("\n")), 1 + bytes.Count(text[:min(len(text), to)], []byte("\n"))
}
