package main

import (
	"bufio"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/store"
	"github.com/unleak/unleak/triage"
)

// liveReport writes the jsonl report to standard output while the scan goes on.
type liveReport struct {
	settings *settings
	names    *names
	policy   judges
	shown    shown
	contents *store.Contents // nil: no store was read
	pipe     chan os.Signal
	out      *bufio.Writer
	lines    *report.Live
	err      error
}

// openLive writes the head of the report.
func (a *app) openLive(head *finding.Report, opts report.Options, s *settings, policy judges, contents *store.Contents) *liveReport {
	l := &liveReport{
		settings: s, names: s.newNames(), policy: policy, contents: contents, pipe: make(chan os.Signal, 1), out: bufio.NewWriterSize(a.stdout, 64<<10),
	}
	signal.Notify(l.pipe, syscall.SIGPIPE) // else the signal ends the process
	head.Beside = l.names.secrets(nil, headNames(head)...)
	l.lines, l.err = report.NewLive(l.out, head, opts)
	l.flush()
	return l
}

// found returns what the scanner calls; nil where nothing is written before the end.
func (l *liveReport) found() func(scanner.Told) {
	if l == nil {
		return nil
	}
	return l.tell
}

func (l *liveReport) tell(t scanner.Told) {
	if l.err != nil {
		return
	}
	l.settings.ids.Set(t.Findings)
	l.policy.of(t.Findings).Apply(t.Findings)
	t.Findings = triage.Unite(t.Findings)
	l.shown.findings(t.Findings)
	triage.Expose(t.Findings)
	if l.contents != nil {
		judge(l.contents, t.Findings)
	}
	l.err = l.lines.Tell(t.Findings, append(t.Beside, l.names.secrets(t.Findings)...))
	l.flush()
}

func (l *liveReport) flush() {
	if l.err == nil {
		l.err = l.out.Flush()
	}
}

// close writes the rest of the report. A reader that has seen enough changes no outcome.
func (l *liveReport) close(r *finding.Report) error {
	defer signal.Stop(l.pipe)
	if l.err == nil {
		l.err = l.lines.Close(r)
	}
	l.flush()
	if errors.Is(l.err, syscall.EPIPE) {
		return nil
	}
	return l.err
}

// abandon ends a report of a scan that failed: what it lacks at the end says that it is cut off.
func (l *liveReport) abandon() {
	if l != nil {
		signal.Stop(l.pipe)
	}
}
