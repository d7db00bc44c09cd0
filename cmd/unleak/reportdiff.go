package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/triage"
)

func newReportDiff(a *app) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "diff OLD.json NEW.json",
		Short: "Tell which findings are new, gone and still there",
		Long: `Diff compares two JSON reports by the ids of their findings, so moved secrets are no news.

Exit status: 0 nothing is new, 1 something is, 2 usage or fatal error.`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			all, err := a.readReportFiles(args)
			if err != nil {
				return err
			}
			d := triage.Compare(report.Masked(all[0]), report.Masked(all[1]))
			switch format {
			case "text":
				err = a.writeDifference(d)
			case "json":
				err = writeDifferenceJSON(a.stdout, d)
			default:
				err = fmt.Errorf("unknown format %q (text, json)", format)
			}
			if err == nil && len(d.New) > 0 {
				err = errFindings
			}
			return err
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "text or json")
	return c
}

func (a *app) writeDifference(d triage.Difference) error {
	var rows [][]string
	list := func(mark string, all []finding.Finding) {
		for i := range all {
			f := &all[i]
			rows = append(rows, []string{mark, f.Severity.String(), f.Rule, f.ID, f.Secret.Reveal(), firstPlace(f)})
		}
	}
	list("new", d.New)
	list("gone", d.Gone)
	if len(rows) > 0 {
		opts, err := a.reportOptions(&reportFlags{}, nil)
		if err != nil {
			return err
		}
		if err := report.Table(a.stdout, []string{"", "SEVERITY", "RULE", "ID", "SECRET", "PLACE"}, rows, opts); err != nil {
			return err
		}
	}
	for _, n := range d.Notes {
		fmt.Fprintln(a.stdout, "note:", n)
	}
	_, err := fmt.Fprintf(a.stdout, "%d new, %d gone, %d still there\n", len(d.New), len(d.Gone), len(d.Still))
	return err
}

func firstPlace(f *finding.Finding) string {
	p := &f.Places[max(0, slices.IndexFunc(f.Places, func(p finding.Place) bool { return p.Silenced == "" }))]
	return fmt.Sprintf("%s:%d:%d", p.Origin.Name(), p.Start.Line, p.Start.Column)
}

// changed is a finding in the JSON of a comparison.
type changed struct {
	ID       string `json:"id"`
	Rule     string `json:"rule"`
	Title    string `json:"title"`
	Severity string `json:"severity"`
	Secret   string `json:"secret"` // masked
	Place    string `json:"place"`  // the first that is open
	Places   int    `json:"places"`
}

func writeDifferenceJSON(w io.Writer, d triage.Difference) error {
	short := func(all []finding.Finding) []changed {
		out := make([]changed, 0, len(all))
		for i := range all {
			f := &all[i]
			out = append(out, changed{f.ID, f.Rule, f.Title, f.Severity.String(), f.Secret.Reveal(), firstPlace(f), len(f.Places)})
		}
		return out
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Schema string    `json:"schema"`
		New    []changed `json:"new"`
		Gone   []changed `json:"gone"`
		Still  []changed `json:"still"`
		Notes  []string  `json:"notes"`
	}{"unleak-diff/1", short(d.New), short(d.Gone), short(d.Still), append([]string{}, d.Notes...)})
}
