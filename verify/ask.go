package verify

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/pause"
)

// rank orders verdicts of several tries: the first of these wins.
var rank = map[finding.Status]int{
	finding.Live: 0, finding.Unreliable: 1, finding.Expired: 2, finding.Unknown: 3, finding.NotChecked: 4, finding.Dead: 5,
}

// factAlso names the further hosts that accept a credential.
const factAlso = "also live at"

// factPair names the parts with which a credential was proven live, where there were several to choose from.
const factPair = "proven with"

// ask goes through a job's tries until one is live, and then through those of other places: each of them may accept the
// credential too. Dead needs all of them to say so, and that nobody was left out.
func (v *Verifier) ask(ctx context.Context, j *job) finding.Verdict {
	var best finding.Verdict
	var proven *try
	var also []string
	for i, t := range j.tries {
		host := t.target.Host
		if best.Status == finding.Live && (!t.elsewhere || host == best.Host || slices.Contains(also, host)) {
			continue
		}
		got := v.askOne(ctx, j, t)
		switch {
		case best.Status == finding.Live && got.Status == finding.Live:
			also = append(also, host)
		case i == 0 || rank[got.Status] < rank[best.Status]:
			best, proven = got, &j.tries[i]
		}
		if ctx.Err() != nil {
			break
		}
	}
	if len(also) > 0 {
		tell(&best, factAlso, strings.Join(also, ", "))
	}
	if with := j.pair(proven); best.Status == finding.Live && with != "" {
		tell(&best, factPair, with)
	}
	if best.Status == finding.Dead && j.unasked != nil {
		best.Status, best.Cause = finding.Unknown, "dead there, but it may be live elsewhere: "+cause(j.unasked)
	}
	return best
}

// tell adds a fact.
func tell(v *finding.Verdict, name, value string) {
	v.Facts = maps.Clone(v.Facts)
	if v.Facts == nil {
		v.Facts = map[string]string{}
	}
	v.Facts[name] = value
}

// askOne asks one issuer and, when it says live, makes the negative control.
func (v *Verifier) askOne(ctx context.Context, j *job, t try) finding.Verdict {
	out := finding.Verdict{Host: t.target.Host}
	a, err := v.request(ctx, t, t.cred)
	switch {
	case err != nil:
		out.Status, out.Cause = statusOf(ctx, err)
	case a.Status == finding.Unknown && ctx.Err() != nil: // what a server says of a request given up
		out.Status, out.Cause = finding.NotChecked, endCause(ctx)
	default:
		out.Status, out.Cause, out.Facts = a.Status, a.Cause, a.Facts
	}
	v.audit.request(j, t, "request", out)
	if out.Status == finding.Live {
		if status, why := v.controlled(ctx, j, t); status != finding.Live {
			out.Status, out.Cause, out.Facts = status, why, nil // what such a host tells is worth nothing
		}
	}
	out.Cause = scrub(out.Cause, t.cred.values())
	for k, f := range out.Facts {
		if strings.Contains(f, t.cred.Secret) {
			out.Facts[k] = scrub(f, t.cred.values())
		}
	}
	return out
}

func statusOf(ctx context.Context, err error) (finding.Status, string) {
	switch {
	case ctx.Err() != nil:
		return finding.NotChecked, endCause(ctx)
	case isRefused(err):
		return finding.NotChecked, cause(err)
	}
	return finding.Unknown, cause(err)
}

// request asks once, and again while the failure may pass.
func (v *Verifier) request(ctx context.Context, t try, c Credential) (Answer, error) {
	p := v.paceOf(t.target.Host)
	backoff := v.opts.Backoff
	var fails, limits int
	for {
		a, err := v.single(ctx, p, t.protocol, c)
		var later *Transient
		if errors.As(err, &later) && later.Limit {
			limits++ // to be asked to wait is no failure
		} else {
			fails++
		}
		if err == nil || fails > v.opts.Retries || limits > limitTries*v.opts.Retries || !mayPass(err) || ctx.Err() != nil {
			return a, err
		}
		wait := backoff
		if later != nil && later.After > v.opts.MaxWait {
			return a, err
		} else if later != nil && later.After > 0 {
			wait = later.After
		}
		if err := pause.For(ctx, wait); err != nil {
			return a, err
		}
		backoff *= 2
	}
}

// limitTries is how many times more often than after a failure a request is made again after a rate limit.
const limitTries = 4

// single makes one request when the host's and the total limits let it.
func (v *Verifier) single(ctx context.Context, p *pace, ask Protocol, c Credential) (Answer, error) {
	if err := p.enter(ctx); err != nil {
		return Answer{}, err
	}
	defer p.leave()
	select {
	case v.global <- struct{}{}:
		defer func() { <-v.global }()
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
	one, cancel := context.WithTimeout(ctx, v.opts.Timeout)
	defer cancel()
	a, err := ask.Ask(one, v.client, c)
	var later *Transient
	if errors.As(err, &later) && later.Limit {
		p.hold(orDefault(later.After, v.opts.Backoff), time.Now())
	} else if ctx.Err() == nil {
		p.result(err == nil || later != nil || !mayPass(err))
	}
	return a, err
}

func (v *Verifier) paceOf(host string) *pace {
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.paces[host]
	if p == nil {
		p = newPace(v.opts)
		v.paces[host] = p
	}
	return p
}
