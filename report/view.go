package report

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// view is what formats see: a copy of the report in which every string that came from what was scanned is masked, so
// that Secret.Reveal gives what may be shown.
type view struct {
	finding.Report
	opts    Options
	entropy func(n int) float32 // of the value of a finding, bits a byte
}

// newView masks a report, or leaves it as it is where secrets are to be shown.
func newView(r *finding.Report, opts Options) *view {
	entropy := func(n int) float32 { return shannon(r.Findings[n].Secret.Reveal()) }
	hidden := func(f finding.Finding) bool { return f.Secret.Hidden() }
	if opts.ShowSecrets && !slices.ContainsFunc(r.Findings, hidden) {
		return &view{*r, opts, entropy}
	}
	opts.ShowSecrets = false
	s := newSecrets()
	s.gather(r.Findings, r.Beside)
	return &view{newMasker(s).report(r), opts, entropy}
}

// MaskText masks a text about findings that is no report.
func MaskText(text string, found []finding.Finding, beside []finding.Secret) string {
	s := newSecrets()
	s.gather(found, beside)
	return newMasker(s).note(text)
}

// rule returns what is known of a rule, or nil.
func (v *view) rule(id string) *rules.Rule {
	if v.opts.Rule == nil {
		return nil
	}
	return v.opts.Rule(id)
}

// time returns the time of the scan, for formats that cannot do without.
func (v *view) time() time.Time {
	if v.opts.Time.IsZero() {
		return time.Unix(0, 0).UTC()
	}
	return v.opts.Time.UTC()
}

// split returns the findings that count, and the others.
func (v *view) split() (active, suppressed []*finding.Finding) {
	for i := range v.Findings {
		f := &v.Findings[i]
		if f.Suppression == nil {
			active = append(active, f)
		} else {
			suppressed = append(suppressed, f)
		}
	}
	return active, suppressed
}

// fingerprint is a short hash of its parts, for formats that want one of their own.
func fingerprint(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
