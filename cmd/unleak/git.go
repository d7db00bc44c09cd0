package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git"
)

func newGit(a *app) *cobra.Command {
	var f scanFlags
	var o git.Options
	var cache cacheFlags
	var since string
	unreachable, preReceive := true, false
	c := &cobra.Command{
		Use:   "git [REPOSITORY|URL]",
		Short: "Scan a repository's whole history, or a part of it",
		Long: `Git reads every object of a repository: all branches, tags, merges, stashes and notes, commit
and tag messages, and what no reference leads to any more. It never runs what the repository
configures. A URL is cloned into a temporary folder.

` + exitHelp,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			target := "."
			if len(args) > 0 {
				target = args[0]
			}
			path := target
			if dir := os.Getenv("GIT_DIR"); dir != "" && len(args) == 0 { // the work tree lies elsewhere
				path, o.Name = dir, target
			}
			o.ReachableOnly = !unreachable
			err := oneOf(c, [][]string{{"staged", "range", "branch", "pre-receive"}, {"staged", "since"}})
			if err != nil {
				return err
			}
			if o.Since, err = parseSince(since, time.Now()); err != nil {
				return err
			}
			if preReceive {
				if o.Updates, err = readUpdates(a.stdin); err != nil {
					return err
				}
				o.Hook = true
			}
			o.Hook = o.Hook || o.Staged && len(args) == 0 // git tells its hooks which index a commit is made of
			ours := historyOf(onlyFolder([]string{target}))
			part := o.Staged || o.Range != "" || preReceive || !o.Since.IsZero()
			return a.scanWith(c.Context(), &f, plan{
				command: "git", targets: []string{target}, own: ours, mayBeEmpty: part,
				sources: func(s *settings) ([]scanner.Source, error) {
					if err := cache.apply(&o, s); err != nil {
						return nil, err
					}
					o.Only, o.Silenced = s.included(nil), s.silencer(f.noRepoConfig)
					src, err := git.New(path, o)
					return []scanner.Source{src}, err
				},
			})
		},
	}
	f.add(c)
	cache.add(c)
	s := c.Flags()
	s.BoolVar(&o.Staged, "staged", false, "only what the index adds to HEAD")
	s.StringVar(&o.Range, "range", "", "A..B: only what commits of B bring that A does not have")
	s.StringVar(&since, "since", "", "only what commits since this date bring (2026-01-31, RFC 3339, or 30d)")
	s.StringVar(&o.Branch, "branch", "", "only what this branch, tag or commit leads to")
	s.BoolVar(&unreachable, "unreachable", true, "also what no reference leads to")
	s.BoolVar(&o.Submodules, "submodules", false, "also the submodules that are here")
	s.IntVar(&o.Archives, "archive-depth", 0, "archives within archives that are read in blobs; 0: none")
	s.BoolVar(&o.AllOccurrences, "all-occurrences", false, "a place for every version and path")
	s.IntVar(&o.Depth, "depth", 0, "commits of history to clone of a URL; 0: all")
	s.BoolVar(&preReceive, "pre-receive", false, "read OLD NEW REF lines from standard input, as git gives them to the hook")
	return c
}

// oneOf refuses flags of which each group takes only one.
func oneOf(c *cobra.Command, groups [][]string) error {
	for _, group := range groups {
		var set []string
		for _, name := range group {
			if f := c.Flags().Lookup(name); f.Changed && f.Value.String() != "false" && f.Value.String() != "" {
				set = append(set, "--"+name)
			}
		}
		if len(set) > 1 {
			return fmt.Errorf("%s exclude each other: choose one", strings.Join(set, " and "))
		}
	}
	return nil
}

// parseSince reads a date, a time, or a number of days before now; "" is the zero time.
func parseSince(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	var days int
	if n, err := fmt.Sscanf(s, "%dd", &days); n == 1 && err == nil && strings.HasSuffix(s, "d") && days >= 0 {
		return now.AddDate(0, 0, -days), nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("--since %q: want a date such as 2026-01-31, an RFC 3339 time, or a number of days such as 30d", s)
}

// readUpdates reads the lines git gives to a pre-receive hook (githooks(5)).
func readUpdates(r io.Reader) ([]git.Update, error) {
	var all []git.Update
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.SplitN(lines.Text(), " ", 3)
		if len(fields) != 3 {
			return nil, fmt.Errorf("standard input: %q is not of the form OLD NEW REF", lines.Text())
		}
		all = append(all, git.Update{Old: fields[0], New: fields[1], Ref: fields[2]})
	}
	return all, lines.Err()
}
