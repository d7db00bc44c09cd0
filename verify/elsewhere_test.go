package verify

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/rules/builtin"
)

// TestSeveralHosts: a password that stands beside several hosts is asked about at each that the user named, and is dead
// only when all of them say so and none was left out.
func TestSeveralHosts(t *testing.T) {
	at := func(host string) []finding.Part { return []finding.Part{part("host", host), part("user", realUser)} }
	cases := []struct {
		name   string
		secret string
		allow  []string
		want   finding.Status
		cause  string
		also   string
		asked  string
	}{
		{"live at the second", realPass, []string{"b.example.com"}, finding.Live, "", "", "b"},
		{"live at two", realPass, []string{"*.example.com"}, finding.Live, "", "c.example.com:27017", "bc"},
		{"dead at all", wrongPass, []string{"*.example.com"}, finding.Dead, "", "", "bc"},
		{"one left out", wrongPass, []string{"b.example.com"}, finding.Unknown, "c.example.com comes from the finding", "", "b"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			asked := map[string]bool{}
			for _, name := range []string{"b", "c"} {
				w.wire(name+".example.com", "27017", func(conn net.Conn) {
					w.mu.Lock()
					asked[name] = true
					w.mu.Unlock()
					mongoServer(mongoKind{})(conn)
				})
			}
			f := secretOf("login", c.secret, at("b.example.com")...)
			f.Elsewhere = [][]finding.Part{at("c.example.com")}
			o := w.options()
			o.AllowHosts = c.allow
			got := verifyAll(t, o, ruleSet(rules.Rule{ID: "login", Verify: &rules.Verify{Protocol: "mongodb", Cost: "free"}}), f)[0]
			if got.Status != c.want || !strings.Contains(got.Cause, c.cause) || got.Facts[factAlso] != c.also {
				t.Errorf("%s (%s) %v, want %s with %q, also %q", got.Status, got.Cause, got.Facts, c.want, c.cause, c.also)
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			for _, name := range []string{"b", "c"} {
				if asked[name] != strings.Contains(c.asked, name) {
					t.Errorf("%s asked: %v", name, asked[name])
				}
			}
		})
	}
}

// TestCausesNameHosts: where a credential belongs is no secret, so causes tell it; and a host is the same with a dot at
// its end.
func TestCausesNameHosts(t *testing.T) {
	w := newWorld(t)
	w.serve("api.example.com", honest)
	r := exampleRule("ex", "{part:host}")
	ask := func(allow, host string) finding.Verdict {
		o := w.options()
		o.AllowHosts = []string{allow}
		return verifyAll(t, o, ruleSet(r), secretOf("ex", goodKey, part("host", host)))[0]
	}
	if got := ask("169.254.169.254", "169.254.169.254"); got.Status != finding.NotChecked || !strings.Contains(got.Cause, "169.254.169.254 is never contacted") {
		t.Errorf("%s (%s)", got.Status, got.Cause)
	}
	if got := ask("Api.Example.com.", "api.example.com"); got.Status != finding.Live {
		t.Errorf("%s (%s)", got.Status, got.Cause)
	}
	w.serve("any.example.com", answer(200, "application/json", `{"user":{"login":"anyone"}}`))
	if got := ask("any.example.com", "any.example.com"); got.Status != finding.Unreliable || len(got.Facts) > 0 {
		t.Errorf("a host that accepts anything: %s, facts %v", got.Status, got.Facts)
	}
}

// TestProvenPair: of several key ids that stand near a secret or in other places, the verdict says which one was proven
// live, without showing it, and says the same out of the cache.
func TestProvenPair(t *testing.T) {
	const good, near, far = "AKIDGOOD0000000001", "AKIDNEAR0000000002", "AKIDFAR00000000003"
	cases := []struct {
		name      string
		parts     []finding.Part
		elsewhere [][]finding.Part
		want      string
	}{
		{"second of the place", []finding.Part{part("key id", near), part("key id", good)}, nil, "key id " + finding.Mask(good) + " (2 of 2)"},
		{"of another place", []finding.Part{part("key id", near)}, [][]finding.Part{{part("key id", far)}, {part("key id", good)}}, "key id " + finding.Mask(good) + " (3 of 3)"},
		{"no choice", []finding.Part{part("key id", good)}, nil, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			asked := 0
			w.serve("api.example.com", func(rw http.ResponseWriter, r *http.Request) {
				w.mu.Lock()
				asked++
				w.mu.Unlock()
				if r.Header.Get("Authorization") == "Bearer "+goodKey && r.URL.Path == "/"+good {
					answer(200, "application/json", `{"user":{"login":"octo"}}`)(rw, r)
					return
				}
				answer(401, "application/json", `{}`)(rw, r)
			})
			r := exampleRule("ex", "api.example.com")
			r.Verify.URL = "https://api.example.com/{part:key id}"
			o := w.options()
			o.Cache = filepath.Join(t.TempDir(), "cache")
			for round := range 2 {
				f := secretOf("ex", goodKey, c.parts...)
				f.Elsewhere = c.elsewhere
				got := verifyAll(t, o, ruleSet(r), f)[0]
				if got.Status != finding.Live || got.Facts[factPair] != c.want || got.Facts["user"] != "octo" {
					t.Errorf("round %d: %s (%s) %v, want %q", round, got.Status, got.Cause, got.Facts, c.want)
				}
			}
			if want := len(c.parts) + len(c.elsewhere) + 1; asked != want { // with the control; the second round is cached
				t.Errorf("asked %d times, want %d", asked, want)
			}
			cached, err := os.ReadFile(o.Cache)
			if err != nil || strings.Contains(string(cached), good) || strings.Contains(string(cached), goodKey) {
				t.Errorf("%v: the cache holds a part or the secret", err)
			}
		})
	}
}

// TestNexus: an npm token of Nexus is asked about at the repository that its .npmrc names, when the user allows the host.
func TestNexus(t *testing.T) {
	const token = "NpmToken.aa932d88-7332-4c7c-a365-" + "d5e0e2e8896d"
	var rule rules.Rule
	for _, r := range builtin.Rules() {
		if r.ID == "nexus-token" {
			rule = r
		}
	}
	for _, c := range []struct {
		name   string
		known  bool
		status int
		parts  []finding.Part
		want   finding.Status
		cause  string
	}{
		{"live", true, 0, []finding.Part{part("host", "nexus.acme.example"), part("repository", "npm-private")}, finding.Live, ""},
		{"revoked", false, 0, []finding.Part{part("host", "nexus.acme.example"), part("repository", "npm-private")}, finding.Dead, ""},
		{"old server", true, 404, []finding.Part{part("host", "nexus.acme.example"), part("repository", "npm-private")}, finding.Unknown, "404"},
		{"host not named", true, 0, []finding.Part{part("host", "other.acme.example"), part("repository", "npm-private")}, finding.NotChecked, "other.acme.example comes from the finding"},
		{"nowhere", true, 0, nil, finding.NotChecked, "was not found"},
	} {
		w := newWorld(t)
		w.serve("nexus.acme.example", func(rw http.ResponseWriter, r *http.Request) {
			switch {
			case c.status != 0:
				answer(c.status, "application/json", `{"success":false}`)(rw, r)
			case c.known && r.URL.Path == "/repository/npm-private/-/whoami" && r.Header.Get("Authorization") == "Bearer "+token:
				answer(200, "application/json", `{"username":"deploy"}`)(rw, r)
			default:
				answer(401, "text/plain", "")(rw, r)
			}
		})
		o := w.options()
		o.AllowHosts = []string{"nexus.acme.example"}
		if got := verifyAll(t, o, ruleSet(rule), secretOf("nexus-token", token, c.parts...))[0]; got.Status != c.want || !strings.Contains(got.Cause, c.cause) {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, got.Status, got.Cause, c.want, c.cause)
		}
	}
}
