package verify

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/rules/builtin"
)

// builtinRules are all built-in rules with their examples, read once.
var builtinRules = sync.OnceValues(builtin.WithExamples)

// TestBuiltinBlocks checks the verify block of every rule, with its examples of answers.
func TestBuiltinBlocks(t *testing.T) {
	all, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if err := Check(&all[i]); err != nil {
			t.Error(err)
		}
		if v := all[i].Verify; v != nil && v.Protocol == "" && len(v.Answers) == 0 {
			t.Errorf("rule %q: its verify block has no examples of answers", all[i].ID)
		}
	}
}

// made-up credentials; the second is what the issuer does not know
const (
	knownKey   = "Zk4Rk9Qz7mBn2Wp8Xc5Vt1LhJ3sD6fG0aYuEiOqT2NbM"
	unknownKey = "Yk4Rk9Qz7mBn2Wp8Xc5Vt1LhJ3sD6fG0aYuEiOqT2NbM"
)

// TestBuiltinEndToEnd plays the issuer of every rule: it gives the rule's live answer to one key and the dead one to
// all others. The rule must tell them apart over TLS, with its negative control, and ask nobody else.
func TestBuiltinEndToEnd(t *testing.T) {
	all, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	served := map[string]*rules.Verify{}
	asked := 0
	for i := range all {
		r := &all[i]
		if r.Verify == nil || r.Verify.Protocol != "" || len(r.Verify.Vars) > 0 || r.Verify.URL == wholeURL {
			continue
		}
		asked++
		parts := samplePart(r.Verify)
		for _, u := range append([]string{r.Verify.URL}, r.Verify.Also...) {
			host := sampleHost(u, r.Verify)
			if served[host] == nil {
				w.serve(host, func(rw http.ResponseWriter, req *http.Request) { playIssuer(served[host], rw, req) })
			}
			served[host] = r.Verify
		}
		o := w.options()
		o.AllowHosts = []string{ownHost}
		got := verifyAll(t, o, ruleSet(*r), secretOf(r.ID, knownKey, parts...), secretOf(r.ID, unknownKey, parts...))
		if got[0].Status != finding.Live {
			t.Errorf("rule %q: known key: %s (%s)", r.ID, got[0].Status, got[0].Cause)
		}
		want := finding.Dead
		if means(r.Verify, "dead") == nil {
			want = finding.Unknown // a refusal of a self-hosted service
		}
		if got[1].Status != want {
			t.Errorf("rule %q: unknown key: %s (%s), want %s", r.ID, got[1].Status, got[1].Cause, want)
		}
		for name, f := range got[0].Facts {
			if strings.Contains(f, knownKey) {
				t.Errorf("rule %q: fact %q holds the secret", r.ID, name)
			}
		}
	}
	if asked < 150 {
		t.Errorf("only %d rules were asked about", asked)
	}
}

// samplePart makes a value for each part that a block names.
func samplePart(v *rules.Verify) []finding.Part {
	text := v.URL + v.Body + v.Basic
	for _, h := range append(slices.Clip(v.Headers), v.Vars...) {
		text += h.Value
	}
	var out []finding.Part
	for _, p := range partsNamed(text) {
		if p.Key == partHost && v.SelfHosted {
			continue // nothing tells the host: the public one is asked
		}
		value := "AC0part0value"
		if p.Key == partHost {
			value = sampleHost(v.URL, v)
		}
		if strings.Contains(hostOf(v.URL), "{part:"+p.Key) {
			value = strings.ToLower(value)
		}
		out = append(out, part(p.Key, value))
	}
	return out
}

// ownHost stands for servers of which everybody has an own one.
const ownHost = "own.example.com"

// sampleHost returns a host that a URL may lead to.
func sampleHost(template string, v *rules.Verify) string {
	host := hostOf(template)
	if before, after, ok := strings.Cut(host, "{part:"+partHost); ok {
		_, after, _ = strings.Cut(after, "}")
		if before+after == "" && len(v.Hosts) == 0 {
			return ownHost
		}
		if before+after == "" {
			return strings.Replace(v.Hosts[0], "*.", "tenant.", 1)
		}
	}
	for strings.Contains(host, "{") {
		a, b := strings.IndexByte(host, '{'), strings.IndexByte(host, '}')
		host = host[:a] + "AC0part0value" + host[b+1:]
	}
	return strings.ToLower(host)
}

func means(v *rules.Verify, what string) *rules.Answer {
	for i := range v.Answers {
		if v.Answers[i].Means == what {
			return &v.Answers[i]
		}
	}
	return nil
}

// playIssuer gives an example answer of a block.
func playIssuer(v *rules.Verify, w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	text, _ := url.QueryUnescape(r.URL.String() + " " + string(body))
	for _, h := range r.Header {
		text += " " + strings.Join(h, " ")
		if code, ok := strings.CutPrefix(h[0], "Basic "); ok {
			plain, _ := base64.StdEncoding.DecodeString(code)
			text += " " + string(plain)
		}
	}
	a := means(v, "live")
	if !strings.Contains(text, knownKey) {
		if a = means(v, "dead"); a == nil {
			a = means(v, "unknown")
		}
	}
	for _, h := range a.Headers {
		w.Header().Set(h.Key, h.Value)
	}
	w.WriteHeader(a.Status)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, a.Body)
	}
}
