package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/source"
	"github.com/unleak/unleak/trend"
	"github.com/unleak/unleak/triage"
)

// memoryFlags say where scans are remembered, and of what.
type memoryFlags struct {
	db   string
	name string
}

// file returns the memory's file: the one named, or the user's own.
func (f *memoryFlags) file() (string, error) {
	if f.db != "" {
		return f.db, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("%w; name a file with --db", err)
	}
	return filepath.Join(dir, "unleak", "trend.db"), nil
}

func newTrend(a *app) *cobra.Command {
	var f memoryFlags
	var format, page string
	var weeks int
	c := &cobra.Command{
		Use:   "trend",
		Short: "Tell how exposure goes over time: open secrets, time to rotate, new a week, by team and type",
		Long: `Trend sums up the scans that were remembered, by --remember of a scan or by trend add. The
memory is one SQLite file without any value of a secret. Teams come from the repository's
CODEOWNERS file.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if weeks < 1 || weeks > 520 {
				return fmt.Errorf("--weeks %d: want 1 to 520", weeks)
			}
			file, err := f.file()
			if err != nil {
				return err
			}
			m, err := trend.Open(file)
			if err != nil {
				return err
			}
			if len(m.Scans) == 0 {
				return fmt.Errorf("%s: no scan is remembered: scan with --remember, or add reports (unleak trend add REPORT.json)", file)
			}
			s := m.Summarise(time.Now(), weeks)
			if page != "" {
				if err := writeFile(page, private, func(w io.Writer) error { return trend.WriteHTML(w, s) }); err != nil {
					return fmt.Errorf("page %s: %w", page, err)
				}
			}
			return a.writeTrend(s, format)
		},
	}
	c.PersistentFlags().StringVar(&f.db, "db", "", "file of the memory (default: trend.db in unleak's folder of the user's configuration)")
	c.Flags().StringVarP(&format, "format", "f", "text", "text or json")
	c.Flags().StringVar(&page, "html", "", "also write one self-contained page to this `file`")
	c.Flags().IntVar(&weeks, "weeks", 12, "weeks to show")
	c.AddCommand(newTrendAdd(a, &f))
	return c
}

func newTrendAdd(a *app, f *memoryFlags) *cobra.Command {
	var at string
	var owners string
	c := &cobra.Command{
		Use:   "add REPORT.json...",
		Short: "Remember earlier reports, in the order of their times",
		Long: `Add remembers JSON reports. A report's time is that of its file, or --at. Reports of the same
targets belong together; --name gives them a name of your own.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, names []string) error {
			var when time.Time
			if at != "" {
				if len(names) != 1 {
					return fmt.Errorf("--at tells the time of one report, and %d are named", len(names))
				}
				var err error
				if when, err = parseSince(at, time.Now()); err != nil {
					return fmt.Errorf("--at %q: want a date such as 2026-01-31 or an RFC 3339 time", at)
				}
			}
			return a.addReports(f, names, when, owners)
		},
	}
	c.Flags().StringVar(&at, "at", "", "time of the report: 2026-01-31 or RFC 3339 (default: that of its file)")
	c.Flags().StringVar(&f.name, "name", "", "what the reports are of (default: their targets)")
	c.Flags().StringVar(&owners, "codeowners", "", "CODEOWNERS file (default: that of the report's target)")
	return c
}

// dated is a report with its time.
type dated struct {
	name   string
	report *finding.Report
	time   time.Time // zero: now
	runs   func(rule string) bool
}

func (a *app) addReports(f *memoryFlags, names []string, when time.Time, owners string) error {
	var all []dated
	for _, name := range names {
		d := dated{name: name, time: when}
		var err error
		if d.report, err = a.readReport(name); err != nil {
			return err
		}
		if when.IsZero() {
			info, err := os.Stat(name)
			if err != nil {
				return fmt.Errorf("%w (name the time with --at)", err)
			}
			d.time = info.ModTime()
		}
		all = append(all, d)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].time.Before(all[j].time) })
	file, err := f.file()
	if err != nil {
		return err
	}
	return trend.Update(file, func(m *trend.Memory) error {
		for _, d := range all {
			if err := remember(m, f, d, owners); err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
		}
		return nil
	})
}

// remember adds one report, masked.
func remember(m *trend.Memory, f *memoryFlags, d dated, owners string) error {
	team, err := teams(d.report, owners)
	if err != nil {
		return err
	}
	r := report.Masked(d.report)
	read, branches := targetNames(r)
	name := f.name
	if name == "" {
		name = strings.Join(read, " ")
	} else {
		read = givenNames(r)
	}
	r.Coverage.Scope = append(slices.Clone(r.Coverage.Scope), branches...)
	if d.time.IsZero() {
		d.time = m.Next(name, time.Now())
	}
	return m.Add(trend.Entry{
		Report: r, Time: d.time, Target: name, Read: read, Team: team, Runs: d.runs,
		Leaves: func(glob, path string) bool { return source.Excluded([]string{glob}, path) },
	})
}

// teams returns what tells the team of a path in a report, from the named CODEOWNERS file or that of the first target that has
// one.
func teams(r *finding.Report, file string) (func(string) string, error) {
	if file != "" {
		o, err := readOwners(file)
		if err != nil {
			return nil, fmt.Errorf("CODEOWNERS: %w", err)
		}
		if ownersAtTop(r, file) {
			return func(path string) string { return o.Team(finding.FromTop(r.Tree, path)) }, nil
		}
		return fromTarget(r, o), nil
	}
	for _, t := range r.Targets {
		if !isFolder(t) {
			continue
		}
		if o, err := trend.FindOwners(t); o != nil || err != nil {
			return fromTarget(r, o), err
		}
	}
	return nil, nil
}

func readOwners(file string) (*trend.Owners, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return trend.ReadOwners(f)
}

// ownersAtTop tells whether a CODEOWNERS file is that of the work tree which a report is of a part of, and not the part's own.
func ownersAtTop(r *finding.Report, file string) bool {
	if r.Command == "git" || r.Tree == nil && ownOf(r.Targets).top == "" {
		return false
	}
	folder := onlyFolder(r.Targets)
	return folder == "" || !liesIn(folder, file)
}

func liesIn(folder, file string) bool {
	from, errFrom := realPath(folder)
	to, errTo := realPath(file)
	rel, err := filepath.Rel(from, to)
	return errFrom == nil && errTo == nil && err == nil && filepath.IsLocal(rel)
}

// fromTarget takes the path of a report's one folder off the paths of files before it asks for their team.
func fromTarget(r *finding.Report, o *trend.Owners) func(string) string {
	prefix := ""
	if r.Command != "git" {
		prefix = shownOf(r.Targets, own{}).prefix
	}
	return func(path string) string { return o.Team(strings.TrimPrefix(path, prefix)) }
}

// rememberScan adds the report of a scan to the memory; "" remembers nothing.
func rememberScan(file string, s *settings, r *finding.Report) error {
	if file == "" {
		return nil
	}
	s.ids.Set(r.Findings)
	triage.Expose(r.Findings)
	err := trend.Update(file, func(m *trend.Memory) error {
		return remember(m, &memoryFlags{}, dated{report: r, runs: func(id string) bool { return s.rule(id) != nil }}, "")
	})
	if err != nil {
		return fmt.Errorf("--remember: %w", err)
	}
	return nil
}

func (a *app) writeTrend(s trend.Summary, format string) error {
	switch format {
	case "json":
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(s)
	case "text":
	default:
		return fmt.Errorf("unknown format %q (text, json)", format)
	}
	opts, err := a.reportOptions(&reportFlags{}, nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "open %d; mean time to rotate %s (%d), exposure until rotated %s, mean time to close %s (%d); %s of %s\n\n",
		s.Open, s.ToRotate, s.ToRotate.Count, s.Exposed, s.ToClose, s.ToClose.Count, number(s.Scans, "scan", "scans"), number(s.Targets, "target", "targets"))
	var rows [][]string
	for _, w := range s.Weeks {
		rows = append(rows, []string{w.Start.Format(time.DateOnly), strconv.Itoa(w.New), strconv.Itoa(w.Closed), strconv.Itoa(w.Open)})
	}
	if err := report.Table(a.stdout, []string{"WEEK OF", "NEW", "CLOSED", "OPEN"}, rows, opts); err != nil {
		return err
	}
	for _, part := range []struct {
		name   string
		groups []trend.Group
	}{{"TEAM", s.Teams}, {"TYPE", s.Types}, {"SEVERITY", s.Severity}} {
		rows = nil
		for _, g := range part.groups {
			rows = append(rows, []string{g.Name, strconv.Itoa(g.Open), strconv.Itoa(g.New), strconv.Itoa(g.Closed), g.ToRotate.String()})
		}
		fmt.Fprintln(a.stdout)
		if err := report.Table(a.stdout, []string{part.name, "OPEN", "NEW", "CLOSED", "TO ROTATE"}, rows, opts); err != nil {
			return err
		}
	}
	return nil
}
