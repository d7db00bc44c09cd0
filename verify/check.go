package verify

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// Check returns what is wrong with a rule's verify block, all of it at once; nil for a rule without one. What it lets
// through has no side effects as declared, names its hosts, takes nothing for live that does not prove it, and reads
// its own examples of answers as they say. Examples are wanted where there are any: the built-in table has none.
func Check(r *rules.Rule) error {
	if r.Verify == nil {
		return nil
	}
	v := r.Verify
	var errs []error
	bad := func(format string, a ...any) {
		errs = append(errs, fmt.Errorf("rule %q: verify: "+format, append([]any{r.ID}, a...)...))
	}
	if v.Cost != "free" {
		bad(`cost %q: only requests that read, cost nothing, change nothing and notify no one are made; say so with cost = "free"`, v.Cost)
	}
	if v.Protocol != "" {
		if _, err := protocolsOf(r); err != nil {
			errs = append(errs, err)
		}
		if v.URL != "" || len(v.Live) > 0 {
			bad("protocol %q goes without url and conditions", v.Protocol)
		}
		return errors.Join(errs...)
	}
	if !slices.Contains([]string{"", "GET", "HEAD", "POST"}, v.Method) {
		bad("method %q (GET, HEAD, POST)", v.Method)
	}
	if v.SelfHosted && !strings.HasPrefix(v.URL, "https://{part:"+partHost+"=") {
		bad(`self_hosted goes with a url like "https://{part:host=gitlab.com}/..."`)
	}
	if v.Body != "" && v.Method != "POST" {
		bad("a body needs the method POST")
	}
	errs = append(errs, checkURLs(r), checkTexts(r), checkConditions(r), checkAnswers(r))
	return errors.Join(errs...)
}

// checkURLs wants https, hosts without ports and users, and names for hosts that hold a placeholder.
func checkURLs(r *rules.Rule) error {
	v := r.Verify
	for _, t := range append([]string{v.URL}, v.Also...) {
		host := hostOf(t)
		switch {
		case t == wholeURL && len(v.Hosts) > 0:
		case !strings.HasPrefix(t, "https://"):
			return fmt.Errorf("rule %q: verify: url %q is not https", r.ID, t)
		case strings.Contains(host, "{secret") || strings.Contains(host, "{var"):
			return fmt.Errorf("rule %q: verify: the host of %q holds the secret or a variable", r.ID, t)
		case strings.Contains(host, "{"):
			_, fallback, ok := strings.Cut(host, "=")
			if fallback, _, _ = strings.Cut(fallback, "}"); ok && !matchesAny(fallback, v.Hosts) {
				return fmt.Errorf("rule %q: verify: hosts does not name %q", r.ID, fallback)
			}
		default:
			u, err := url.Parse("https://" + host)
			if err != nil || u.User != nil || u.Port() != "" || !strings.Contains(host, ".") {
				return fmt.Errorf("rule %q: verify: url %q: its host must be a plain name", r.ID, t)
			}
		}
	}
	for _, h := range v.Hosts {
		if p, err := parseHostPattern(h); err != nil || p.port != "" || !strings.Contains(p.name, ".") {
			return fmt.Errorf("rule %q: verify: hosts: %q is no host or *.domain", r.ID, h)
		}
	}
	return nil
}

// checkTexts fills every template in with made-up values.
func checkTexts(r *rules.Rule) error {
	v := r.Verify
	texts := []string{v.URL, v.Body, v.Basic}
	texts = append(texts, v.Also...)
	for _, h := range v.Headers {
		texts = append(texts, h.Value)
		if strings.EqualFold(h.Key, "host") || strings.ContainsAny(h.Key, " :\r\n") {
			return fmt.Errorf("rule %q: verify: header %q cannot be set", r.ID, h.Key)
		}
	}
	all := strings.Join(texts, "\n")
	for _, kv := range v.Vars {
		all += "\n" + kv.Value
	}
	if !strings.Contains(all, "{secret") {
		return fmt.Errorf("rule %q: verify: {secret} is nowhere in the request", r.ID)
	}
	x := expander{cred: Credential{Rule: r, Secret: "c2VjcmV0", Parts: partsNamed(all)}, vars: v.Vars, now: time.Unix(0, 0)}
	for _, t := range texts {
		text, err := x.expand(t, "")
		if err != nil {
			return fmt.Errorf("rule %q: verify: %q: %w", r.ID, t, err)
		}
		for _, p := range []string{"{part", "{var", "{secret"} {
			if strings.Contains(text, p) {
				return fmt.Errorf("rule %q: verify: %q: a placeholder is not closed", r.ID, t)
			}
		}
	}
	return nil
}

// partsNamed returns a part for each one that a text names.
func partsNamed(text string) []rules.KV {
	var out []rules.KV
	for _, piece := range strings.Split(text, "{part:")[1:] {
		name := piece[:max(0, strings.IndexAny(piece, "}=|"))]
		out = append(out, kv(name, "part"))
	}
	return out
}

// checkConditions wants a proof in the answer for live, and for dead more than a status that firewalls give too.
func checkConditions(r *rules.Rule) error {
	v := r.Verify
	if len(v.Live) == 0 || len(v.Dead) == 0 {
		return fmt.Errorf("rule %q: verify: needs live and dead conditions", r.ID)
	}
	for _, c := range v.Live {
		if len(c.Status) == 0 || statusAlone(c) {
			return fmt.Errorf("rule %q: verify: a live condition needs a status and something in the answer that proves it", r.ID)
		}
	}
	for _, c := range append(slices.Clip(v.Dead), v.Expired...) {
		if statusAlone(c) && !slices.Equal(c.Status, []int{401}) {
			return fmt.Errorf("rule %q: verify: a dead condition needs something in the answer that proves it; of statuses alone only 401 does", r.ID)
		}
	}
	for _, c := range slices.Concat(v.Live, v.Dead, v.Expired) {
		if c.Equals != "" && c.JSON == "" {
			return fmt.Errorf("rule %q: verify: equals goes with json", r.ID)
		}
		for _, s := range c.Status {
			if s < 200 || s > 499 || s >= 300 && s < 400 || s == 429 || s == 407 {
				return fmt.Errorf("rule %q: verify: status %d proves nothing", r.ID, s)
			}
		}
	}
	return nil
}

// checkAnswers judges each example of an answer, and each live one again as middle boxes spoil it.
func checkAnswers(r *rules.Rule) error {
	seen := map[finding.Status]bool{}
	for i, a := range r.Verify.Answers {
		reply := &Reply{Status: a.Status, Header: map[string][]string{}, Body: []byte(a.Body)}
		for _, h := range a.Headers {
			reply.Header[h.Key] = []string{h.Value}
		}
		got := judged(r.Verify, reply)
		if string(got) != a.Means {
			return fmt.Errorf("rule %q: verify: answer %d means %q, but is read as %q", r.ID, i+1, a.Means, got)
		}
		seen[got] = true
		if got != finding.Live {
			continue
		}
		for how, spoilt := range spoil(reply) {
			if got := judged(r.Verify, spoilt); got != finding.Unknown {
				return fmt.Errorf("rule %q: verify: answer %d, %s, is read as %q", r.ID, i+1, how, got)
			}
		}
	}
	if len(r.Verify.Answers) > 0 && !(seen[finding.Live] && (seen[finding.Dead] || r.Verify.SelfHosted)) {
		return fmt.Errorf("rule %q: verify: the examples of answers need a live and a dead one", r.ID)
	}
	return nil
}

func judged(v *rules.Verify, reply *Reply) finding.Status {
	a, err := judge(v, reply, v.SelfHosted)
	if err != nil {
		return finding.Unknown
	}
	return a.Status
}

// spoil returns what portals, gateways, limits and cut connections make of an answer.
func spoil(r *Reply) map[string]*Reply {
	with := func(status int, contentType string, body []byte) *Reply {
		return &Reply{Status: status, Header: map[string][]string{"Content-Type": {contentType}}, Body: body}
	}
	return map[string]*Reply{
		"in an HTML page":     with(r.Status, "text/html; charset=utf-8", r.Body),
		"behind a page":       with(r.Status, "application/json", append([]byte("<!DOCTYPE html>"), r.Body...)),
		"cut short":           with(r.Status, "application/json", r.Body[:max(1, len(r.Body)-1)]),
		"empty":               with(r.Status, "application/json", nil),
		"with a rate limit":   with(429, "application/json", r.Body),
		"with a gateway down": with(502, "application/json", r.Body),
		"with a login":        with(302, "application/json", r.Body),
	}
}
