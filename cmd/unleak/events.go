package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/events"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/triage"
)

// eventFlags say where events for a SIEM go.
type eventFlags struct {
	to     []string
	format string
	spool  string
}

func (f *eventFlags) add(c *cobra.Command) {
	s := c.Flags()
	s.StringArrayVar(&f.to, "events", nil, "send findings, verifications and store accesses there: -, a file, syslog+tls://HOST:6514, syslog+tcp://HOST:601 or https://HOST/PATH; repeatable")
	s.StringVar(&f.format, "events-format", events.OCSF, "ocsf or ecs")
	s.StringVar(&f.spool, "events-spool", "", "folder where events wait until they are taken (default: spool in unleak's folder of the user's configuration)")
}

// folder returns the spool's folder.
func (f *eventFlags) folder() (string, error) {
	if f.spool != "" {
		return f.spool, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("%w; name a folder with --events-spool", err)
	}
	return filepath.Join(dir, "unleak", "spool"), nil
}

// siem is the delivery of one run's events. The zero value delivers nothing.
type siem struct {
	app    *app
	ctx    context.Context
	record *events.Record
	folder string
	to     []string
	sinks  []events.Sink
}

// openEvents checks the addresses, and has the audit lines of the run gathered from now on.
func (a *app) openEvents(ctx context.Context, f *eventFlags, v *verifyFlags) (*siem, error) {
	d := &siem{app: a, ctx: outlast(ctx)} // an interrupted run tells what it did
	if len(f.to) == 0 {
		return d, nil
	}
	if f.format != events.OCSF && f.format != events.ECS {
		return nil, fmt.Errorf("--events-format %q: want ocsf or ecs", f.format)
	}
	var err error
	if d.folder, err = f.folder(); err != nil {
		return nil, err
	}
	o, err := a.eventOptions(v)
	if err != nil {
		return nil, err
	}
	for i, text := range f.to {
		address, err := events.Address(text)
		if err != nil {
			return nil, err
		}
		f.to[i] = address
		sink, err := events.Open(address, o)
		if err != nil {
			return nil, err
		}
		d.sinks, d.to = append(d.sinks, sink), append(d.to, address)
	}
	d.record = &events.Record{Format: f.format, Version: version()}
	a.watch = d.record
	return d, nil
}

// patience is how long after an interrupt a receiver may take. What it did not take by then waits in the spool.
const patience = 3 * time.Second

// outlast returns a context that ends only some time after another one.
func outlast(ctx context.Context) context.Context {
	longer, end := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() { time.AfterFunc(patience, end) })
	return longer
}

func (a *app) eventOptions(v *verifyFlags) (events.Options, error) {
	plain := *v
	plain.auditFile, plain.cacheFile, plain.dryRun = "", "", false
	watch := a.watch
	a.watch = nil // sending events is no event
	defer func() { a.watch = watch }()
	o, _, err := plain.options(a)
	return events.Options{Stdout: a.stdout, Caller: o, Authorization: os.Getenv("UNLEAK_EVENTS_AUTHORIZATION")}, err
}

// send delivers the events of a report and those gathered on the way.
func (d *siem) send(r *finding.Report, opts report.Options, idKey []byte) error {
	if d.record == nil {
		return nil
	}
	triage.SetIDs(r.Findings, idKey)
	if err := d.record.Report(r, opts); err != nil {
		return err
	}
	return d.deliver()
}

// abandon delivers what was gathered when a run ends before its report.
func (d *siem) abandon() {
	if d.record != nil {
		if err := d.deliver(); err != nil {
			fmt.Fprintf(d.app.stderr, "unleak: %v\n", err)
		}
	}
}

// deliver spools the events and sends what waits. What is not taken stays in the spool, which is no failure of the run;
// where there can be no spool, as in a container that nothing is written to, all must be taken now.
func (d *siem) deliver() error {
	all := d.record.Take()
	if len(all) == 0 {
		return nil
	}
	var failed error
	for i, sink := range d.sinks {
		if events.Live(sink) {
			failed = errors.Join(failed, events.SendAll(d.ctx, sink, all))
			continue
		}
		spool, err := events.NewSpool(d.folder, d.to[i])
		if err == nil {
			err = spool.Put(all)
		}
		if err != nil {
			if lost := events.SendAll(d.ctx, sink, all); lost != nil {
				failed = errors.Join(failed, fmt.Errorf("events to %s: %w; nor can they wait", d.to[i], lost), err)
			}
			continue
		}
		_, waiting, err := spool.Deliver(d.ctx, sink)
		if d.ctx.Err() != nil {
			err = errors.New("sending events: interrupted")
		}
		if err != nil {
			fmt.Fprintf(d.app.stderr, "unleak: %v; %s in %s\n", err, number(waiting, "event waits", "events wait"), d.folder)
		}
	}
	return failed
}

func newEvents(a *app) *cobra.Command {
	var f eventFlags
	var v verifyFlags
	c := &cobra.Command{
		Use:   "events [REPORT.json...]",
		Short: "Send what waits in the spool for a SIEM, and the events of reports",
		Long: `Events sends the findings of JSON reports to the addresses of --events, and whatever earlier
runs could not deliver. UNLEAK_EVENTS_AUTHORIZATION holds the Authorization header of HTTP
requests.

Exit status: 0 nothing waits any more, 2 usage or fatal error, 3 events still wait.`,
		RunE: func(c *cobra.Command, names []string) error { return a.sendEvents(c.Context(), &f, &v, names) },
	}
	f.add(c)
	v.addNetwork(c)
	return c
}

func (a *app) sendEvents(ctx context.Context, f *eventFlags, v *verifyFlags, names []string) error {
	if len(names) > 0 && len(f.to) == 0 {
		return errors.New("events of a report need --events: where to")
	}
	d, err := a.openEvents(ctx, f, v)
	if err != nil {
		return err
	}
	all, err := a.readReportFiles(names)
	if err != nil {
		return err
	}
	opts, err := a.reportOptions(&reportFlags{}, nil)
	if err != nil {
		return err
	}
	for _, r := range all {
		if err := d.send(r, opts, nil); err != nil {
			return err
		}
	}
	return a.sendWaiting(d.ctx, f, v)
}

// sendWaiting sends what earlier runs left, to the addresses named or to all.
func (a *app) sendWaiting(ctx context.Context, f *eventFlags, v *verifyFlags) error {
	folder, err := f.folder()
	if err != nil {
		return err
	}
	addresses, err := events.Waiting(folder)
	if err != nil {
		return err
	}
	o, err := a.eventOptions(v)
	if err != nil {
		return err
	}
	left := 0
	for _, address := range addresses {
		if len(f.to) > 0 && !slices.Contains(f.to, address) {
			continue
		}
		sink, err := events.Open(address, o)
		if err != nil {
			return err
		}
		spool, err := events.NewSpool(folder, address)
		if err != nil {
			return err
		}
		sent, waiting, err := spool.Deliver(ctx, sink)
		if err != nil {
			a.complain("unleak: ", err)
		}
		left += waiting
		if !a.quiet {
			fmt.Fprintf(a.stderr, "%s sent, %d waiting\n", number(sent, "event", "events"), waiting)
		}
	}
	if left > 0 {
		return errIncomplete
	}
	return nil
}
