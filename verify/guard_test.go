package verify

import (
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

func TestGuardAddresses(t *testing.T) {
	public := []string{"93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"}
	private := []string{
		"10.0.0.1", "172.16.9.9", "172.31.255.255", "192.168.1.1", "127.0.0.1", "127.8.8.8", "100.64.0.1", "198.18.0.1", "203.0.113.9", "::1",
		"fc00::1", "fd12::1", "fec0::1", "2001:db8::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1",
		"64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:c0a8:101::1", "::10.0.0.1", "::ffff:0:10.0.0.1", "4000::1",
	}
	never := []string{
		"0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.1.1", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1",
		"100.100.100.200", "168.63.129.16", "::", "fe80::1", "fe80::1%eth0", "ff02::1", "fd00:ec2::254", "fd20:ce::254",
		"::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::169.254.169.254", "2001::1",
		"64:ff9b:1:a9fe:a9:fe00:808:808", "64:ff9b:1:a9:fe:a9fe:808:808",
	}
	closed, open := guard{}, guard{private: true}
	for _, list := range []struct {
		addrs        []string
		closed, open bool
	}{{public, true, true}, {private, false, true}, {never, false, false}} {
		for _, s := range list.addrs {
			a := netip.MustParseAddr(s)
			if got := closed.check(a) == nil; got != list.closed {
				t.Errorf("%s let through: %v, want %v", s, got, list.closed)
			}
			if got := open.check(a) == nil; got != list.open {
				t.Errorf("%s with private addresses let through: %v, want %v", s, got, list.open)
			}
		}
	}
}

// TestHostileResolver points a host of a rule at addresses inside. Nothing may be dialled there.
func TestHostileResolver(t *testing.T) {
	for _, addr := range []string{"127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:192.168.0.1", "fd00:ec2::254", "64:ff9b::7f00:1"} {
		w := newWorld(t)
		w.lookup = func(string) ([]netip.Addr, error) { return []netip.Addr{netip.MustParseAddr(addr)}, nil }
		got := verifyAll(t, w.options(), ruleSet(exampleRule("ex", "api.example.com")), secretOf("ex", goodKey))[0]
		if got.Status != finding.NotChecked || !strings.Contains(got.Cause, "address") || len(w.dialed) > 0 {
			t.Errorf("%s: %s (%s), dialled %v", addr, got.Status, got.Cause, w.dialed)
		}
	}
}

// TestRebinding answers each look-up with another address. What was checked must be what is dialled.
func TestRebinding(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", honest)
	good, n := w.names["api.example.com"][0], 0
	w.lookup = func(string) ([]netip.Addr, error) {
		if n++; n == 1 {
			return []netip.Addr{netip.MustParseAddr("10.0.0.1"), good}, nil
		}
		return []netip.Addr{netip.MustParseAddr("10.0.0.1")}, nil
	}
	got := verifyAll(t, w.options(), ruleSet(exampleRule("ex", "api.example.com")), secretOf("ex", badKey))[0]
	if got.Status != finding.Dead || n != 1 {
		t.Errorf("%s (%s) after %d look-ups", got.Status, got.Cause, n)
	}
	for _, d := range w.dialed {
		if strings.HasPrefix(d, "10.") {
			t.Errorf("dialled %s", d)
		}
	}
}

// TestRedirectCarriesNothing sends a redirect to a second server that must not hear of it.
func TestRedirectCarriesNothing(t *testing.T) {
	w := newWorld(t)
	w.serve("evil.example.net", func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	for _, to := range []string{
		"https://evil.example.net/me", "https://api.example.com@evil.example.net/", "//evil.example.net/", "https://127.0.0.1/",
		"https://api.example.com:8443/", "https://user@api.example.com/", "https://api.example.com.evil.example.net/",
		"https://evil.example.net/?k=" + goodKey, "file:///etc/passwd", "https://169.254.169.254/latest/meta-data",
	} {
		w.serve("api.example.com", redirectTo(to))
		got := verifyAll(t, w.options(), ruleSet(exampleRule("ex", "api.example.com")), secretOf("ex", goodKey))[0]
		if got.Status != finding.Unknown || strings.Contains(got.Cause, goodKey) {
			t.Errorf("%s: %s (%s)", to, got.Status, got.Cause)
		}
	}
}

func TestRedirectWithinHost(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/me" {
			http.Redirect(rw, r, "/v2/me", http.StatusMovedPermanently)
			return
		}
		honest(rw, r)
	})
	got := verifyAll(t, w.options(), ruleSet(exampleRule("ex", "api.example.com")), secretOf("ex", goodKey))[0]
	if got.Status != finding.Live {
		t.Errorf("%s (%s), want live", got.Status, got.Cause)
	}
}

// hostRule takes its host from the finding; *.example.com is the provider's own.
func hostRule() rules.Rule {
	r := exampleRule("ex", "{part:host=api.example.com}")
	r.Verify.Hosts = []string{"*.example.com"}
	return r
}

// TestHostFromFinding contacts what a finding names only when it is the provider's or the user's.
func TestHostFromFinding(t *testing.T) {
	w := newWorld(t)
	for _, h := range []string{"api.example.com", "eu.example.com", "git.corp.example"} {
		w.serve(h, honest)
	}
	cases := []struct {
		host  string
		allow []string
		want  finding.Status
	}{
		{"", nil, finding.Live},
		{"eu.example.com", nil, finding.Live},
		{"git.corp.example", nil, finding.NotChecked},
		{"git.corp.example", []string{"git.corp.example"}, finding.Live},
		{"git.corp.example", []string{"*.corp.example"}, finding.Live},
		{"git.corp.example", []string{"git.corp.example:8443"}, finding.NotChecked},
		{"corp.example", []string{"*.corp.example"}, finding.NotChecked},
		{"eu.example.com:8443", nil, finding.NotChecked},
		{"evil.net/x.example.com", nil, finding.NotChecked},
		{"evil.net#.example.com", nil, finding.NotChecked},
		{"user@eu.example.com", nil, finding.NotChecked},
		{"2130706433", nil, finding.NotChecked},
		{"2130706433", []string{"2130706433"}, finding.NotChecked},
		{"127.0.0.1", nil, finding.NotChecked},
		{"169.254.169.254", []string{"169.254.169.254"}, finding.NotChecked},
		{"[::1]", nil, finding.NotChecked},
	}
	for _, c := range cases {
		o := w.options()
		o.AllowHosts = c.allow
		f := secretOf("ex", goodKey)
		if c.host != "" {
			f.Parts = []finding.Part{part("host", c.host)}
		}
		got := verifyAll(t, o, ruleSet(hostRule()), f)[0]
		if got.Status != c.want {
			t.Errorf("host %q, allowed %v: %s (%s), want %s", c.host, c.allow, got.Status, got.Cause, c.want)
		}
	}
	for _, d := range w.dialed {
		if !strings.HasPrefix(d, "93.184.") || !strings.HasSuffix(d, ":443") {
			t.Errorf("dialled %s", d)
		}
	}
}

// TestWholeURL asks a credential that is a URL, at the hosts of its rule alone.
func TestWholeURL(t *testing.T) {
	w := newWorld(t)
	const token = "tok" + "en4Rk9Qz7mBn2Wp8Xc5Vt1LhJ3"
	w.serve("hooks.example.com", func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == "GET" && r.URL.Path == "/h/"+token {
			answer(200, "application/json", `{"user":{"login":"hook"}}`)(rw, r)
			return
		}
		answer(401, "application/json", `{}`)(rw, r)
	})
	w.serve("evil.example.net", func(http.ResponseWriter, *http.Request) { t.Error("asked") })
	r := exampleRule("hook", "x")
	r.Verify.URL, r.Verify.Hosts, r.Verify.Headers = wholeURL, []string{"hooks.example.com"}, nil
	if err := Check(&r); err != nil {
		t.Error(err)
	}
	got := verifyAll(t, w.options(), ruleSet(r), secretOf("hook", "https://hooks.example.com/h/"+token), secretOf("hook", "https://hooks.example.com/h/"+token+"x"),
		secretOf("hook", "https://evil.example.net/h/"+token), secretOf("hook", "https://hooks.example.com@evil.example.net/"+token), secretOf("hook", "http://hooks.example.com/h/"+token))
	for i, want := range []finding.Status{finding.Live, finding.Dead, finding.NotChecked, finding.NotChecked, finding.NotChecked} {
		if got[i].Status != want {
			t.Errorf("%d: %s (%s), want %s", i, got[i].Status, got[i].Cause, want)
		}
	}
}

func TestCheckURL(t *testing.T) {
	a, err := parseAllowed([]string{"db.corp.example:8443", "10.1.0.0/16", "plain.example"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"https://api.example.com/x":        true,
		"https://api.example.com:443/":     true,
		"https://api.example.com:8443/":    false,
		"http://api.example.com/":          false,
		"https://u:p@api.example.com/":     false,
		"ftp://api.example.com/":           false,
		"https:///x":                       false,
		"https:opaque":                     false,
		"https://db.corp.example:8443/":    true,
		"https://10.1.2.3:9000/":           true,
		"http://plain.example:8080/":       true,
		"https://x.plain.example:8080/":    false,
		"https://api.example.com%2e.evil/": false,
	} {
		u, err := url.Parse(text)
		if got := err == nil && a.checkURL(u, true) == nil; got != want {
			t.Errorf("%s let through: %v, want %v", text, got, want)
		}
	}
}

func TestSelfHosted(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", honest)
	r := hostRule()
	r.Verify.SelfHosted = true
	got := verifyAll(t, w.options(), ruleSet(r), secretOf("ex", badKey), secretOf("ex", goodKey))
	w.serve("api.example.com", answer(401, "application/json", `{"message":"token expired"}`))
	if v := verifyAll(t, w.options(), ruleSet(r), secretOf("ex", badKey))[0]; v.Status != finding.Expired {
		t.Errorf("%+v, want expired: the host says so", v)
	}
	w.serve("api.example.com", honest)
	if v := verifyAll(t, w.options(), ruleSet(r), secretOf("ex", badKey, part("host", "api.example.com")))[0]; v.Status != finding.Dead {
		t.Errorf("%+v, want dead: what stands beside it names the host", v)
	}
	if got[0].Status != finding.Unknown || !strings.Contains(got[0].Cause, "instance") || got[1].Status != finding.Live {
		t.Errorf("%+v", got)
	}
}

// TestInstancesAreRemembered: what one instance refuses, another one may take. A remembered verdict is of those that were asked.
func TestInstancesAreRemembered(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", answer(401, "application/json", "{}"))
	w.serve("one.corp.example", answer(401, "application/json", "{}"))
	w.serve("two.corp.example", honest)
	r := hostRule()
	r.Provider, r.Verify.SelfHosted = "forge", true
	o := w.options()
	o.Cache = filepath.Join(t.TempDir(), "cache")
	for _, c := range []struct {
		instance string
		want     finding.Status
	}{{"one", finding.Dead}, {"two", finding.Live}, {"one", finding.Dead}} {
		o.Instances = []string{"forge=" + c.instance + ".corp.example"}
		if v := verifyAll(t, o, ruleSet(r), secretOf("ex", goodKey))[0]; v.Status != c.want {
			t.Errorf("%s: %s (%s), want %s", c.instance, v.Status, v.Cause, c.want)
		}
	}
}

// TestHostBesideLeftOut: of two hosts that stand beside a credential one is not asked, so that nobody knows it to be dead.
func TestHostBesideLeftOut(t *testing.T) {
	w := newWorld(t)
	w.serve("a.corp.example", honest)
	w.serve("b.corp.example", honest)
	o := w.options()
	for allow, want := range map[string]finding.Status{"a.corp.example": finding.Unknown, "*.corp.example": finding.Dead} {
		o.AllowHosts = []string{allow}
		f := secretOf("ex", badKey, part("host", "a.corp.example"), part("host", "b.corp.example"))
		if v := verifyAll(t, o, ruleSet(hostRule()), f)[0]; v.Status != want {
			t.Errorf("%s allowed: %s (%s), want %s", allow, v.Status, v.Cause, want)
		}
	}
}

// TestInstances asks the user's own instance beside the public one, and then takes the refusal of both for dead.
func TestInstances(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", answer(401, "application/json", "{}"))
	w.serve("git.corp.example", honest)
	r := hostRule()
	r.Provider, r.Verify.SelfHosted = "forge", true
	o := w.options()
	got := verifyAll(t, o, ruleSet(r), secretOf("ex", goodKey))
	o.Instances = []string{"forge=git.corp.example", "other=x.example.com"}
	got = append(got, verifyAll(t, o, ruleSet(r), secretOf("ex", goodKey), secretOf("ex", badKey))...)
	for i, want := range []finding.Status{finding.Unknown, finding.Live, finding.Dead} {
		if got[i].Status != want {
			t.Errorf("%d: %s (%s), want %s", i, got[i].Status, got[i].Cause, want)
		}
	}
	for _, bad := range []string{"forge", "=x.example", "forge=*.x.example", "forge=a/b"} {
		o.Instances = []string{bad}
		if _, err := New(o, ruleSet(r)); err == nil {
			t.Errorf("%q is no instance, yet taken", bad)
		}
	}
}
