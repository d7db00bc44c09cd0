package verify

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/unleak/unleak/finding"
)

// headOf names a finding: its rule and its first place.
func headOf(f *finding.Finding) string {
	if len(f.Places) == 0 {
		return f.Rule
	}
	p := &f.Places[0]
	name := cmp.Or(p.Origin.BlobName(), p.Origin.Path)
	if name == "" {
		return f.Rule
	}
	return scrub(fmt.Sprintf("%s  %s:%d", f.Rule, clean(name, 200), p.Start.Line), []string{f.Secret.Reveal()})
}

// dryRun prints what Verify would send, and why it would not ask about the rest.
func (v *Verifier) dryRun(all []finding.Finding, jobs []*job) error {
	var out strings.Builder
	silent := 0
	asked := map[int]bool{}
	for _, j := range jobs {
		for _, i := range j.findings {
			asked[i] = true
		}
		for _, t := range j.tries {
			out.WriteString("# " + headOf(&all[j.findings[0]]) + "\n" + strings.TrimRight(scrub(t.target.Show, t.cred.values()[:1]), "\n") + "\n\n")
		}
	}
	for i := range all {
		if asked[i] {
			all[i].Verdict = notChecked("dry run")
			continue
		}
		if r, ok := v.lookup(all[i].Rule); ok && r.Verify == nil {
			silent++
			continue
		}
		out.WriteString("# " + headOf(&all[i]) + "\nnot asked: " + all[i].Verdict.Cause + "\n\n")
	}
	if silent > 0 {
		fmt.Fprintf(&out, "# %d of rules that nobody can be asked about\n\n", silent)
	}
	_, err := io.WriteString(v.opts.DryRun, out.String())
	return err
}
