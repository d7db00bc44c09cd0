package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// job is one credential to ask about, for all findings that hold it.
type job struct {
	rule     *rules.Rule
	findings []int // indexes
	id       string
	key      string // of the cache
	tries    []try
	choices  []finding.Part // distinct parts, in the order of the report's and then of other places
	unasked  error          // why somebody was not asked to whom other places say that it belongs; nil: all are asked
	verdict  finding.Verdict
}

// try is one way to ask about a job's credential.
type try struct {
	protocol  Protocol
	cred      Credential
	target    Target
	elsewhere bool // another place of the credential says that it belongs there
}

// maxPairings bounds the combinations of parts that stand near a credential.
const maxPairings = 6

// tagCanary marks tokens that raise an alarm when they are used.
const (
	tagCanary     = "canary"
	touchesCanary = "a canary token: asking would raise its alarm"
)

// canaryHosts are where tripwires of other kinds report to: kubeconfigs, databases, URLs (canarytokens.org, 2026).
var canaryHosts = []string{"canarytokens.com", "*.canarytokens.com", "canarytokens.org", "*.canarytokens.org", "canarytokens.net", "*.canarytokens.net"}

func notChecked(format string, a ...any) *finding.Verdict {
	return &finding.Verdict{Status: finding.NotChecked, Cause: fmt.Sprintf(format, a...)}
}

// plan makes a job of each distinct credential and gives every finding that cannot be asked about its verdict. The
// order is that of the findings.
func (v *Verifier) plan(all []finding.Finding) []*job {
	var jobs []*job
	byKey := map[string]*job{}
	for i := range all {
		f := &all[i]
		r, no := v.askable(f)
		if no != nil {
			f.Verdict = no
			continue
		}
		key := v.jobKey(r, f)
		if j := byKey[key]; j != nil {
			j.findings = append(j.findings, i)
			continue
		}
		j := &job{rule: r, findings: []int{i}, id: f.ID, key: key}
		if no := v.addTries(j, f); no != nil {
			f.Verdict = no
			continue
		}
		byKey[key] = j
		jobs = append(jobs, j)
	}
	return jobs
}

// askable returns the rule of a finding that may be asked about, or why it may not.
func (v *Verifier) askable(f *finding.Finding) (*rules.Rule, *finding.Verdict) {
	if slices.Contains(f.Tags, tagCanary) {
		return nil, notChecked(touchesCanary)
	}
	r, ok := v.lookup(f.Rule)
	switch {
	case !ok:
		return nil, notChecked("rule %s is not known", f.Rule)
	case r.Verify == nil:
		return nil, notChecked("rule %s cannot be asked about", f.Rule)
	case f.Secret.IsZero():
		return nil, notChecked("the finding holds no secret (a masked report?)")
	}
	if err := v.fit(r); err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, notChecked("%s", first)
	}
	return r, nil
}

// fit tells why a rule's verify block is not to be used: it could have side effects, or tell lies.
func (v *Verifier) fit(r *rules.Rule) error {
	if known, ok := v.checked.Load(r); ok {
		err, _ := known.(error)
		return err
	}
	err := Check(r)
	v.checked.Store(r, err)
	return err
}

// addTries works out whom to ask, with which parts: those of the place that tells most, then those of others.
func (v *Verifier) addTries(j *job, f *finding.Finding) *finding.Verdict {
	asks, err := protocolsOf(j.rule)
	if err != nil {
		return notChecked("%s", err)
	}
	var first error
	for i, set := range append([][]finding.Part{f.Parts}, f.Elsewhere...) {
		for _, p := range set {
			if !slices.ContainsFunc(j.choices, func(q finding.Part) bool { return q.Name == p.Name && q.Value == p.Value }) {
				j.choices = append(j.choices, p)
			}
		}
		no := v.addSet(j, asks, f.Secret.Reveal(), set, i > 0)
		first = firstError(first, no)
		if isRefused(no) {
			j.unasked = firstError(j.unasked, no)
		}
	}
	if len(j.tries) == 0 {
		if first == nil {
			first = errors.New("nobody can be asked")
		}
		return notChecked("%s", scrub(cause(first), Credential{Secret: f.Secret.Reveal()}.values()))
	}
	return nil
}

// pair says with which of several parts of a name a try was made; "" where there was no choice. What is no mere place is
// masked, as it is in the cache and in reports.
func (j *job) pair(t *try) string {
	if t == nil {
		return ""
	}
	var out []string
	for _, kv := range t.cred.Parts {
		at, n := 0, 0
		value := finding.Mask(kv.Value)
		for i := range j.choices {
			if p := &j.choices[i]; p.Name == kv.Key {
				n++
				if p.Value.Reveal() == kv.Value {
					at = n
					if p.Open() {
						value = clean(kv.Value, 80)
					}
				}
			}
		}
		if n > 1 && at > 0 {
			out = append(out, fmt.Sprintf("%s %s (%d of %d)", kv.Key, value, at, n))
		}
	}
	return strings.Join(out, ", ")
}

// addSet adds the tries of one set of parts. Its error is the first reason why somebody is not asked.
func (v *Verifier) addSet(j *job, asks []Protocol, secret string, set []finding.Part, elsewhere bool) error {
	var first error
	for _, parts := range v.places(j.rule, pairings(set)) {
		c := Credential{Rule: j.rule, Secret: secret, Parts: parts}
		for _, p := range asks {
			t, err := p.Target(c)
			if err == nil {
				err = v.client.allowedTarget(t)
			}
			if err == errOther {
				continue
			}
			if err != nil {
				first = firstError(first, err)
				continue
			}
			j.tries = append(j.tries, try{p, c, t, elsewhere})
		}
	}
	return first
}

// places adds the user's own instances of a self-hosted service to where a credential may belong.
func (v *Verifier) places(r *rules.Rule, all [][]rules.KV) [][]rules.KV {
	if !r.Verify.SelfHosted || !strings.Contains(r.Verify.URL, "{part:"+partHost) {
		return all
	}
	out := slices.Clone(all)
	for _, host := range v.client.instances[r.Provider] {
		for _, parts := range all {
			parts = slices.DeleteFunc(slices.Clone(parts), func(p rules.KV) bool { return p.Key == partHost })
			out = append(out, append(parts, rules.KV{Key: partHost, Value: host}))
		}
	}
	return out
}

// allowedTarget refuses hosts of findings that the user did not name.
func (c *Client) allowedTarget(t Target) error {
	if t.Named {
		return nil
	}
	host, port := t.Host, "443"
	if i := strings.LastIndexByte(t.Host, ':'); i >= 0 && !strings.HasSuffix(t.Host, "]") {
		host, port = t.Host[:i], t.Host[i+1:]
	}
	if host = strings.Trim(host, "[]"); matchesAny(host, canaryHosts) {
		return refuse(touchesCanary)
	}
	if !c.allowed.has(host, port) {
		return refuse("host %s comes from the finding (see --allow-host)", clean(host, 80))
	}
	return nil
}

// pairings returns the ways to choose one value for each name, at most maxPairings, in the order they were found.
func pairings(parts []finding.Part) [][]rules.KV {
	out := [][]rules.KV{nil}
	var names []string
	values := map[string][]string{}
	for _, p := range parts {
		if values[p.Name] == nil {
			names = append(names, p.Name)
		}
		if v := p.Value.Reveal(); !slices.Contains(values[p.Name], v) {
			values[p.Name] = append(values[p.Name], v)
		}
	}
	for _, name := range names {
		var next [][]rules.KV
		for _, chosen := range out {
			for _, v := range values[name] {
				if len(next) < maxPairings {
					next = append(next, append(slices.Clip(chosen), rules.KV{Key: name, Value: v}))
				}
			}
		}
		out = next
	}
	return out
}

// jobKey is a keyed hash of what a job depends on: the rule, how and where it is asked, the secret and its parts. One that
// is dead at some instances may be live at others.
func (v *Verifier) jobKey(r *rules.Rule, f *finding.Finding) string {
	how := *r.Verify
	how.Answers = nil
	fields := []string{r.ID, fmt.Sprintf("%+v", how), f.Secret.Reveal()}
	for i, set := range append([][]finding.Part{f.Parts}, f.Elsewhere...) {
		if i > 0 {
			fields = append(fields, "elsewhere")
		}
		for _, p := range set {
			fields = append(fields, p.Name, p.Value.Reveal())
		}
	}
	if r.Verify.SelfHosted {
		fields = append(append(fields, "instances"), v.client.instances[r.Provider]...)
	}
	return v.cache.mac(fields)
}
