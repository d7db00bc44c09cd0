package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/triage"
)

// output is one report to write; file "-" is standard output.
type output struct {
	format report.Format
	file   string
}

func formatNames() []string {
	var names []string
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// outputs reads --format and --report. A --report to standard output takes the place of --format.
func (f *scanFlags) outputs() ([]output, error) {
	main, err := report.Lookup(f.format)
	if err != nil {
		return nil, err
	}
	outs := []output{{main, "-"}}
	for _, r := range f.reports {
		name, file, ok := strings.Cut(r, ":")
		if !ok || file == "" {
			return nil, fmt.Errorf("--report %q: want FORMAT:FILE, such as sarif:unleak.sarif", r)
		}
		format, err := report.Lookup(name)
		if err != nil {
			return nil, err
		}
		if file == "-" {
			outs[0] = output{format, "-"}
			continue
		}
		outs = append(outs, output{format, file})
	}
	return outs, nil
}

// writeReports writes every report; files appear whole or not at all, readable by their owner alone.
func (a *app) writeReports(r *finding.Report, s *settings, f *scanFlags, outs []output) error {
	opts := report.Options{ShowSecrets: f.showSecrets, Rule: s.rule}
	if width, ok := terminal(a.stdout); ok {
		opts.Width = width
		opts.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	for _, o := range outs {
		if o.format.NeedsIDs {
			triage.SetIDs(r.Findings, s.idKey)
			break
		}
	}
	for _, o := range outs {
		write := func(w io.Writer) error { return report.Write(w, o.format.Name, r, opts) }
		if o.file == "-" {
			w := bufio.NewWriterSize(a.stdout, 64<<10)
			if err := write(w); err != nil {
				return err
			}
			if err := w.Flush(); err != nil {
				return err
			}
			continue
		}
		if err := writeFile(o.file, write); err != nil {
			return fmt.Errorf("report %s: %w", o.file, err)
		}
	}
	return nil
}

// writeFile writes a file by way of a temporary one beside it.
func writeFile(name string, write func(io.Writer) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	w := bufio.NewWriterSize(tmp, 64<<10)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

func (s *settings) rule(id string) *rules.Rule {
	r, _ := s.engine.Rule(id)
	return r
}

// summarise says on standard error, for a person, how much was read how fast.
func (a *app) summarise(r *finding.Report, took time.Duration) {
	if _, ok := terminal(a.stderr); a.quiet || !ok {
		return
	}
	rate := float64(r.Coverage.Bytes) / 1e6 / max(took.Seconds(), 1e-3)
	fmt.Fprintf(a.stderr, "scanned %.1f MB in %.2f s (%.0f MB/s)\n", float64(r.Coverage.Bytes)/1e6, took.Seconds(), rate)
}
