package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules/builtin"
	"github.com/unleak/unleak/triage"
	"github.com/unleak/unleak/verify"
)

// verifyFlags say how issuers are asked.
type verifyFlags struct {
	allowPrivate bool
	allowHosts   []string
	instances    []string
	timeout      time.Duration
	budget       time.Duration
	proxy        string
	caFile       string
	userAgent    string
	cacheFile    string
	auditFile    string
	dryRun       bool
}

func (v *verifyFlags) add(c *cobra.Command) {
	s := c.Flags()
	s.BoolVar(&v.allowPrivate, "allow-private", false, "verification may reach private and loopback addresses")
	s.StringSliceVar(&v.allowHosts, "allow-host", nil, "host named by a finding that may be asked; repeatable")
	s.StringSliceVar(&v.instances, "verify-instance", nil, "PROVIDER=HOST: a service you run yourself, asked as well; repeatable")
	s.DurationVar(&v.timeout, "verify-timeout", 0, "time for one request (default 10s)")
	s.DurationVar(&v.budget, "verify-budget", 0, "time for all requests (default: no limit)")
	s.StringVar(&v.proxy, "verify-proxy", "", "proxy for verification (default: from the environment)")
	s.StringVar(&v.caFile, "verify-ca", "", "PEM certificates trusted beside the system's")
	s.StringVar(&v.userAgent, "verify-user-agent", "", "User-Agent of verification requests")
	s.StringVar(&v.cacheFile, "verify-cache", "", "file that remembers verdicts (no secrets)")
	s.StringVar(&v.auditFile, "verify-audit", "", "file to append one JSON line to for each contact")
	s.BoolVar(&v.dryRun, "dry-run", false, "print the verification requests, secrets masked, and send none")
}

func (v *verifyFlags) options(a *app) (verify.Options, func() error, error) {
	o := verify.Options{
		AllowPrivate: v.allowPrivate, AllowHosts: v.allowHosts, Instances: v.instances, Timeout: v.timeout, Budget: v.budget,
		ProxyURL: v.proxy, CAFile: v.caFile, UserAgent: v.userAgent, Cache: v.cacheFile,
	}
	if v.dryRun {
		o.DryRun = a.stdout
	}
	if v.auditFile == "" {
		return o, func() error { return nil }, nil
	}
	file, err := os.OpenFile(v.auditFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return o, nil, fmt.Errorf("audit log: %w", err)
	}
	o.Audit = file
	return o, file.Close, nil
}

// check asks about the findings that are not silenced.
func (v *verifyFlags) check(ctx context.Context, a *app, s *settings, all []finding.Finding) error {
	o, done, err := v.options(a)
	if err != nil {
		return err
	}
	o.AllowHosts = append(o.AllowHosts, s.config.AllowHosts...)
	ver, err := verify.New(o, s.engine.Rule)
	if err != nil {
		return errors.Join(err, done())
	}
	var open []finding.Finding // nobody asks about what was silenced
	var at []int
	for i := range all {
		if all[i].Suppression == nil {
			open, at = append(open, all[i]), append(at, i)
		}
	}
	err = ver.Verify(ctx, open)
	for k, i := range at {
		all[i].Verdict = open[k].Verdict
	}
	return errors.Join(err, done())
}

func newVerify(a *app) *cobra.Command {
	var f scanFlags
	var ruleID string
	var hosts bool
	c := &cobra.Command{
		Use:   "verify [REPORT|-]",
		Short: "Ask the issuers whether what a report found, or a single secret, is still live",
		Long: `Verify reads a JSON report made with --show-secrets, or with --id RULE the one secret on
standard input, and asks the issuers. It uses the network; it never reaches private addresses
unless allowed. Statuses: live, dead, expired, unknown (with the cause), unreliable.

Exit status: 0 nothing is live, 1 something is, 2 usage or fatal error, 3 something could not
be told.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if hosts {
				for _, h := range verify.Hosts(builtin.Rules()) {
					fmt.Fprintln(a.stdout, h)
				}
				return nil
			}
			outs, err := f.outputs()
			if err != nil {
				return err
			}
			s, err := f.settle("")
			if err != nil {
				return err
			}
			opts, err := a.reportOptions(&f.reportFlags, s.rule)
			if err != nil {
				return err
			}
			r, err := a.toVerify(args, ruleID, s)
			if err != nil {
				return err
			}
			if err := f.verifyFlags.check(c.Context(), a, s, r.Findings); err != nil || f.dryRun {
				return err
			}
			triage.SetIDs(r.Findings, s.idKey)
			if err := a.writeReports(r, opts, outs); err != nil {
				return err
			}
			return verdicts(r.Findings)
		},
	}
	f.add(c)
	c.Flags().StringVar(&ruleID, "id", "", "rule of the one secret given on standard input")
	c.Flags().BoolVar(&hosts, "verify-hosts", false, "print every host that could be contacted, and stop")
	return c
}

// toVerify returns the findings of a report, or the one secret on standard input as a finding of the rule.
func (a *app) toVerify(args []string, ruleID string, s *settings) (*finding.Report, error) {
	name := "-"
	if len(args) > 0 {
		name = args[0]
	}
	if ruleID == "" {
		return a.unmasked(name)
	}
	rule := s.rule(ruleID)
	if rule == nil {
		return nil, fmt.Errorf("unknown rule %q (see `unleak rules list`)", ruleID)
	}
	in, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	text, err := io.ReadAll(bufio.NewReader(io.LimitReader(in, 1<<20)))
	if err != nil {
		return nil, err
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return nil, errors.New("no secret on standard input")
	}
	return &finding.Report{Version: version(), Command: "verify", Targets: []string{name}, Findings: []finding.Finding{{
		Rule: rule.ID, Title: rule.Title, Severity: rule.Severity, Confidence: 1, Secret: finding.NewSecret(secret),
		Places: []finding.Place{{Origin: finding.Origin{Kind: finding.KindStdin}, Start: finding.Position{Line: 1, Column: 1, Byte: 1}, End: finding.Position{Line: 1, Column: 1, Byte: 1}}},
	}}}, nil
}

// unmasked reads a report that says what the secrets are. Asking about masked values would prove nothing, and an issuer
// would rightly call them dead.
func (a *app) unmasked(name string) (*finding.Report, error) {
	r, err := a.readReport(name)
	if err == nil && isMasked(r) {
		err = fmt.Errorf("%s: its secrets are masked: make it with --show-secrets, or scan with --verify", name)
	}
	return r, err
}

// verdicts is how a verification ended.
func verdicts(all []finding.Finding) error {
	unknown := false
	for i := range all {
		switch v := all[i].Verdict; {
		case v != nil && v.Status == finding.Live:
			return errFindings
		case v == nil || v.Status == finding.Unknown || v.Status == finding.Unreliable:
			unknown = true
		}
	}
	if unknown {
		return errIncomplete
	}
	return nil
}
