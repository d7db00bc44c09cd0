package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

func answer(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// honest answers as an API should: it knows goodKey alone.
func honest(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") == "Bearer "+goodKey {
		w.Header().Set("X-Scopes", "repo, user")
		answer(200, "application/json", `{"user":{"login":"octo"}}`)(w, r)
		return
	}
	answer(401, "application/json", `{"message":"bad credentials"}`)(w, r)
}

// TestAnswers gives every kind of answer to one question. Only the first may be live.
func TestAnswers(t *testing.T) {
	const page = `<!DOCTYPE html><html><body>"user":{"login":"x"}</body></html>`
	cases := []struct {
		name    string
		handler http.HandlerFunc
		status  finding.Status
		cause   string
	}{
		{"live", honest, finding.Live, ""},
		{"revoked", answer(401, "application/json", `{"message":"bad credentials"}`), finding.Dead, ""},
		{"empty 401", answer(401, "", ""), finding.Dead, ""},
		{"expired", answer(401, "application/json", `{"message":"token expired"}`), finding.Expired, ""},
		{"accepts anything", answer(200, "application/json", `{"user":{"login":"anyone"}}`), finding.Unreliable, "made-up key"},
		{"firewall 403", answer(403, "text/plain", "blocked"), finding.Unknown, "proves nothing"},
		{"empty 200", answer(200, "application/json", ""), finding.Unknown, "proves nothing"},
		{"null user", answer(200, "application/json", `{"user":null}`), finding.Unknown, "proves nothing"},
		{"422", answer(422, "application/json", `{"user":{"login":"x"}}`), finding.Unknown, "proves nothing"},
		{"HTML 200", answer(200, "text/html", page), finding.Unknown, "HTML"},
		{"HTML without type", answer(200, "application/json", " \n"+page), finding.Unknown, "HTML"},
		{"HTML 401 of a portal", answer(401, "text/html; charset=utf-8", page), finding.Unknown, "HTML"},
		{"cut JSON", answer(200, "application/json", `{"user":{"login":"x"},`), finding.Unknown, "cut short"},
		{"cut body", cutBody, finding.Unknown, "cut"},
		{"rate limit", answer(429, "application/json", `{}`), finding.Unknown, "rate limit"},
		{"limit as 403", limitAs403, finding.Unknown, "rate limit"},
		{"error 500", answer(500, "application/json", `{"user":{"login":"x"}}`), finding.Unknown, "trouble"},
		{"CDN error page", answer(503, "text/html", page), finding.Unknown, "trouble"},
		{"captive portal", redirectTo("https://portal.example/login"), finding.Unknown, "portal.example"},
		{"to plain http", redirectTo("http://api.example.com/me"), finding.Unknown, "not followed"},
		{"loop", redirectTo("/me"), finding.Unknown, "too many redirects"},
		{"says it in full", echo, finding.Unknown, "proves nothing"},
		{"time-out", hang, finding.Unknown, "no answer in time"},
		{"endless body", endless, finding.Unknown, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.serve("api.example.com", c.handler)
			o := w.options()
			o.Retries = 1
			if c.name == "time-out" {
				o.Timeout = 300 * time.Millisecond
			}
			got := verifyAll(t, o, ruleSet(exampleRule("ex", "api.example.com")), secretOf("ex", goodKey))[0]
			if got.Status != c.status || !strings.Contains(got.Cause, c.cause) {
				t.Errorf("verdict %q (%q), want %q with %q", got.Status, got.Cause, c.status, c.cause)
			}
			if strings.Contains(got.Cause, goodKey) {
				t.Errorf("the cause holds the secret: %s", got.Cause)
			}
			if got.Host != "api.example.com" {
				t.Errorf("host %q", got.Host)
			}
		})
	}
}

func cutBody(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "500")
	_, _ = io.WriteString(w, `{"user":{"login":"x"}}`)
}

func limitAs403(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-RateLimit-Remaining", "0")
	answer(403, "application/json", `{}`)(w, r)
}

func redirectTo(url string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, url, http.StatusFound) }
}

func echo(w http.ResponseWriter, r *http.Request) {
	answer(400, "application/json", `{"error":"bad `+r.Header.Get("Authorization")+`"}`)(w, r)
}

func hang(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	for range 1000 {
		if _, err := io.WriteString(w, strings.Repeat("[", 4096)); err != nil {
			return
		}
	}
}

func TestFacts(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", honest)
	got := verifyAll(t, w.options(), ruleSet(exampleRule("ex", "api.example.com")), secretOf("ex", goodKey))[0]
	if diff := cmp.Diff(map[string]string{"user": "octo", "scopes": "repo, user"}, got.Facts); diff != "" {
		t.Error(diff)
	}
}

// TestAskedOnce counts requests: one for a secret wherever it stands, one control for all live keys of a rule.
func TestAskedOnce(t *testing.T) {
	w := newWorld(t)
	var n atomic.Int64
	w.serve("api.example.com", func(rw http.ResponseWriter, r *http.Request) { n.Add(1); honest(rw, r) })
	f := secretOf("ex", goodKey)
	got := verifyAll(t, w.options(), ruleSet(exampleRule("ex", "api.example.com")), f, f, secretOf("ex", badKey), f)
	for i, want := range []finding.Status{finding.Live, finding.Live, finding.Dead, finding.Live} {
		if got[i].Status != want {
			t.Errorf("finding %d: %s, want %s", i, got[i].Status, want)
		}
	}
	if n.Load() != 3 {
		t.Errorf("%d requests, want 2 and a control", n.Load())
	}
}

func TestNotAsked(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", func(http.ResponseWriter, *http.Request) { t.Error("asked") })
	canary := secretOf("ex", goodKey)
	canary.Tags = []string{"canary"}
	noParts := exampleRule("parts", "api.example.com")
	noParts.Verify.Headers[0].Value = "{part:account}:{secret}"
	broken := secretOf("ex", goodKey+"\r\nX: y")
	paid := exampleRule("paid", "api.example.com")
	paid.Verify.Cost = "paid"
	got := verifyAll(t, w.options(), ruleSet(exampleRule("ex", "api.example.com"), noParts, paid, rules.Rule{ID: "silent"}),
		secretOf("paid", goodKey), canary, secretOf("unheard-of", goodKey), secretOf("silent", goodKey), secretOf("ex", ""), secretOf("parts", goodKey), broken)
	for i, want := range []string{"cost \"paid\"", "canary", "not known", "cannot be asked", "no secret", "account was not found", "line break"} {
		if got[i].Status != finding.NotChecked || !strings.Contains(got[i].Cause, want) {
			t.Errorf("%d: %s (%s), want not checked with %q", i, got[i].Status, got[i].Cause, want)
		}
	}
}

func TestRetriesUntilAnswer(t *testing.T) {
	w := newWorld(t)
	var n atomic.Int64
	w.serve("api.example.com", func(rw http.ResponseWriter, r *http.Request) {
		switch n.Add(1) {
		case 1:
			answer(502, "text/html", "<html>")(rw, r)
		case 2:
			rw.Header().Set("Retry-After", "0.05")
			answer(429, "application/json", "{}")(rw, r)
		default:
			honest(rw, r)
		}
	})
	start := time.Now()
	got := verifyAll(t, w.options(), ruleSet(exampleRule("ex", "api.example.com")), secretOf("ex", goodKey))[0]
	if got.Status != finding.Live {
		t.Errorf("%s (%s), want live", got.Status, got.Cause)
	}
	if d := time.Since(start); d < 50*time.Millisecond {
		t.Errorf("asked again after %s: Retry-After was not kept", d)
	}
}

// TestLongRetryAfter must not wait for an hour, and must not go on asking the host.
func TestLongRetryAfter(t *testing.T) {
	w := newWorld(t)
	var n atomic.Int64
	w.serve("api.example.com", func(rw http.ResponseWriter, r *http.Request) {
		n.Add(1)
		rw.Header().Set("Retry-After", "3600")
		answer(429, "application/json", "{}")(rw, r)
	})
	o := w.options()
	o.PerHost = 1
	got := verifyAll(t, o, ruleSet(exampleRule("ex", "api.example.com")), secretOf("ex", goodKey), secretOf("ex", badKey))
	for _, v := range got {
		if v.Status != finding.Unknown || !strings.Contains(v.Cause, "rate limit") {
			t.Errorf("%s (%s)", v.Status, v.Cause)
		}
	}
	if n.Load() != 1 {
		t.Errorf("%d requests, want 1", n.Load())
	}
}

func TestDeadHostIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", hang)
	o := w.options()
	o.Timeout, o.Retries, o.PerHost = 20*time.Millisecond, -1, 1
	var all []finding.Finding
	for i := range 12 {
		all = append(all, secretOf("ex", goodKey+strings.Repeat("x", i)))
	}
	got := verifyAll(t, o, ruleSet(exampleRule("ex", "api.example.com")), all...)
	if last := got[len(got)-1]; last.Status != finding.Unknown || !strings.Contains(last.Cause, "left alone") {
		t.Errorf("%s (%s)", last.Status, last.Cause)
	}
}

// TestEnds keeps what is known when the time is up or the run is interrupted.
func TestEnds(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", honest)
	w.serve("slow.example.com", hang)
	look := ruleSet(exampleRule("ex", "api.example.com"), exampleRule("slow", "slow.example.com"))
	ends := func(ctx context.Context, o Options, want error, cause string) finding.Status {
		o.Timeout = 10 * time.Minute
		all := []finding.Finding{secretOf("slow", goodKey), secretOf("ex", goodKey)}
		v, err := New(o, look)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Verify(ctx, all); !errors.Is(err, want) {
			t.Errorf("error %v, want %v", err, want)
		}
		if got := all[0].Verdict; got.Status != finding.NotChecked || got.Cause != cause {
			t.Errorf("slow: %+v", got)
		}
		return all[1].Verdict.Status
	}
	o := w.options()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o.Audit = writes(func(line []byte) {
		if bytes.Contains(line, []byte(`"event":"verdict","rule":"ex"`)) {
			cancel()
		}
	})
	if got := ends(ctx, o, context.Canceled, "interrupted"); got != finding.Live {
		t.Errorf("quick: %s", got)
	}
	o.Audit, o.Budget = nil, 300*time.Millisecond
	for got := finding.Unknown; got != finding.Live; o.Budget *= 4 { // the machine may be busy
		if got = ends(context.Background(), o, ErrBudget, "out of time"); got != finding.Live && o.Budget > time.Minute {
			t.Fatalf("quick: %s", got)
		}
	}
}

// writes is a writer that calls itself.
type writes func(b []byte)

func (w writes) Write(b []byte) (int, error) { w(b); return len(b), nil }

// TestNothingLeaks reads every byte that is written anywhere.
func TestNothingLeaks(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", honest)
	r := exampleRule("ex", "api.example.com")
	r.Verify.Facts = append(r.Verify.Facts, rules.KV{Key: "echo", Value: "header:X-Echo"})
	o := w.options()
	var log, dry bytes.Buffer
	o.Audit, o.Cache = &log, filepath.Join(t.TempDir(), "cache", "verdicts.json")
	all := []finding.Finding{secretOf("ex", goodKey), secretOf("ex", badKey)}
	first := verifyAll(t, o, ruleSet(r), all...)
	for _, line := range strings.Split(strings.TrimSpace(log.String()), "\n") {
		var l map[string]string
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		for _, k := range []string{"time", "actor", "rule", "finding", "host", "outcome"} {
			if l[k] == "" {
				t.Errorf("audit line without %s: %s", k, line)
			}
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 5 {
		t.Errorf("%d audit lines, want 2 requests, a control and 2 verdicts", n)
	}
	cached, err := os.ReadFile(o.Cache)
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.addrs = nil // whoever dials now fails
	w.mu.Unlock()
	again := verifyAll(t, o, ruleSet(r), all...)
	for i := range again {
		if !strings.HasPrefix(again[i].Cause, "as of 2") {
			t.Errorf("a verdict of the cache does not say so: %+v", again[i])
		}
		again[i].Cause = first[i].Cause
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("from the cache: %s", diff)
	}
	o.DryRun = &dry
	verifyAll(t, o, ruleSet(r), all...)
	if !strings.Contains(dry.String(), "GET https://api.example.com/me") || !strings.Contains(dry.String(), "Bearer exk_********") {
		t.Errorf("dry run: %s", dry.String())
	}
	for name, text := range map[string]string{"audit": log.String(), "cache": string(cached), "dry run": dry.String()} {
		for _, s := range []string{goodKey, badKey, goodKey[6:14]} {
			if strings.Contains(text, s) {
				t.Errorf("%s holds the secret: %s", name, text)
			}
		}
	}
}

// TestAuditFailureStops asks nobody when it cannot be recorded.
func TestAuditFailureStops(t *testing.T) {
	w := newWorld(t)
	var n atomic.Int64
	w.serve("api.example.com", func(rw http.ResponseWriter, r *http.Request) { n.Add(1); honest(rw, r) })
	o := w.options()
	o.Audit, o.PerHost = failing{}, 1
	v, err := New(o, ruleSet(exampleRule("ex", "api.example.com")))
	if err != nil {
		t.Fatal(err)
	}
	all := []finding.Finding{secretOf("ex", badKey), secretOf("ex", goodKey)}
	if err := v.Verify(context.Background(), all); err == nil {
		t.Error("no error")
	}
	if n.Load() != 1 || all[1].Verdict.Status != finding.NotChecked {
		t.Errorf("%d requests, second: %+v", n.Load(), all[1].Verdict)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// TestCacheNewestCounts: what an issuer said last is kept, though an earlier word would have been believed for longer.
func TestCacheNewestCounts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache")
	for _, c := range []struct {
		status finding.Status
		ttl    time.Duration
	}{{finding.Dead, 0}, {finding.Live, time.Minute}} {
		v, err := openCache(file, c.ttl, true)
		if err != nil {
			t.Fatal(err)
		}
		v.put("k", finding.Verdict{Status: c.status})
		if err := v.save(); err != nil {
			t.Fatal(err)
		}
	}
	v, err := openCache(file, 0, true)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := v.get("k"); !ok || got.Status != finding.Live {
		t.Errorf("%+v %v, want live", got, ok)
	}
}

// TestRetryAfterDate: a date is meant by the server's clock, which need not be ours.
func TestRetryAfterDate(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		after, date string
		want        time.Duration
	}{
		{"7", "", 7 * time.Second}, {"Mon, 23 Nov 2026 12:00:20 GMT", "", 20 * time.Second}, {"Mon, 23 Nov 2026 11:00:05 GMT", "Mon, 23 Nov 2026 11:00:00 GMT", 5 * time.Second},
		{"Mon, 23 Nov 2026 11:00:05 GMT", "", 0}, {"NaN", "", 0}, {"-3", "", 0}, {"soon", "never", 0},
	} {
		r := &Reply{Status: 429, Header: map[string][]string{"Retry-After": {c.after}}}
		if c.date != "" {
			r.Header["Date"] = []string{c.date}
		}
		if got := retryAfter(r, now); got != c.want {
			t.Errorf("%q by %q: %s, want %s", c.after, c.date, got, c.want)
		}
	}
}
