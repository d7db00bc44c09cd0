package verify

import (
	"fmt"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/kubetest"
	"github.com/unleak/unleak/rules"
)

// TestRealKubernetes asks an API server about tokens of service accounts and about client certificates.
func TestRealKubernetes(t *testing.T) {
	c := kubetest.Start(t)
	live, gone := c.Token("ci"), c.Token("old")
	c.Do("DELETE", "/api/v1/namespaces/default/serviceaccounts/old", nil)
	fake, _ := mutate(live)
	other := newClusterCA(t)
	strangeKey, strangeCert := other.client("admin", other.cert.NotAfter)
	noRights, noRightsKey := c.User("dev", "team")
	host, authority := part("host", "https://"+c.Host), part(partAuthority, base64Of(string(c.Authority)))
	with := func(cert string) []finding.Part { return []finding.Part{host, authority, part(partCertificate, cert)} }
	o := Options{AllowPrivate: true, AllowHosts: []string{c.Host}, ProxyURL: "direct", Rate: -1}
	look := ruleSet(rules.Rule{ID: "k8s", Verify: &rules.Verify{Protocol: "kubernetes", Cost: "free"}})
	for _, q := range []struct {
		name, secret string
		parts        []finding.Part
		want         finding.Status
		user         string
	}{
		{"token", live, []finding.Part{host, authority}, finding.Live, "system:serviceaccount:default:ci"},
		{"token of an account that is gone", gone, []finding.Part{host, authority}, finding.Dead, ""},
		{"made-up token", fake, []finding.Part{host, authority}, finding.Dead, ""},
		{"token, authority not known", live, []finding.Part{host}, finding.Unknown, ""},
		{"administrator's key", base64Of(string(c.AdminKey)), with(base64Of(string(c.AdminCert))), finding.Live, "admin"},
		{"key of somebody without rights", string(noRightsKey), with(string(noRights)), finding.Live, "dev"},
		{"key of another cluster", strangeKey, with(strangeCert), finding.Dead, ""},
	} {
		got := verifyAll(t, o, look, secretOf("k8s", q.secret, q.parts...))[0]
		if got.Status != q.want || got.Facts["user"] != q.user {
			t.Errorf("%s: %s (%s) %v, want %s as %q", q.name, got.Status, got.Cause, got.Facts, q.want, q.user)
		}
	}
}

// TestRealKubeconfig asks about what the built-in rules find in kubeconfigs, with what they find beside it.
func TestRealKubeconfig(t *testing.T) {
	c := kubetest.Start(t)
	all, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := detectors.New(all, detectors.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := func(login string) string {
		return fmt.Sprintf("apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: %s\n    server: https://%s\n  name: k\ncontexts:\n- context:\n    cluster: k\n    user: u\n  name: c\ncurrent-context: c\nkind: Config\nusers:\n- name: u\n  user:\n%s\n",
			base64Of(string(c.Authority)), c.Host, login)
	}
	gone := c.Token("old")
	c.Do("DELETE", "/api/v1/namespaces/default/serviceaccounts/old", nil)
	for _, q := range []struct {
		name, login, rule string
		want              finding.Status
	}{
		{"certificate", "    client-certificate-data: " + base64Of(string(c.AdminCert)) + "\n    client-key-data: " + base64Of(string(c.AdminKey)), "private-key", finding.Live},
		{"token", "    token: " + c.Token("ci"), "kubernetes-service-account-token", finding.Live},
		{"token that is gone", "    token: " + gone, "kubernetes-service-account-token", finding.Dead},
	} {
		var found []finding.Finding
		for _, m := range engine.Resolve(engine.NewScanner().Scan([]byte(text(q.login)), nil, nil)) {
			found = append(found, finding.Finding{ID: m.Rule, Rule: m.Rule, Secret: finding.NewSecret(m.Secret), Parts: m.Parts})
		}
		if len(found) != 1 || found[0].Rule != q.rule {
			t.Errorf("%s: found %d, want one of %s", q.name, len(found), q.rule)
			continue
		}
		o := Options{AllowPrivate: true, AllowHosts: []string{c.Host}, ProxyURL: "direct", Rate: -1}
		if got := verifyAll(t, o, ruleSet(all...), found...)[0]; got.Status != q.want {
			t.Errorf("%s: %s (%s), want %s", q.name, got.Status, got.Cause, q.want)
		}
	}
}
