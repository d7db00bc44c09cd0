package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/config"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/triage"
)

func newReport(a *app) *cobra.Command {
	c := &cobra.Command{Use: "report", Short: "Convert, compare, merge and list JSON reports"}
	c.AddCommand(newReportConvert(a), newReportHTML(a), newReportDiff(a), newReportMerge(a), newReportInventory(a))
	return c
}

// open opens a file that is read; "-" is standard input.
func (a *app) open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(a.stdin), nil
	}
	return os.Open(name)
}

// readReport reads a JSON or JSONL report; "-" is standard input.
func (a *app) readReport(name string) (*finding.Report, error) {
	in, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return report.Read(name, in)
}

func (a *app) readReportFiles(names []string) ([]*finding.Report, error) {
	var all []*finding.Report
	for _, name := range names {
		r, err := a.readReport(name)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// knownRules returns what is known of the built-in rules and those of the user's configuration.
func knownRules() (func(id string) *rules.Rule, error) {
	c, err := config.Load("", "", "")
	if err != nil {
		return nil, err
	}
	files, err := chooseRules(c)
	if err != nil {
		return nil, err
	}
	all := files.rules
	byID := make(map[string]*rules.Rule, len(all))
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	return func(id string) *rules.Rule { return byID[id] }, nil
}

// writeAgain writes a report that was read, or made of such, in the formats asked for.
func (a *app) writeAgain(f *reportFlags, r *finding.Report) error {
	outs, err := f.outputs()
	if err != nil {
		return err
	}
	return a.writeOuts(f, outs, r)
}

func (a *app) writeOuts(f *reportFlags, outs []output, r *finding.Report) error {
	known, err := knownRules()
	if err != nil {
		return err
	}
	opts, err := a.reportOptions(f, known)
	if err != nil {
		return err
	}
	return a.writeReports(r, opts, outs)
}

func newReportConvert(a *app) *cobra.Command {
	var f reportFlags
	c := &cobra.Command{
		Use:   "convert REPORT.json",
		Short: "Write a JSON report in other formats",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := a.readReport(args[0])
			if err != nil {
				return err
			}
			return a.writeAgain(&f, r)
		},
	}
	f.add(c, "text")
	return c
}

func newReportHTML(a *app) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "html REPORT.json",
		Short: "Make one self-contained page of a JSON report",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := a.readReport(args[0])
			if err != nil {
				return err
			}
			html, err := report.Lookup("html")
			if err != nil {
				return err
			}
			return a.writeOuts(&reportFlags{}, []output{{html, out}}, r)
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "-", "file to write ('-' is standard output)")
	return c
}

func newReportMerge(a *app) *cobra.Command {
	var f reportFlags
	c := &cobra.Command{
		Use:   "merge REPORT.json...",
		Short: "Make one report of several, with all places of each credential",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, names []string) error {
			all, err := a.readReportFiles(names)
			if err != nil {
				return err
			}
			return a.writeAgain(&f, triage.Merge(all...))
		},
	}
	f.add(c, "json")
	return c
}
