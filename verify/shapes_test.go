package verify

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// shape is a kind of answer that every provider's rule meets sooner or later, and what must be made of it.
type shape struct {
	name  string
	play  func(v *rules.Verify, n int64, w http.ResponseWriter, r *http.Request) // n: how many requests came before
	want  func(v *rules.Verify) finding.Status
	cause string
}

func always(s finding.Status) func(*rules.Verify) finding.Status {
	return func(*rules.Verify) finding.Status { return s }
}

// give writes an example answer as its issuer would.
func give(w http.ResponseWriter, r *http.Request, a *rules.Answer) {
	w.Header().Set("Content-Type", "application/json")
	if !strings.HasPrefix(strings.TrimSpace(a.Body), "{") && !strings.HasPrefix(strings.TrimSpace(a.Body), "[") {
		w.Header().Set("Content-Type", "text/plain")
	}
	for _, h := range a.Headers {
		w.Header().Set(h.Key, h.Value)
	}
	w.WriteHeader(a.Status)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, a.Body)
	}
}

// refusal is the answer for keys that the issuer does not know.
func refusal(v *rules.Verify) *rules.Answer {
	if a := means(v, "dead"); a != nil {
		return a
	}
	return means(v, "unknown")
}

const cdnPage = `<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>Ray ID: 0</body></html>`

func page(status int) func(*rules.Verify, int64, http.ResponseWriter, *http.Request) {
	return func(_ *rules.Verify, _ int64, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, cdnPage)
	}
}

// shapes are met by every rule that asks over HTTP. Only the first is live, and only the second and third are an end.
func shapes() []shape {
	return []shape{
		{"live", func(v *rules.Verify, n int64, w http.ResponseWriter, r *http.Request) {
			if n == 0 {
				give(w, r, means(v, "live"))
				return
			}
			give(w, r, refusal(v)) // of the negative control
		}, always(finding.Live), ""},
		{"revoked", func(v *rules.Verify, _ int64, w http.ResponseWriter, r *http.Request) { give(w, r, refusal(v)) },
			func(v *rules.Verify) finding.Status {
				if means(v, "dead") == nil {
					return finding.Unknown // one's own instance may know it
				}
				return finding.Dead
			}, ""},
		{"expired", func(v *rules.Verify, _ int64, w http.ResponseWriter, r *http.Request) {
			give(w, r, means(v, "expired"))
		}, always(finding.Expired), ""},
		{"accepts anything", func(v *rules.Verify, _ int64, w http.ResponseWriter, r *http.Request) { give(w, r, means(v, "live")) }, always(finding.Unreliable), "made-up"},
		{"rate limit", func(v *rules.Verify, _ int64, w http.ResponseWriter, r *http.Request) {
			a := *means(v, "live")
			a.Status = http.StatusTooManyRequests
			w.Header().Set("Retry-After", "120")
			give(w, r, &a)
		}, always(finding.Unknown), "rate limit"},
		{"rate limit as 403", func(v *rules.Verify, _ int64, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "60")
			answer(403, "application/json", `{"message":"slow down"}`)(w, r)
		}, always(finding.Unknown), "rate limit"},
		{"page of a CDN, 403", page(403), always(finding.Unknown), "HTML"},
		{"page of a CDN, 401", page(401), always(finding.Unknown), "HTML"},
		{"page of a CDN, 200", page(200), always(finding.Unknown), "HTML"},
		{"page of a CDN, 503", page(503), always(finding.Unknown), "trouble"},
		{"captive portal", func(_ *rules.Verify, _ int64, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://portal.example/login", http.StatusFound)
		}, always(finding.Unknown), "portal.example"},
		{"firewall", func(_ *rules.Verify, _ int64, w http.ResponseWriter, r *http.Request) {
			answer(403, "application/json", `{"status":"blocked"}`)(w, r)
		}, always(finding.Unknown), ""},
		{"trouble", func(v *rules.Verify, _ int64, w http.ResponseWriter, r *http.Request) {
			a := *means(v, "live")
			a.Status = 500
			give(w, r, &a)
		}, always(finding.Unknown), "trouble"},
		{"cut off", func(v *rules.Verify, _ int64, w http.ResponseWriter, r *http.Request) {
			a := *means(v, "live")
			w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)+100))
			give(w, r, &a)
		}, always(finding.Unknown), "cut"},
	}
}

// shapeRule is a rule of the table with the finding that is asked about.
type shapeRule struct {
	rule  *rules.Rule
	about finding.Finding
	hosts []string
}

// httpRules returns every built-in rule that asks over HTTP.
func httpRules(t *testing.T) []shapeRule {
	t.Helper()
	all, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	var out []shapeRule
	for i := range all {
		r := &all[i]
		if r.Verify == nil || r.Verify.Protocol != "" {
			continue
		}
		s := shapeRule{rule: r, about: secretOf(r.ID, knownKey, samplePart(r.Verify)...)}
		for _, u := range append([]string{r.Verify.URL}, r.Verify.Also...) {
			host := sampleHost(u, r.Verify)
			if u == wholeURL {
				host = strings.Replace(r.Verify.Hosts[0], "*.", "tenant.", 1)
				s.about.Secret = finding.NewSecret("https://" + host + "/x/" + knownKey)
			}
			s.hosts = append(s.hosts, host)
		}
		out = append(out, s)
	}
	return out
}

// TestBuiltinShapes plays every shape of answer to every rule, over TLS and through the whole verifier. A verdict that
// is not the expected one, a request to another host or a cause with the secret in it fails.
func TestBuiltinShapes(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of handshakes: left out of the short run")
	}
	all := httpRules(t)
	providers := map[string]bool{}
	for _, r := range all {
		providers[r.rule.Provider] = true
	}
	if len(providers) < 200 {
		t.Errorf("only %d providers can be asked over HTTP", len(providers))
	}
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.serve("portal.example", func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") })
			now := map[string]*rules.Verify{}
			var n atomic.Int64
			for i := range all {
				r := &all[i]
				if s.name == "expired" && means(r.rule.Verify, "expired") == nil {
					continue
				}
				n.Store(0)
				for _, host := range r.hosts {
					if now[host] == nil {
						w.serve(host, func(rw http.ResponseWriter, req *http.Request) {
							_, _ = io.Copy(io.Discard, req.Body)
							s.play(now[host], n.Add(1)-1, rw, req)
						})
					}
					now[host] = r.rule.Verify
				}
				o := w.options()
				o.Timeout, o.Retries = 5*time.Minute, -1 // thousands of handshakes share the processors
				got := verifyAll(t, o, ruleSet(*r.rule), r.about)[0]
				if want := s.want(r.rule.Verify); got.Status != want || !strings.Contains(got.Cause, s.cause) {
					t.Errorf("rule %q: %s (%s), want %s (%s)", r.rule.ID, got.Status, got.Cause, want, s.cause)
				}
				if strings.Contains(got.Cause, knownKey) {
					t.Errorf("rule %q: the cause holds the secret: %s", r.rule.ID, got.Cause)
				}
			}
		})
	}
}

// TestBuiltinTimeouts leaves every rule without an answer.
func TestBuiltinTimeouts(t *testing.T) {
	w := newWorld(t)
	all := httpRules(t)
	served := map[string]bool{}
	for _, r := range all {
		for _, host := range r.hosts {
			if !served[host] {
				served[host] = true
				w.place(host, "443", "127.0.0.1:"+silent(t))
			}
		}
	}
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			r := &all[i]
			o := w.options()
			o.Timeout, o.Retries = 200*time.Millisecond, -1
			got := verifyAll(t, o, ruleSet(*r.rule), r.about)[0]
			if got.Status != finding.Unknown || got.Cause != "no answer in time" {
				t.Errorf("rule %q: %s (%s), want unknown for the time", r.rule.ID, got.Status, got.Cause)
			}
		})
	}
	wg.Wait()
}
