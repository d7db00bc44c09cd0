package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/atomicfile"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/rules"
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

// reportFlags say what reports are written.
type reportFlags struct {
	format       string
	reports      []string
	templateFile string
	showSecrets  bool
}

func (f *reportFlags) add(c *cobra.Command, usual string) {
	f.addFormats(c, usual)
	c.Flags().BoolVar(&f.showSecrets, "show-secrets", false, "write secrets as they are")
}

// addFormats is add for commands that never show a secret.
func (f *reportFlags) addFormats(c *cobra.Command, usual string) {
	s := c.Flags()
	s.StringVarP(&f.format, "format", "f", usual, "what to write to standard output: "+strings.Join(formatNames(), ", "))
	s.StringArrayVarP(&f.reports, "report", "r", nil, "FORMAT:FILE: also write a report there ('-' is standard output); repeatable")
	s.StringVar(&f.templateFile, "template", "", "file with the Go template of --format template")
}

// outputs reads --format and --report. A --report to standard output takes the place of --format.
func (f *reportFlags) outputs() ([]output, error) {
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
		if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() { // told now, not after the scan
			return nil, fmt.Errorf("--report %q: there is no folder %s", r, filepath.Dir(file))
		}
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			return nil, fmt.Errorf("--report %q: %s is a folder; name a file in it", r, file)
		}
		if slices.ContainsFunc(outs, func(o output) bool { return o.file != "-" && filepath.Clean(o.file) == filepath.Clean(file) }) {
			return nil, fmt.Errorf("--report %q: two reports into one file: the second would take the place of the first", r)
		}
		outs = append(outs, output{format, file})
	}
	wanted := slices.ContainsFunc(outs, func(o output) bool { return o.format.Name == "template" })
	if wanted && f.templateFile == "" {
		return nil, errors.New("--format template needs --template FILE")
	}
	if !wanted && f.templateFile != "" {
		return nil, errors.New("--template needs --format template or --report template:FILE")
	}
	return outs, checkInputs(outs, f.templateFile)
}

// needIDs tells whether a report needs the findings' ids, which are dear for thousands of passwords.
func needIDs(outs []output) bool {
	return slices.ContainsFunc(outs, func(o output) bool { return o.format.NeedsIDs })
}

// reportOptions returns what reports need to know beside the findings.
func (a *app) reportOptions(f *reportFlags, rule func(string) *rules.Rule) (report.Options, error) {
	opts := report.Options{ShowSecrets: f.showSecrets, Rule: rule, Time: time.Now()}
	if width, ok := terminal(a.stdout); ok {
		opts.Width = width
		opts.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	if f.templateFile != "" {
		text, err := os.ReadFile(f.templateFile)
		if err != nil {
			return opts, fmt.Errorf("template: %w", err)
		}
		if len(text) == 0 {
			return opts, fmt.Errorf("template: %s is empty", f.templateFile)
		}
		opts.Template = string(text)
	}
	return opts, nil
}

// writeReports writes every report, whatever becomes of the others; files appear as package atomicfile makes them,
// readable by their owner alone. The findings must have their ids where a report needs them.
func (a *app) writeReports(r *finding.Report, opts report.Options, outs []output) error {
	var failed error
	for _, o := range outs {
		write := func(w io.Writer) error { return report.Write(w, o.format.Name, r, opts) }
		if o.file == "-" {
			failed = errors.Join(failed, a.writeStdout(write))
		} else if err := writeFile(o.file, private, write); err != nil {
			failed = errors.Join(failed, fmt.Errorf("report %s: %w", o.file, err))
		}
	}
	return failed
}

// writeStdout writes to standard output. A reader that has seen enough changes no outcome: neither the other reports nor
// the exit status.
func (a *app) writeStdout(write func(io.Writer) error) error {
	pipe := make(chan os.Signal, 1)
	signal.Notify(pipe, syscall.SIGPIPE) // else the signal ends the process
	defer signal.Stop(pipe)
	w := bufio.NewWriterSize(a.stdout, 64<<10)
	err := write(w)
	if err == nil {
		err = w.Flush()
	}
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

// private is the mode of reports.
const private = 0o600

// writeFile writes a file by way of a temporary one beside it. What is there and no file, a device or a pipe, is written
// to and stays what it is; what a symbolic link leads to is replaced, not the link.
func writeFile(name string, mode fs.FileMode, write func(io.Writer) error) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return writeInto(name, write)
	}
	return atomicfile.Write(name, mode, write)
}

// writeInto writes to a device or pipe.
func writeInto(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 64<<10)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	return errors.Join(err, f.Close())
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
