package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/verify"
)

// verifyFlags say how issuers are asked.
type verifyFlags struct {
	allowPrivate bool
	allowHosts   []string
	instances    []string
	timeout      time.Duration
	budget       time.Duration
	rate         float64
	perHost      int
	proxy        string
	caFile       string
	userAgent    string
	cacheFile    string
	cacheTTL     time.Duration
	auditFile    string
	dryRun       bool
	hosts        bool
}

func (v *verifyFlags) add(c *cobra.Command) {
	s := c.Flags()
	s.BoolVar(&v.allowPrivate, "allow-private", false, "verification may reach private and loopback addresses")
	s.StringSliceVar(&v.allowHosts, "allow-host", nil, "host named by a finding that may be asked; repeatable")
	s.StringSliceVar(&v.instances, "verify-instance", nil, "PROVIDER=HOST: a service you run yourself, asked as well; repeatable")
	s.DurationVar(&v.timeout, "verify-timeout", 0, "time for one request (default 10s)")
	s.DurationVar(&v.budget, "verify-budget", 0, "time for all requests (default: no limit)")
	s.Float64Var(&v.rate, "verify-rate", 0, "requests a second to one host (default 10; negative: no limit)")
	s.IntVar(&v.perHost, "verify-per-host", 0, "requests at once to one host (default 4)")
	s.StringVar(&v.proxy, "verify-proxy", "", "proxy for verification; direct: none (default: from the environment)")
	s.StringVar(&v.caFile, "verify-ca", "", "PEM certificates trusted beside the system's")
	s.StringVar(&v.userAgent, "verify-user-agent", "", "User-Agent of verification requests")
	s.StringVar(&v.cacheFile, "verify-cache", "", "file that remembers verdicts (no secrets)")
	s.DurationVar(&v.cacheTTL, "verify-cache-ttl", 0, "how long verdicts are remembered (default: 1h for live, 24h for dead and expired)")
	s.StringVar(&v.auditFile, "verify-audit", "", "file to append one JSON line to for each contact")
	s.BoolVar(&v.dryRun, "dry-run", false, "print the verification requests, secrets masked, and send none")
	s.BoolVar(&v.hosts, "verify-hosts", false, "print every host that the rules in use could contact, and stop")
}

func (v *verifyFlags) options(a *app) (verify.Options, func() error, error) {
	o := verify.Options{
		AllowPrivate: v.allowPrivate, AllowHosts: v.allowHosts, Instances: v.instances, Timeout: v.timeout, Budget: v.budget,
		Rate: v.rate, PerHost: v.perHost, ProxyURL: v.proxy, CAFile: v.caFile, UserAgent: v.userAgent,
		Cache: v.cacheFile, CacheTTL: v.cacheTTL,
	}
	if v.dryRun {
		o.DryRun = a.stdout
	}
	if a.watch != nil && !v.dryRun {
		o.Audit = a.watch
	}
	if v.auditFile == "" || v.dryRun {
		return o, func() error { return nil }, nil
	}
	file, err := os.OpenFile(v.auditFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return o, nil, fmt.Errorf("audit log: %w", err)
	}
	o.Audit = file
	if a.watch != nil {
		o.Audit = io.MultiWriter(file, a.watch)
	}
	return o, file.Close, nil
}

// printHosts writes every host that credentials of the rules could be sent to, one a line.
func (a *app) printHosts(all []rules.Rule) error {
	for _, h := range verify.Hosts(all) {
		if _, err := fmt.Fprintln(a.stdout, h); err != nil {
			return err
		}
	}
	return nil
}

// errNotBegun is the error of a verification that asked nobody: what it was told to do makes no sense.
var errNotBegun = errors.New("verification did not begin")

// check asks about the findings that are not silenced. With an error that is not errNotBegun, what was learnt before stands
// in the findings. What a dry run prints shows no value of theirs, nor of what is beside.
func (v *verifyFlags) check(ctx context.Context, a *app, s *settings, all []finding.Finding, beside ...finding.Secret) error {
	o, done, err := v.options(a)
	if err != nil {
		return errors.Join(errNotBegun, err)
	}
	o.AllowHosts = append(o.AllowHosts, s.config.AllowHosts...)
	var dry strings.Builder
	if v.dryRun {
		o.DryRun = &dry
	}
	ver, err := verify.New(o, s.engine.Rule)
	if err != nil {
		return errors.Join(errNotBegun, err, done())
	}
	var open []finding.Finding // nobody asks about what was silenced
	var at []int
	for i := range all {
		if all[i].Suppression == nil {
			open, at = append(open, all[i]), append(at, i)
		}
	}
	if o.Audit != nil {
		s.ids.Set(open)
	}
	err = ver.Verify(ctx, open)
	for k, i := range at {
		all[i].Verdict, all[i].ID = open[k].Verdict, open[k].ID
	}
	var writeErr error
	if v.dryRun {
		_, writeErr = io.WriteString(a.stdout, report.MaskText(dry.String(), all, beside))
	}
	return errors.Join(err, writeErr, done())
}
