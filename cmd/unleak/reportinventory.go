package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/triage"
)

func newReportInventory(a *app) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "inventory REPORT.json...",
		Short: "List the unique credentials of reports by type, owner and age",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, names []string) error {
			all, err := a.readReportFiles(names)
			if err != nil {
				return err
			}
			list := triage.Inventory(report.Masked(triage.Merge(all...)), time.Now())
			switch format {
			case "text":
				return a.writeInventory(list)
			case "json":
				e := json.NewEncoder(a.stdout)
				e.SetIndent("", "  ")
				e.SetEscapeHTML(false)
				return e.Encode(list)
			}
			return fmt.Errorf("unknown format %q (text, json)", format)
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "text or json")
	return c
}

func (a *app) writeInventory(list []triage.Asset) error {
	opts, err := a.reportOptions(&reportFlags{}, nil)
	if err != nil {
		return err
	}
	rows := make([][]string, 0, len(list))
	for i := range list {
		s := &list[i]
		rows = append(rows, []string{
			s.Rule, cmp.Or(s.Owner, "?"), age(s), s.Severity, presence(s), strconv.Itoa(s.Places), yes(s.Reused, "reused"), string(s.Status), s.ID, s.Secret,
		})
	}
	return report.Table(a.stdout, []string{"RULE", "OWNER", "AGE", "SEVERITY", "THERE", "PLACES", "REUSE", "STATUS", "ID", "SECRET"}, rows, opts)
}

func age(s *triage.Asset) string {
	if s.First.IsZero() {
		return "?"
	}
	return fmt.Sprintf("%d d", s.AgeDays)
}

// presence says whether a credential is still where it was, or silenced.
func presence(s *triage.Asset) string {
	switch {
	case s.Suppressed:
		return "ignored"
	case s.Now:
		return "now"
	}
	return "past"
}

func yes(b bool, word string) string {
	if b {
		return word
	}
	return "-"
}
