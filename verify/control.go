package verify

import (
	"context"
	"sync"

	"github.com/unleak/unleak/finding"
)

// control is the outcome of a negative control: the same request with a key that cannot be valid. It is made once for
// all credentials that one rule sends to one place with the same parts.
type control struct {
	mu      sync.Mutex
	decided bool
	tries   int
	status  finding.Status // what a live answer is worth
	cause   string
}

// controlTries bounds how often a control that got no answer is made again for the next live credential.
const controlTries = 3

// controlled returns the status that a live answer to t deserves.
func (v *Verifier) controlled(ctx context.Context, j *job, t try) (finding.Status, string) {
	key := []string{j.rule.ID, t.target.Host, t.target.Place}
	for _, p := range t.cred.Parts {
		key = append(key, p.Key, p.Value)
	}
	v.mu.Lock()
	k := v.cache.mac(key)
	c := v.controls[k]
	if c == nil {
		c = &control{}
		v.controls[k] = c
	}
	v.mu.Unlock()

	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.decided && c.tries < controlTries {
		c.tries++
		c.status, c.cause, c.decided = v.makeControl(ctx, j, t)
	}
	return c.status, c.cause
}

// makeControl tells what a live answer is worth, and whether that is settled.
func (v *Verifier) makeControl(ctx context.Context, j *job, t try) (status finding.Status, why string, decided bool) {
	fake, ok := t.protocol.Mutate(t.cred)
	if !ok {
		return finding.Unknown, "looked live, but no negative control can be made for it", true
	}
	a, err := v.request(ctx, t, fake)
	out := finding.Verdict{Host: t.target.Host, Status: a.Status}
	if err != nil {
		out.Status, out.Cause = finding.Unknown, cause(err)
	}
	v.audit.request(j, t, "control", out)
	switch {
	case err != nil:
		return finding.Unknown, "looked live, but the negative control got no answer: " + scrub(cause(err), fake.values()), false
	case a.Status == finding.Live:
		return finding.Unreliable, "the host accepts a made-up key too", true
	}
	return finding.Live, "", true
}
