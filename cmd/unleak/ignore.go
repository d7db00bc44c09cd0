package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/triage"
)

func newIgnore(a *app) *cobra.Command {
	file := ignoreName
	c := &cobra.Command{Use: "ignore", Short: "Add, list and prune entries of an ignore file"}
	c.PersistentFlags().StringVar(&file, "file", ignoreName, "the ignore file")
	c.AddCommand(newIgnoreAdd(a, &file), newIgnoreList(a, &file), newIgnorePrune(a, &file))
	return c
}

// readIgnore reads an ignore file; one that is not there is empty.
func readIgnore(name string) (*triage.IgnoreFile, error) {
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return triage.ParseIgnore(name, text)
}

func writeBytes(name string, text []byte) error {
	return writeFile(name, func(w io.Writer) error { _, err := w.Write(text); return err })
}

func newIgnoreAdd(a *app, file *string) *cobra.Command {
	var e triage.Entry
	var expires string
	c := &cobra.Command{
		Use:   "add",
		Short: "Silence a finding by id, a rule, or a path, with a reason",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if e.ID == "" && e.Rule == "" && e.Path == "" {
				return errors.New("name what to silence: --id, --rule or --path")
			}
			if e.Reason == "" {
				return errors.New("give a --reason: whoever reads the file later will want to know")
			}
			if expires != "" {
				t, err := time.Parse(triage.DateLayout, expires)
				if err != nil {
					return fmt.Errorf("--expires %q: want a date such as 2027-01-31", expires)
				}
				e.Expires = t
			}
			f, err := readIgnore(*file)
			if err != nil {
				return err
			}
			n, err := f.Add(e)
			if err != nil {
				return err
			}
			if n == 0 {
				fmt.Fprintln(a.stdout, "already there")
				return nil
			}
			return writeBytes(*file, f.Bytes())
		},
	}
	s := c.Flags()
	s.StringVar(&e.ID, "id", "", "id of a finding")
	s.StringVar(&e.Rule, "rule", "", "id of a rule")
	s.StringVar(&e.Path, "path", "", "glob of paths")
	s.StringVar(&e.Reason, "reason", "", "why")
	s.StringVar(&e.Author, "author", "", "who decided")
	s.StringVar(&expires, "expires", "", "last day it holds")
	return c
}

func newIgnoreList(a *app, file *string) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the entries, expired ones marked",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := readIgnore(*file)
			if err != nil {
				return err
			}
			for _, n := range f.Entries() {
				mark := ""
				if n.Expired(time.Now()) {
					mark = "  (expired)"
				}
				fmt.Fprintf(a.stdout, "%s:%d: %s%s\n", f.Name, n.At, n.Entry, mark)
			}
			return nil
		},
	}
}

func newIgnorePrune(a *app, file *string) *cobra.Command {
	var from string
	c := &cobra.Command{
		Use:   "prune",
		Short: "Remove expired entries and, with a report, entries for ids it does not hold",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := readIgnore(*file)
			if err != nil {
				return err
			}
			var ids map[string]bool
			if from != "" {
				if ids, err = reportIDs(from); err != nil {
					return err
				}
			}
			gone := f.Remove(func(n triage.Numbered) bool {
				return n.Expired(time.Now()) || ids != nil && n.ID != "" && !ids[n.ID]
			})
			for _, n := range gone {
				fmt.Fprintf(a.stdout, "removed %s:%d: %s\n", f.Name, n.At, n.Entry)
			}
			return writeBytes(*file, f.Bytes())
		},
	}
	c.Flags().StringVar(&from, "from", "", "JSON report whose ids stay")
	return c
}

func reportIDs(name string) (map[string]bool, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r, err := report.Read(name, file)
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for i := range r.Findings {
		ids[r.Findings[i].ID] = true
	}
	return ids, nil
}

func newBaseline(a *app) *cobra.Command {
	c := &cobra.Command{Use: "baseline", Short: "Agree on what is known already, so that only new findings count"}
	c.AddCommand(&cobra.Command{
		Use:   "create REPORT.json FILE",
		Short: "Write a baseline of a JSON report's findings, or add them to one and drop what is gone",
		Args:  cobra.ExactArgs(2),
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
			key := []byte(os.Getenv("UNLEAK_ID_KEY"))
			old, err := os.ReadFile(args[1])
			if errors.Is(err, fs.ErrNotExist) {
				old, err = triage.NewBaseline(nil, key).Bytes(), nil
			}
			if err != nil {
				return err
			}
			b, err := triage.ParseBaseline(args[1], old, key)
			if err != nil {
				return err
			}
			added, gone := b.Update(r.Findings, key)
			fmt.Fprintf(a.stdout, "%s: %d findings, %d new, %d gone\n", args[1], b.Len(), added, gone)
			return writeBytes(args[1], b.Bytes())
		},
	})
	return c
}
