package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/verify"
)

func newVerify(a *app) *cobra.Command {
	var f scanFlags
	var k keyFlags
	c := &cobra.Command{
		Use:   "verify [REPORT|-]",
		Short: "Ask the issuers whether what a report found, or a single credential, is still live",
		Long: `Verify reads a report (JSON, JSON lines or SARIF) and answers for each credential: rotated, STILL LIVE, or that nobody
can tell and why. What is live comes first, the most dangerous rights before others, with the
steps that rotate it. The report says what the secrets are (--show-secrets), or --from says
where to find them again.

With --rule ID it asks about one credential, read from standard input or a file:

    unleak verify --rule github-pat - < token
    unleak verify --rule aws-secret-access-key - < ~/.aws/credentials
    unleak verify --rule private-key --part host=db.example --part user=deploy id_ed25519

It uses the network, asks only hosts that rules or you name (--verify-hosts, --allow-host),
and never reaches private addresses unless allowed.

Exit status: 0 nothing is live, 1 something is, 2 usage or fatal error, 3 nothing is known to be
live but something could not be told, 130 interrupted. With --fail-on live, 1 if something is live
and else 0.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			name := "-"
			if len(args) > 0 {
				name = args[0]
			}
			return a.verify(c.Context(), &f, &k, name)
		},
	}
	f.addBut(c, "verify", "no-repo-config", "no-inline-allow")
	c.Flags().Lookup("fail-on").Usage = "live: only what is live fails; a severity: so does what could not be told of it or above; none (default: info)"
	k.add(c)
	return c
}

// verify checks a report again, or one credential, and writes what came of it. What is known when it is interrupted is
// written.
func (a *app) verify(ctx context.Context, f *scanFlags, k *keyFlags, name string) error {
	outs, err := f.outputs()
	if err != nil {
		return err
	}
	if k.rule != "" {
		f.enable = []string{k.rule}
	}
	s, err := f.settle(own{})
	if err != nil {
		return err
	}
	if f.hosts {
		return a.printHosts(s.rules)
	}
	opts, err := a.reportOptions(&f.reportFlags, s.rule)
	if err != nil {
		return err
	}
	r, err := a.toVerify(ctx, name, f.enable, k, s)
	if err != nil {
		return err
	}
	if err := s.silence(r.Findings); err != nil {
		return err
	}
	var gone []finding.Finding
	if isMasked(r) {
		if gone, err = a.unmask(ctx, r, k.from, f.jobs, s); err != nil {
			return err
		}
	}
	events, err := a.openEvents(ctx, &f.siem, &f.verifyFlags)
	if err != nil {
		return err
	}
	defer events.abandon()
	contents, err := f.from.read(ctx, a, &f.verifyFlags)
	if err != nil {
		return err
	}
	err = f.verifyFlags.check(ctx, a, s, r.Findings)
	if errors.Is(err, errNotBegun) || f.dryRun {
		return err
	}
	r.Findings = append(r.Findings, gone...)
	s.ids.Set(r.Findings)
	if contents != nil {
		contents.Cover(&r.Coverage)
		judge(contents, r.Findings)
	}
	sortByUrgency(r)
	if werr := errors.Join(a.writeReports(r, opts, outs), events.send(r, opts, s.idKey), rememberScan(f.remember, s, r)); werr != nil {
		return errors.Join(err, werr)
	}
	return verified(ctx, f, s, r.Findings, err)
}

// silence applies the ignore files and the baseline that the user named to the findings of a report. What silenced findings
// when it was made stands in it.
func (s *settings) silence(all []finding.Finding) error {
	p, err := s.policy(nil, all)
	if err != nil || len(p.Ignores) == 0 && p.Baseline == nil {
		return err
	}
	p.AllowMark = noAllowMark
	p.Apply(all)
	return nil
}

// sortByUrgency puts the findings in the order in which they are to be dealt with.
func sortByUrgency(r *finding.Report) {
	sorted := make([]finding.Finding, 0, len(r.Findings))
	for _, i := range verify.Emergency(r.Findings) {
		sorted = append(sorted, r.Findings[i])
	}
	r.Findings = sorted
}

// verified is how a verification ended; err is what stopped it.
func verified(ctx context.Context, f *scanFlags, s *settings, all []finding.Finding, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Canceled
	case err != nil && !errors.Is(err, verify.ErrBudget):
		return err
	case f.failOn == "none":
		return nil
	}
	undecided := false
	for i := range all {
		if all[i].Suppression != nil {
			continue
		}
		if live(&all[i]) {
			return errFindings
		}
		if f.failOn != "" && !s.reaches(&all[i]) || s.aside(&all[i]) {
			continue
		}
		v := all[i].Verdict
		undecided = undecided || v == nil || v.Status != finding.Dead && v.Status != finding.Expired
	}
	if undecided {
		return errIncomplete
	}
	return nil
}

// toVerify returns the findings of a report, or of one rule's credential that stands in the input.
func (a *app) toVerify(ctx context.Context, name string, only []string, k *keyFlags, s *settings) (*finding.Report, error) {
	if len(only) > 0 {
		text, err := a.readAll(name, maxKeyInput)
		if err != nil {
			return nil, err
		}
		r, err := asReport(name, text)
		if err != nil {
			return nil, err
		}
		if r == nil {
			return k.report(ctx, name, text, only, s)
		}
		r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return !slices.Contains(only, f.Rule) })
		return k.unmasked(name, r)
	}
	r, err := a.readReport(name)
	if err != nil {
		return nil, fmt.Errorf("%w (for one credential name its rule: --rule ID)", err)
	}
	return k.unmasked(name, r)
}

// unmasked refuses a report that does not say what the secrets are, unless they can be found again. Asking about masked
// values would prove nothing, and an issuer would rightly call them dead.
func (k *keyFlags) unmasked(name string, r *finding.Report) (*finding.Report, error) {
	if isMasked(r) && len(k.from) == 0 {
		return nil, fmt.Errorf("%s: its secrets are masked: name what was scanned with --from, make it with --show-secrets, or scan with --verify", name)
	}
	r.Version, r.Command = version(), "verify"
	return r, nil
}
