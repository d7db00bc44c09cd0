package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/report"
)

func newReport(a *app) *cobra.Command {
	c := &cobra.Command{Use: "report", Short: "Work on JSON reports"}
	var f scanFlags
	convert := &cobra.Command{
		Use:   "convert REPORT.json",
		Short: "Write a JSON report in other formats",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			in, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			r, err := report.Read(args[0], in)
			if err != nil {
				return err
			}
			outs, err := f.outputs()
			if err != nil {
				return err
			}
			s, err := f.settle("")
			if err != nil {
				return err
			}
			return a.writeReports(r, s, &f, outs)
		},
	}
	f.add(convert)
	c.AddCommand(convert)
	return c
}
