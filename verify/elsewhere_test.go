package verify

import (
	"net"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
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
