package main

import (
	"github.com/spf13/cobra"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/logs"
)

func newLogs(a *app) *cobra.Command {
	var f scanFlags
	o := logs.Options{Archives: defaultArchiveDepth}
	c := &cobra.Command{
		Use:   "logs [FILE|FOLDER|GLOB|-]...",
		Short: "Scan log files, compressed and rotated ones too; - or nothing is standard input",
		Long: `Logs reads files, folders and globs, decompresses by content, and tells for each finding what
the log's format says of the event: time, host, unit or container.

` + exitHelp,
		RunE: func(c *cobra.Command, targets []string) error {
			if len(targets) == 0 {
				targets = []string{"-"}
			}
			return a.scanWith(c.Context(), &f, plan{
				command: "logs", targets: targets,
				sources: func(s *settings) ([]scanner.Source, error) {
					o.Exclude, o.Stdin = s.config.Exclude, a.stdin
					src, err := logs.New(targets, o)
					return []scanner.Source{src}, err
				},
			})
		},
	}
	f.add(c)
	return c
}
