package verify

import (
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// kubernetesServer answers as an API server of version 1.28 and later, or of one before, which knows no reviews.
func kubernetesServer(t *testing.T, old bool) http.HandlerFunc {
	status := func(w http.ResponseWriter, r *http.Request, code int, reason, message string) {
		answer(code, "application/json", `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"`+reason+`","message":`+message+`}`)(w, r)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "GET" && r.URL.Path != kubernetesReview {
			t.Errorf("%s %s could change something", r.Method, r.URL.Path)
		}
		switch {
		case r.Header.Get("Authorization") != "Bearer "+goodKey:
			status(w, r, 401, "Unauthorized", `"Unauthorized"`)
		case old && r.URL.Path == kubernetesReview:
			status(w, r, 404, "NotFound", `"the server could not find the requested resource"`)
		case old:
			status(w, r, 403, "Forbidden", `"namespaces is forbidden: User \"system:serviceaccount:ci:bot\" cannot list resource"`)
		default:
			answer(201, "application/json", `{"kind":"SelfSubjectReview","status":{"userInfo":{"username":"system:serviceaccount:ci:bot","groups":["system:masters","system:authenticated"]}}}`)(w, r)
		}
	}
}

func TestKubernetes(t *testing.T) {
	for _, old := range []bool{false, true} {
		w := newWorld(t)
		w.serve("api.k8s.example.com", kubernetesServer(t, old))
		w.serve("portal.k8s.example.com", answer(403, "application/json", `{"kind":"Status","reason":"Forbidden","message":"User \"system:anonymous\" cannot"}`))
		o := w.options()
		o.AllowHosts = []string{"*.k8s.example.com"}
		look := ruleSet(rules.Rule{ID: "k8s", Verify: &rules.Verify{Protocol: "kubernetes", Cost: "free"}})
		host := part("host", "https://api.k8s.example.com/")
		got := verifyAll(t, o, look, secretOf("k8s", goodKey, host), secretOf("k8s", badKey, host), secretOf("k8s", goodKey),
			secretOf("k8s", goodKey, part("host", "portal.k8s.example.com")), secretOf("k8s", goodKey, part("host", "api.other.example.com")))
		for i, want := range []finding.Status{finding.Live, finding.Dead, finding.NotChecked, finding.Unknown, finding.NotChecked} {
			if got[i].Status != want {
				t.Errorf("old %v, %d: %s (%s), want %s", old, i, got[i].Status, got[i].Cause, want)
			}
		}
		if got[0].Facts["user"] != "system:serviceaccount:ci:bot" {
			t.Errorf("facts %v", got[0].Facts)
		}
		if v := got[0]; !old && v.Rights() < 3*finding.RightsLevel {
			t.Errorf("system:masters are administrators: %d", v.Rights())
		}
	}
}

// TestRegistryTokens logs in where a token server gives out tokens, and sends no password to one that the registry has
// no business with.
func TestRegistryTokens(t *testing.T) {
	w := newWorld(t)
	challenge := func(realm string) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" {
				t.Error("the registry itself got the password")
			}
			rw.Header().Set("Www-Authenticate", `Bearer realm="`+realm+`",service="registry.test",scope="x"`)
			answer(401, "application/json", `{"errors":[{"code":"UNAUTHORIZED"}]}`)(rw, r)
		}
	}
	tokens := func(rw http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if r.URL.Query().Get("service") != "registry.test" || r.URL.Query().Get("scope") != "" {
			t.Errorf("asked for %s", r.URL.RawQuery)
		}
		if user == "bot" && password == goodKey {
			answer(200, "application/json", `{"token":"t"}`)(rw, r)
			return
		}
		answer(401, "application/json", `{"details":"incorrect username or password"}`)(rw, r)
	}
	w.serve("registry-1.docker.io", challenge("https://auth.docker.io/token"))
	w.serve("auth.docker.io", tokens)
	w.serve("registry.corp.example", challenge("https://registry.corp.example/auth"))
	w.serve("registry.evil.example", challenge("https://thief.example/auth"))
	w.serve("thief.example", func(http.ResponseWriter, *http.Request) { t.Error("the password went to a third host") })
	w.serve("open.corp.example", func(rw http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(rw, "{}") })
	o := w.options()
	o.AllowHosts = []string{"registry.evil.example", "open.corp.example"}
	look := ruleSet(rules.Rule{ID: "auth", Verify: &rules.Verify{Protocol: "docker-registry", Cost: "free"}})
	auth := func(password string) string { return base64.StdEncoding.EncodeToString([]byte("bot:" + password)) }
	cases := []struct {
		secret, host string
		want         finding.Status
		cause        string
	}{
		{auth(goodKey), "https://index.docker.io/v1/", finding.Live, ""},
		{auth(badKey), "docker.io", finding.Dead, ""},
		{auth(goodKey), "registry.corp.example", finding.NotChecked, "--allow-host"},
		{auth(goodKey), "registry.evil.example", finding.NotChecked, "thief.example"},
		{auth(goodKey), "open.corp.example", finding.Unknown, "asks for no password"},
		{"bm90LWEtbG9naW4=", "docker.io", finding.NotChecked, "user was not found"},
	}
	for _, c := range cases {
		got := verifyAll(t, o, look, secretOf("auth", c.secret, part("host", c.host)))[0]
		if got.Status != c.want || !strings.Contains(got.Cause, c.cause) {
			t.Errorf("%s at %s: %s (%s), want %s (%s)", c.secret, c.host, got.Status, got.Cause, c.want, c.cause)
		}
	}
}
