package verify

import (
	"testing"

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
