package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/redact"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/source"
)

const redactHelp = `Redact passes standard input on to standard output, every credential that "unleak stdin" would
report replaced by a marker such as [unleak:github-pat:8fad2cce1745a4c3582c]: the rule and
the finding's id. All other bytes, and their order, stay as they are. A line goes out
within 50 ms, unless it can still become part of a credential of several lines, such as a
private key. With a command behind -- it runs that, redacts its standard output and its
standard error apart, and passes signals on. See docs/redact.md.

Exit status as a filter: 0 everything was passed on, 1 a finding as severe as --fail-on says
was masked, 2 usage, configuration, or text that could not be read, masked or written, 130
interrupted before the end of the input. With a command: the command's own; 128 and the
signal's number where one ended it; 126 and 127 where it cannot be run or found; 2 where its
output could not be passed on.`

// redactFlags are what redact takes beside the flags that choose rules.
type redactFlags struct {
	scanFlags
	mapFile string
}

func newRedact(a *app) *cobra.Command {
	var f redactFlags
	c := &cobra.Command{
		Use:   "redact [-- COMMAND ARG...]",
		Short: "Pass text on with the secrets in it masked: a filter, or around a command",
		Long:  redactHelp,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 && c.ArgsLenAtDash() != 0 {
				return fmt.Errorf("redact reads standard input, not files: unleak redact < %s, or a command behind --", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.redact(c.Context(), &f, args) },
	}
	s := c.Flags()
	f.addOnly(c, slices.Concat(ruleFlags, []string{"config"})...)
	s.StringArrayVar(&f.ignoreFiles, "ignore-file", nil, "file with ignore entries: what they name stays as it is; repeatable")
	s.StringVarP(&f.baseline, "baseline", "b", "", "findings in this baseline stay as they are")
	s.StringVar(&f.failOn, "fail-on", "none", "least severity of a masked finding that makes the exit status 1: info, low, medium, high, critical, none")
	s.StringVar(&f.mapFile, "map", "", "write the findings to this `file` as they are masked, one JSON object a line; /dev/fd/N works")
	s.BoolVar(&f.showSecrets, "show-secrets", false, "write secrets to the --map file as they are")
	return c
}

// redact runs the filter, or the command args.
func (a *app) redact(ctx context.Context, f *redactFlags, args []string) (err error) {
	s, err := f.settle(own{})
	if err != nil {
		return err
	}
	keep, err := s.keeper()
	if err != nil {
		return err
	}
	told, err := a.openMap(f, s, args)
	if err != nil {
		return err
	}
	r, err := redact.New(redact.Options{
		Rules: s.rules, Engine: s.engine, Key: s.idKey, OnFindings: told.take, Keep: keep,
	})
	if err != nil {
		return err
	}
	if len(args) > 0 {
		err = a.redactCommand(r, args)
	} else {
		err = a.redactFilter(ctx, r, told)
	}
	if e := told.close(err); e != nil {
		return e
	}
	if err == nil && told.fails {
		return errFindings
	}
	return err
}

// redactFilter passes standard input on. An interruption ends it once the input has had time to end by itself: behind
// a program that was interrupted too, its last lines are not lost.
func (a *app) redactFilter(ctx context.Context, r *redact.Redactor, told *findingMap) error {
	const grace = 2 * time.Second
	reading, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, stop) })()
	in := source.ReadAhead(reading, a.stdin)
	defer in.Abandon()
	w := r.NewWriter(a.stdout)
	n, err := io.CopyBuffer(plainWriter{w}, in, make([]byte, 256<<10))
	told.coverage.Bytes = n
	if e := w.Close(); err == nil || errors.Is(err, context.Canceled) {
		err = errors.Join(err, e)
	}
	if errors.Is(err, redact.ErrPacked) {
		return fmt.Errorf("standard input: %w (zcat FILE | unleak redact)", err)
	}
	if err != nil && reading.Err() == nil {
		return fmt.Errorf("redact: %w", err)
	}
	return err
}

// plainWriter hides every method but Write, so that io.CopyBuffer uses its buffer.
type plainWriter struct{ io.Writer }

// keeper returns what tells which findings an ignore file or a baseline lets stay; nil without any.
func (s *settings) keeper() (func(*finding.Finding) bool, error) {
	p, err := s.policy(nil, nil)
	if err != nil || len(p.Ignores) == 0 && p.Baseline == nil {
		return nil, err
	}
	p.AllowMark = noAllowMark
	var mu sync.Mutex
	return func(f *finding.Finding) bool {
		mu.Lock()
		defer mu.Unlock()
		one := []finding.Finding{*f}
		one[0].Places = []finding.Place{{Origin: finding.Origin{Kind: finding.KindStdin}}}
		p.Apply(one)
		return one[0].Suppression != nil
	}, nil
}

// findingMap writes the findings as they come.
type findingMap struct {
	settings *settings

	mu       sync.Mutex
	file     *os.File
	lines    *report.Stream
	err      error
	fails    bool
	coverage finding.Coverage
}

func (a *app) openMap(f *redactFlags, s *settings, args []string) (*findingMap, error) {
	m := &findingMap{settings: s}
	if f.mapFile == "" {
		return m, nil
	}
	file, err := os.OpenFile(f.mapFile, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, private)
	if err != nil {
		return nil, fmt.Errorf("--map: %w", err)
	}
	targets := []string{"-"}
	if len(args) > 0 {
		targets = args[:1]
	}
	m.file = file
	m.lines, err = report.NewStream(file, &finding.Report{Version: version(), Command: "redact", Targets: targets},
		report.Options{ShowSecrets: f.showSecrets, Rule: s.rule, Time: time.Now()})
	if err != nil {
		return nil, fmt.Errorf("--map %s: %w", f.mapFile, err)
	}
	return m, nil
}

// take is told of findings before their text goes out.
func (m *findingMap) take(found []finding.Finding) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range found {
		m.fails = m.fails || m.settings.reaches(&found[i])
	}
	m.coverage.Count("masked", int64(len(found)))
	if m.lines != nil && m.err == nil {
		m.err = m.lines.Findings(found)
	}
}

// close ends the file. What the run came to goes before trouble with the file.
func (m *findingMap) close(ran error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file == nil {
		return nil
	}
	if ran != nil {
		m.coverage.Skip(finding.Skip{Name: "the rest", Reason: finding.SkipFailed, Detail: ran.Error()})
		if errors.Is(ran, context.Canceled) {
			m.coverage = finding.Coverage{Bytes: m.coverage.Bytes, Counts: m.coverage.Counts}
			m.coverage.Skip(finding.Skip{Name: "the rest", Reason: finding.SkipInterrupted})
		}
	}
	err := m.err
	if err == nil {
		err = m.lines.Close(m.coverage)
	}
	if e := m.file.Close(); err == nil {
		err = e
	}
	if err != nil && ran == nil {
		return fmt.Errorf("--map %s: %w", m.file.Name(), err)
	}
	return nil
}
