package verify

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// BenchmarkThroughput asks 20 providers about 10,000 credentials; each answers after 50 ms and takes 100 requests a
// second, 10 at once. The ideal is 500 requests a provider at that rate: 5 s. Run it with
//
//	go test ./verify -run '^$' -bench Throughput -benchtime 3x
func BenchmarkThroughput(b *testing.B) {
	const (
		providers, each = 20, 500
		perHost         = 10
		latency         = 50 * time.Millisecond
		rate            = 100
		ideal           = each * time.Second / rate
	)
	w := newWorld(b)
	var all []rules.Rule
	for p := range providers {
		host := fmt.Sprintf("api%d.example.com", p)
		w.serve(host, func(rw http.ResponseWriter, r *http.Request) { time.Sleep(latency); honest(rw, r) })
		all = append(all, exampleRule(fmt.Sprint("ex", p), host))
	}
	o := w.options()
	o.PerHost, o.Concurrency, o.Rate, o.Timeout = perHost, providers*perHost, rate, 10*time.Second
	findings := make([]finding.Finding, providers*each)
	for i := range findings {
		findings[i] = secretOf(fmt.Sprint("ex", i%providers), fmt.Sprintf("%s%06d", badKey, i))
	}
	v, err := New(o, ruleSet(all...))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := v.Verify(context.Background(), findings); err != nil {
			b.Fatal(err)
		}
		clear(v.cache.entries)
	}
	for i := range findings {
		if findings[i].Verdict.Status != finding.Dead {
			b.Fatalf("%d: %+v", i, findings[i].Verdict)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/ideal.Seconds(), "x-ideal")
}

// BenchmarkRateLimit asks one provider 100 times at 200 requests a second: the limit alone sets the time.
func BenchmarkRateLimit(b *testing.B) {
	const n, rate = 100, 200
	w := newWorld(b)
	w.serve("api.example.com", honest)
	o := w.options()
	o.Rate = rate
	v, err := New(o, ruleSet(exampleRule("ex", "api.example.com")))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var findings []finding.Finding
		for i := range n {
			findings = append(findings, secretOf("ex", fmt.Sprintf("%s%06d", badKey, i)))
		}
		if err := v.Verify(context.Background(), findings); err != nil {
			b.Fatal(err)
		}
		clear(v.cache.entries)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/(float64(n)/rate), "x-ideal")
}

// BenchmarkCountingIssuer asks 4 providers about 400 credentials each. Each lets 100 requests a second through, 20 at a
// time, refuses more with Retry-After, and is not known to: the ideal is its own limit. All must be told in the end.
func BenchmarkCountingIssuer(b *testing.B) {
	const providers, each, rate, burst = 4, 400, 100, 20
	for b.Loop() {
		w := newWorld(b)
		var all []rules.Rule
		var findings []finding.Finding
		for p := range providers {
			host, id := fmt.Sprintf("api%d.example.com", p), fmt.Sprint("ex", p)
			w.serve(host, counting(rate, burst))
			all = append(all, exampleRule(id, host))
			for i := range each {
				findings = append(findings, secretOf(id, fmt.Sprintf("%s%06d", badKey, i)))
			}
		}
		o := w.options()
		o.PerHost, o.Rate, o.Timeout = 10, -1, 10*time.Second
		v, err := New(o, ruleSet(all...))
		if err != nil {
			b.Fatal(err)
		}
		if err := v.Verify(context.Background(), findings); err != nil {
			b.Fatal(err)
		}
		for i := range findings {
			if findings[i].Verdict.Status != finding.Dead {
				b.Fatalf("%d: %+v", i, findings[i].Verdict)
			}
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/(float64(each-burst)/rate), "x-ideal")
}

// counting answers after 50 ms, and refuses what is over its limit.
func counting(rate float64, burst float64) http.HandlerFunc {
	var mu sync.Mutex
	left, last := burst, time.Now()
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		now := time.Now()
		left, last = min(burst, left+now.Sub(last).Seconds()*rate), now
		ok := left >= 1
		if ok {
			left--
		}
		mu.Unlock()
		if !ok {
			w.Header().Set("Retry-After", "0.1")
			answer(429, "application/json", `{}`)(w, r)
			return
		}
		time.Sleep(50 * time.Millisecond)
		honest(w, r)
	}
}

// TestPaceFollowsIssuer slows down to what an issuer lets through, and no answer is lost to its limit.
func TestPaceFollowsIssuer(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", counting(200, 5))
	o := w.options()
	o.PerHost, o.Timeout = 8, 20*time.Second
	var all []finding.Finding
	for i := range 120 {
		all = append(all, secretOf("ex", fmt.Sprintf("%s%03d", badKey, i)))
	}
	for i, v := range verifyAll(t, o, ruleSet(exampleRule("ex", "api.example.com")), all...) {
		if v.Status != finding.Dead {
			t.Fatalf("%d: %s (%s)", i, v.Status, v.Cause)
		}
	}
}
