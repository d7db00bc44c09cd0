package main

import (
	"github.com/spf13/cobra"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source"
	"github.com/unleak/unleak/source/logs"
)

func newLogs(a *app) *cobra.Command {
	var f scanFlags
	var follow followFlags
	o := logs.Options{Archives: defaultArchiveDepth}
	c := &cobra.Command{
		Use:   "logs [FILE|FOLDER|GLOB|-]...",
		Short: "Scan log files, compressed and rotated ones too; - or nothing is standard input",
		Long: `Logs reads files, folders and globs, decompresses by content, and tells for each finding what
the log's format says of the event: time, host, unit or container.

With --follow it goes on with what is written, through rotation by renaming and by copying and
cutting, and writes each finding at once as a line of JSON. SIGTERM ends it cleanly, with the
coverage as the last line and the same exit status; with --state the next run goes on where
it ended. See docs/logs.md.

` + exitHelp,
		RunE: func(c *cobra.Command, targets []string) error {
			if len(targets) == 0 {
				targets = []string{"-"}
			}
			targets = source.Distinct(targets)
			if err := follow.check(c, &f); err != nil {
				return err
			}
			if follow.follow {
				return a.followLogs(c.Context(), &follow, &f, o, targets)
			}
			return a.scanWith(c.Context(), &f, plan{
				command: "logs", targets: targets,
				sources: func(s *settings) ([]scanner.Source, error) {
					o.Exclude, o.Stdin, o.Plan = s.config.Exclude, a.stdin, s.plan
					src, err := logs.New(targets, o)
					return []scanner.Source{src}, err
				},
			})
		},
	}
	f.add(c)
	follow.add(c)
	return c
}
