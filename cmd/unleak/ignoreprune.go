package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source"
	"github.com/unleak/unleak/triage"
)

func newIgnorePrune(a *app, file *ignorePath) *cobra.Command {
	var from string
	var force, dryRun bool
	c := &cobra.Command{
		Use:   "prune",
		Short: "Remove expired entries and, with a report, those that silence nothing in it",
		Long: `Prune removes expired entries. With the JSON report of a complete scan it also removes the
entries that silence nothing; entries by a value's hash are judged only when the report was
made with --show-secrets, and kept otherwise.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := readIgnore(file.path())
			if err != nil {
				return err
			}
			stale, err := a.staleEntries(f, from, force)
			if err != nil {
				return err
			}
			gone := f.Remove(func(n triage.Numbered) bool { return stale[n.At] })
			for _, n := range gone {
				fmt.Fprintf(a.stdout, "removed %s:%d: %s\n", f.Name, n.At, n.Entry)
			}
			if len(gone) == 0 {
				fmt.Fprintln(a.stdout, "nothing to remove")
			}
			if len(gone) == 0 || dryRun {
				return nil
			}
			return writeBytes(f.Name, f.Bytes())
		},
	}
	c.Flags().StringVar(&from, "from", "", "JSON report that tells which entries are in use")
	c.Flags().BoolVar(&force, "force", false, "also with the report of a scan that was incomplete or of a part")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be removed")
	return c
}

// staleEntries returns the lines of the entries that have expired or, as far as the named report tells, silence
// nothing.
func (a *app) staleEntries(f *triage.IgnoreFile, from string, force bool) (map[int]bool, error) {
	r := &finding.Report{}
	if from != "" {
		var err error
		if r, err = a.readReport(from); err != nil {
			return nil, err
		}
		if err := needComplete(from, r, force); err != nil {
			return nil, err
		}
		if part := partOfTree(r); part != "" && !force && !isOfPart(r, f.Name) {
			return nil, fmt.Errorf("%s: the scan was of a part of the repository alone (%s), so entries that are still needed would be dropped: scan all of it, or use --force", from, part)
		}
	}
	if half, other := halfOfFolder(r.Command, filepath.Dir(f.Name)); half != "" && !force {
		return nil, fmt.Errorf("%s: the scan was of %s, so entries that %s still needs would be dropped: use the report of unleak scan, or --force", from, half, other)
	}
	for i := range r.Findings {
		r.Findings[i].Suppression = nil // judged anew, by this file alone
	}
	policy := triage.Policy{Ignores: []*triage.IgnoreFile{f}, Today: time.Now()}
	if clean := onlyOf(r.Targets); clean != "." {
		policy.Beside = filepath.ToSlash(clean) + "/" // the folder's own file has paths from there
	}
	done := policy.Apply(r.Findings)
	stale := map[int]bool{}
	for _, e := range done.Expired {
		stale[e.Entry.At] = true
	}
	if from == "" {
		return stale, nil
	}
	for _, e := range done.Unused {
		stale[e.Entry.At] = e.Entry.SHA1 == "" || !isMasked(r)
	}
	return stale, nil
}

// partOfTree returns the part of a work tree that a report is of alone; "" where it is of the whole, or of what lies in none.
func partOfTree(r *finding.Report) string {
	if r.Tree != nil && r.Tree.Add != "" {
		return strings.TrimSuffix(r.Tree.Add, "/")
	}
	if !slices.Contains([]string{"dir", "scan", "merge"}, r.Command) {
		return "" // the history of a folder is that of its repository
	}
	for _, t := range r.Targets {
		top, _ := topOf(t)
		if top != "" && !slices.ContainsFunc(r.Targets, func(other string) bool { return sameFile(other, top) }) {
			return t
		}
	}
	return ""
}

// isOfPart tells whether an ignore file is the own one of what a report is of, and has no entries for the rest.
func isOfPart(r *finding.Report, file string) bool {
	if r.Tree != nil && r.Tree.Add != "" {
		_, below := topOf(filepath.Dir(file))
		return strings.HasPrefix(below, r.Tree.Add)
	}
	folder := onlyFolder(r.Targets)
	return folder != "" && liesIn(folder, file)
}

// halfOf tells of a report which half or part of a repository it is of and which it knows nothing of; "" of one that knows
// all, or of what is no repository.
func halfOf(r *finding.Report) (half, other string) {
	if part := partOfTree(r); part != "" {
		return "a part of the repository (" + part + ")", "the rest"
	}
	for _, t := range r.Targets {
		folder := t
		if top, _ := topOf(t); top != "" {
			folder = top
		}
		if half, other = halfOfFolder(r.Command, folder); half != "" {
			break
		}
	}
	return half, other
}

func halfOfFolder(command, folder string) (half, other string) {
	switch {
	case source.Detect(folder) != source.Repository:
	case command == "dir":
		return "the files alone (unleak dir)", "the repository's history"
	case command == "git" && isWorkTree(folder):
		return "the history alone (unleak git)", "the working tree"
	}
	return "", ""
}

// isMasked tells whether a report was written without --show-secrets.
func isMasked(r *finding.Report) bool {
	for i := range r.Findings {
		if strings.HasSuffix(r.Findings[i].Secret.Reveal(), finding.Mask("")) {
			return true
		}
	}
	return false
}

// needComplete refuses the report of a scan that was incomplete, of a part alone or of nothing, by which entries would
// be lost that are still of use.
func needComplete(name string, r *finding.Report, force bool) error {
	const lost = "so entries that are still needed would be dropped"
	c := &r.Coverage
	switch {
	case force:
	case c.Incomplete():
		return fmt.Errorf("%s: the scan was incomplete, %s: scan again, or use --force", name, lost)
	case len(c.Part) > 0:
		return fmt.Errorf("%s: the scan was of a part alone (%s), %s: scan all of it, without that, or use --force", name, strings.Join(c.Part, ", "), lost)
	case c.Empty():
		return fmt.Errorf("%s: the scan read nothing, %s: scan again, or use --force", name, lost)
	}
	return nil
}

// onlyOf returns the path of the one target; "." of several, whose paths begin where the command was given.
func onlyOf(targets []string) string {
	if len(targets) != 1 {
		return "."
	}
	return filepath.Clean(targets[0])
}
