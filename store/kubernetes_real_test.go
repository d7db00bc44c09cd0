package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/unleak/unleak/internal/kubetest"
)

// documentedRole is the least role of docs/stores.md.
func documentedRole(t *testing.T) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "stores.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "```yaml\napiVersion: rbac")
	rest, _, closed := strings.Cut(rest, "```")
	role := map[string]any{}
	if err := yaml.Unmarshal([]byte("apiVersion: rbac"+rest), &role); err != nil || !ok || !closed || role["kind"] != "ClusterRole" {
		t.Fatalf("docs/stores.md has no role for Kubernetes: %v", err)
	}
	return role
}

// TestRealKubernetes reads Secrets of an API server with the documented role, by certificate and by token.
func TestRealKubernetes(t *testing.T) {
	c := kubetest.Start(t)
	secret := func(namespace, name string, data map[string]any) {
		c.Do("POST", "/api/v1/namespaces/"+namespace+"/secrets", map[string]any{"metadata": map[string]any{"name": name}, "stringData": data})
	}
	for _, n := range []string{"prod", "hidden"} {
		c.Do("POST", "/api/v1/namespaces", map[string]any{"metadata": map[string]any{"name": n}})
	}
	secret("prod", "db", map[string]any{"password": "db-value", "tls.crt": "public"})
	secret("hidden", "db", map[string]any{"password": "hidden-value"})
	const rbac = "/apis/rbac.authorization.k8s.io/v1/"
	c.Do("POST", rbac+"clusterroles", documentedRole(t))
	ref := map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "unleak"}
	user := func(name string) []any {
		return []any{map[string]any{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": name}}
	}
	c.Do("POST", rbac+"clusterrolebindings", map[string]any{"metadata": map[string]any{"name": "scan"}, "roleRef": ref, "subjects": append(user("scan"),
		map[string]any{"kind": "ServiceAccount", "namespace": "default", "name": "scan"})})
	c.Do("POST", rbac+"clusterroles", map[string]any{"metadata": map[string]any{"name": "names"}, "rules": []any{
		map[string]any{"apiGroups": []string{""}, "resources": []string{"namespaces"}, "verbs": []string{"list"}}}})
	c.Do("POST", rbac+"clusterrolebindings", map[string]any{"metadata": map[string]any{"name": "names"}, "subjects": user("some"),
		"roleRef": map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "names"}})
	c.Do("POST", rbac+"namespaces/prod/rolebindings", map[string]any{"metadata": map[string]any{"name": "some"}, "roleRef": ref, "subjects": user("some")})

	config := func(user string) Options {
		b := base64.StdEncoding.EncodeToString
		login := "token: " + user
		if !strings.HasPrefix(user, "ey") {
			cert, key := c.User(user)
			login = "client-certificate-data: " + b(cert) + ", client-key-data: " + b(key)
		}
		file := filepath.Join(t.TempDir(), "config")
		text := fmt.Sprintf("current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nclusters: [{name: k, cluster: {server: 'https://%s', certificate-authority-data: %s}}]\nusers: [{name: u, user: {%s}}]\n",
			c.Host, b(c.Authority), login)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return options("KUBECONFIG", file)
	}
	values := func(c *Contents) []string { // the server numbers versions as it likes
		var out []string
		for _, v := range c.Values {
			for _, r := range v.Refs {
				out = append(out, r.Name()+" = "+v.Secret.Reveal())
			}
		}
		return out
	}
	all := []string{"hidden/db#password = hidden-value", "prod/db#password = db-value"}
	byCert := read(t, "k8s://", config("scan"))
	want(t, values(byCert), all)
	want(t, values(read(t, "k8s://", config(c.Token("scan")))), all)
	want(t, values(read(t, "k8s:///prod", config("scan"))), all[1:])
	if byCert.Gaps() {
		t.Errorf("skipped %v", byCert.Skipped)
	}
	some := read(t, "k8s://", config("some"))
	want(t, values(some), all[1:])
	if got := strings.Join(skips(some), "\n"); !strings.Contains(got, "unreadable: hidden: status 403") || !some.Gaps() {
		t.Errorf("skipped %s", got)
	}
	if _, err := Read(context.Background(), []string{"k8s://"}, config("nobody")); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("somebody without rights: %v", err)
	}
	for i := range 505 { // more than a page
		secret("prod", fmt.Sprintf("n%03d", i), map[string]any{"k": fmt.Sprintf("value-%03d", i)})
	}
	if got := len(read(t, "k8s:///prod", config("scan")).Values); got != 506 {
		t.Errorf("%d values of several pages, want 506", got)
	}
}
