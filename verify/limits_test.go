package verify

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// TestBounds counts what is under way at once, at one host and in all, and connections.
func TestBounds(t *testing.T) {
	const perHost, total, hosts, each = 3, 5, 4, 12
	w := newWorld(t)
	var now, most atomic.Int64
	two := make(chan struct{}) // closed once two are under way
	meet := sync.OnceFunc(func() { close(two) })
	var all []finding.Finding
	var look = map[string]string{}
	for h := range hosts {
		host, id := fmt.Sprintf("api%d.example.com", h), fmt.Sprint("ex", h)
		look[id] = host
		var here atomic.Int64
		w.serve(host, func(rw http.ResponseWriter, r *http.Request) {
			defer func() { now.Add(-1); here.Add(-1) }()
			if n := here.Add(1); n > perHost {
				t.Errorf("%d requests at once to %s", n, host)
			}
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			if n > 1 {
				meet()
			}
			select {
			case <-two:
			case <-time.After(10 * time.Second):
			}
			time.Sleep(5 * time.Millisecond)
			honest(rw, r)
		})
		for i := range each {
			all = append(all, secretOf(id, fmt.Sprintf("%s%03d", badKey, i)))
		}
	}
	o := w.options()
	o.PerHost, o.Concurrency = perHost, total
	var set = ruleSet(exampleRule("ex0", look["ex0"]), exampleRule("ex1", look["ex1"]), exampleRule("ex2", look["ex2"]), exampleRule("ex3", look["ex3"]))
	for _, v := range verifyAll(t, o, set, all...) {
		if v.Status != finding.Dead {
			t.Fatalf("%+v", v)
		}
	}
	if n := most.Load(); n > total || n < 2 {
		t.Errorf("%d requests at once, want 2 to %d", n, total)
	}
	if n := len(w.dialed); n > perHost*hosts {
		t.Errorf("%d connections, want at most %d", n, perHost*hosts)
	}
}

// TestRate keeps requests apart, whatever the number of workers.
func TestRate(t *testing.T) {
	w := newWorld(t)
	var mu sync.Mutex
	var times []time.Time
	w.serve("api.example.com", func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		times = append(times, time.Now())
		mu.Unlock()
		honest(rw, r)
	})
	o := w.options()
	o.Rate = 50
	var all []finding.Finding
	for i := range 10 {
		all = append(all, secretOf("ex", fmt.Sprintf("%s%03d", badKey, i)))
	}
	start := time.Now()
	verifyAll(t, o, ruleSet(exampleRule("ex", "api.example.com")), all...)
	for i, at := range times { // one may be late, none early
		if d := at.Sub(start); d < time.Duration(i)*20*time.Millisecond {
			t.Errorf("%d requests in %s, want 20 ms between two", i+1, d)
		}
	}
}

// TestProxy goes through a proxy at a private address, which the user named. Addresses are guarded there too.
func TestProxy(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", honest)
	var asked []string
	proxy := func(c net.Conn) {
		r := bufio.NewReader(c)
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		asked = append(asked, req.Host)
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		to, err := net.Dial("tcp", w.addrs["93.184.0.1:443"])
		if err != nil {
			return
		}
		defer to.Close()
		go func() { _, _ = io.Copy(to, r) }()
		_, _ = io.Copy(c, to)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); proxy(c) }()
		}
	}()
	o := w.options()
	o.Dial, o.PerHost = nil, 1
	o.ProxyURL = "http://" + l.Addr().String()
	literal := exampleRule("literal", "{part:host}")
	look := ruleSet(exampleRule("ex", "api.example.com"), literal)
	o.AllowHosts = []string{"2852039166"} // 169.254.169.254
	got := verifyAll(t, o, look, secretOf("ex", goodKey), secretOf("literal", goodKey, part("host", "127.0.0.1")), secretOf("literal", goodKey, part("host", "2852039166")))
	if got[0].Status != finding.Live || got[1].Status != finding.NotChecked || got[2].Status != finding.NotChecked {
		t.Errorf("%+v", got)
	}
	for _, h := range asked {
		if h != "api.example.com:443" {
			t.Errorf("the proxy was asked for %s", h)
		}
	}
	o.ProxyURL = "gopher://x"
	if _, err := New(o, look); err == nil || !strings.Contains(err.Error(), "proxy") {
		t.Errorf("error %v", err)
	}
}

func TestEmergency(t *testing.T) {
	f := func(id string, status finding.Status, s finding.Severity, rights string) finding.Finding {
		return finding.Finding{ID: id, Severity: s, Verdict: &finding.Verdict{Status: status, Facts: map[string]string{"scopes": rights}}}
	}
	all := []finding.Finding{
		f("dead", finding.Dead, finding.Critical, ""), f("live-read", finding.Live, finding.High, "read:user"),
		f("unknown", finding.Unknown, finding.Critical, ""), f("live-admin", finding.Live, finding.High, "repo, admin:org"),
		{ID: "unasked", Severity: finding.Low}, f("live-critical", finding.Live, finding.Critical, ""),
		{ID: "hidden", Severity: finding.Critical, Suppression: &finding.Suppression{}, Verdict: &finding.Verdict{Status: finding.Live}},
	}
	var got []string
	for _, i := range Emergency(all) {
		got = append(got, all[i].ID)
	}
	if diff := cmp.Diff([]string{"live-admin", "live-critical", "live-read", "unknown", "unasked", "dead", "hidden"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestProxyRefuses: what a proxy says is told as what it is, and proves nothing.
func TestProxyRefuses(t *testing.T) {
	for _, c := range []struct {
		status string
		cause  string
		tries  int
	}{
		{"407 Proxy Authentication Required", "the proxy wants a login", 1},
		{"403 Forbidden", "the proxy does not let the connection through (status 403)", 1},
		{"502 Bad Gateway", "the proxy has trouble (status 502)", 2},
	} {
		tries := 0
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan bool)
		go func() {
			defer close(done)
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					tries++
					_, _ = io.WriteString(conn, "HTTP/1.1 "+c.status+"\r\nContent-Length: 0\r\n\r\n")
				}
				_ = conn.Close()
			}
		}()
		o := newWorld(t).options()
		o.Dial, o.ProxyURL, o.Retries = nil, "http://"+l.Addr().String(), 1
		got := verifyAll(t, o, ruleSet(exampleRule("ex", "api.example.com")), secretOf("ex", goodKey))[0]
		_ = l.Close()
		<-done
		if got.Status != finding.Unknown || !strings.Contains(got.Cause, c.cause) || tries != c.tries {
			t.Errorf("%s: %s (%s) after %d tries, want %q after %d", c.status, got.Status, got.Cause, tries, c.cause, c.tries)
		}
	}
}
