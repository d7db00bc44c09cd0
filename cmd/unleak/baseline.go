package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/triage"
)

func newBaseline(a *app) *cobra.Command {
	var named string
	c := &cobra.Command{Use: "baseline", Short: "Agree on what is known already, so that only new findings count"}
	c.PersistentFlags().StringVarP(&named, "config", "c", "", "configuration file, over the user's own")
	c.AddCommand(newBaselineCreate(a, &named), newBaselineUpdate(a, &named))
	return c
}

func newBaselineCreate(a *app, named *string) *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "create REPORT.json FILE",
		Short: "Write a baseline of a JSON report's findings",
		Args:  cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			if _, err := os.Lstat(args[1]); err == nil && !force {
				return fmt.Errorf("%s exists: use `unleak baseline update`, or --force", args[1])
			} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return a.writeBaseline(args[0], args[1], *named, nil, true)
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace a file that is there")
	return c
}

func newBaselineUpdate(a *app, named *string) *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "update REPORT.json FILE",
		Short: "Add a JSON report's findings to a baseline and drop what is gone",
		Args:  cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			old, err := os.ReadFile(args[1])
			if err != nil {
				return fmt.Errorf("%w (see `unleak baseline create`)", err)
			}
			return a.writeBaseline(args[0], args[1], *named, old, force)
		},
	}
	c.Flags().BoolVar(&force, "force", false, "also with the report of a scan that was incomplete or of a part")
	return c
}

// writeBaseline makes the baseline in a file hold a report's findings; old is what the file holds, nil for a new one.
func (a *app) writeBaseline(from, name, named string, old []byte, force bool) error {
	r, err := a.readReport(from)
	if err != nil {
		return err
	}
	if err := needComplete(from, r, force); err != nil {
		return err
	}
	c, err := loadConfig(named, ownOf([]string{"."}))
	if err != nil {
		return err
	}
	key := idKey(c)
	b := triage.NewBaseline(nil, key)
	if old != nil {
		if b, err = triage.ParseBaseline(name, old, key); err != nil {
			return err
		}
	}
	half, other := halfOf(r)
	judge, keep := b.Update, old != nil && half != "" && !force
	if keep {
		judge = b.Extend
	}
	added, lacking := judge(r.Findings, key)
	missing := "gone"
	if keep = keep && lacking > 0; keep {
		missing = "kept"
	}
	if err := writeBytes(name, b.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: %s, %d new, %d %s\n", name, number(b.Len(), "finding", "findings"), added, lacking, missing)
	if keep {
		fmt.Fprintf(a.stderr, "note: the report is of %s, and %s may still need what it does not have: the report of `unleak scan` of all of it tells what is gone; --force drops it\n", half, other)
	}
	return nil
}
