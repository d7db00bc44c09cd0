package store

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// serviceAccount writes a key file.
func serviceAccount(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "scan@p.iam.gserviceaccount.com", "private_key_id": "k1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// The answers have the shape of "Secret Manager API v1" (REST reference, Google Cloud).
func TestGoogle(t *testing.T) {
	secrets, versions := "GET /v1/projects/p/secrets?pageSize=250", "/versions?filter=state%3AENABLED&pageSize=250"
	s, seen := serve(t, map[string]string{
		"POST /token": `{"access_token":"ya29.x","token_type":"Bearer"}`,
		secrets:       `{"secrets":[{"name":"projects/1/secrets/app"}],"nextPageToken":"n"}`,
		"GET /v1/projects/p/secrets?pageSize=250&pageToken=n":      `{"secrets":[{"name":"projects/1/secrets/ci-key"},{"name":"projects/1/secrets/locked"}]}`,
		"GET /v1/projects/1/secrets/app" + versions:                `{"versions":[{"name":"projects/1/secrets/app/versions/3","state":"ENABLED","createTime":"2026-01-02T03:04:05Z"},{"name":"projects/1/secrets/app/versions/1","state":"ENABLED"}]}`,
		"GET /v1/projects/1/secrets/app/versions/3:access":         `{"name":"projects/1/secrets/app/versions/3","payload":{"data":"` + b64("new-value") + `"}}`,
		"GET /v1/projects/1/secrets/app/versions/1:access":         `{"name":"projects/1/secrets/app/versions/1","payload":{"data":"` + b64("old-value") + `"}}`,
		"GET /v1/projects/1/secrets/ci-key" + versions:             `403 {"error":{"code":403,"message":"Permission denied","status":"PERMISSION_DENIED"}}`,
		"GET /v1/projects/1/secrets/ci-key/versions/latest:access": `{"name":"projects/1/secrets/ci-key/versions/9","payload":{"data":"` + b64("ci-value") + `"}}`,
		"GET /v1/projects/1/secrets/locked" + versions:             `{"versions":[{"name":"projects/1/secrets/locked/versions/1","state":"ENABLED"}]}`,
		"GET /v1/projects/1/secrets/locked/versions/1:access":      `403 {"error":{"code":403,"message":"Permission denied on key"}}`,
	})
	spec := "gcp-sm://p?endpoint=" + s.URL + "&token_uri=" + s.URL + "/token"
	c := read(t, spec, options("GOOGLE_APPLICATION_CREDENTIALS", serviceAccount(t)))
	want(t, lines(c), []string{"now app v3 = new-value", "now ci-key v9 = ci-value", "old app v1 = old-value"})
	want(t, skips(c), []string{"unreadable: ci-key: older versions: status 403: Permission denied", "unreadable: 1: status 403: Permission denied on key"})
	if seen["POST /token"] != 1 {
		t.Errorf("%d logins, want one", seen["POST /token"])
	}
	read(t, spec, options("GOOGLE_OAUTH_ACCESS_TOKEN", "ya29.y"))
	if seen["POST /token"] != 1 {
		t.Error("a login although a token was given")
	}
	if _, err := Read(context.Background(), []string{spec}, options()); err == nil || !strings.Contains(err.Error(), "no credentials") {
		t.Errorf("without credentials: %v", err)
	}
}

// The answers have the shape of "Azure Key Vault REST API 7.4" (Microsoft).
func TestAzure(t *testing.T) {
	answers := map[string]string{
		"POST /tenant/oauth2/v2.0/token":                          `{"access_token":"eyJ.x","token_type":"Bearer"}`,
		"GET /secrets/app/versions?api-version=7.4&maxresults=25": `{"value":[{"id":"https://v/secrets/app/aa","attributes":{"enabled":true,"created":100}},{"id":"https://v/secrets/app/bb","attributes":{"enabled":true,"created":200}},{"id":"https://v/secrets/app/cc","attributes":{"enabled":false,"created":50}}]}`,
		"GET /secrets/app/aa?api-version=7.4":                     `{"value":"old-value","id":"https://v/secrets/app/aa"}`,
		"GET /secrets/app/bb?api-version=7.4":                     `{"value":"new-value","id":"https://v/secrets/app/bb"}`,
		"GET /secrets/ci/versions?api-version=7.4&maxresults=25":  `403 {"error":{"code":"Forbidden","message":"Caller is not authorized"}}`,
		"GET /secrets/ci?api-version=7.4":                         `{"value":"ci-value","id":"https://v/secrets/ci/dd"}`,
	}
	s, _ := serve(t, answers)
	answers["GET /secrets?api-version=7.4&maxresults=25"] = fmt.Sprintf(`{"value":[{"id":"https://v/secrets/app","attributes":{"enabled":true}}],"nextLink":"%s/secrets?api-version=7.4&$skiptoken=x"}`, s.URL)
	answers["GET /secrets?api-version=7.4&$skiptoken=x"] = `{"value":[{"id":"https://v/secrets/ci","attributes":{"enabled":true}},{"id":"https://v/secrets/off","attributes":{"enabled":false}}]}`
	spec := "azure-kv://v?endpoint=" + s.URL + "&authority=" + s.URL
	o := options("AZURE_TENANT_ID", "tenant", "AZURE_CLIENT_ID", "c", "AZURE_CLIENT_SECRET", "s")
	c := read(t, spec, o)
	want(t, lines(c), []string{"now app vbb = new-value", "now ci vdd = ci-value", "old app vaa = old-value"})
	want(t, skips(c), []string{"unreadable: ci: older versions: status 403: Caller is not authorized"})
	if c.Counts["disabled secrets"] != 1 || c.Counts["disabled versions"] != 1 {
		t.Errorf("counts %v", c.Counts)
	}
	answers["GET /secrets?api-version=7.4&maxresults=25"] = `{"value":[],"nextLink":"https://evil.example/secrets?x"}`
	if _, err := Read(context.Background(), []string{spec}, o); err == nil || !strings.Contains(err.Error(), "another host") {
		t.Errorf("a page at another host: %v", err)
	}
}

// The answers have the shape of "Kubernetes API Reference v1.34" (Secret v1 core).
func TestKubernetes(t *testing.T) {
	item := func(ns, name, kind, data string) string {
		return fmt.Sprintf(`{"metadata":{"namespace":"%s","name":"%s","resourceVersion":"7","creationTimestamp":"2026-01-02T03:04:05Z"},"type":"%s","data":{%s}}`, ns, name, kind, data)
	}
	auth := `{"auths":{"r.example":{"password":"pull-value"}}}`
	answers := map[string]string{
		"GET /api/v1/secrets?limit=500":                                `403 {"kind":"Status","message":"secrets is forbidden"}`,
		"GET /api/v1/namespaces":                                       `{"items":[{"metadata":{"name":"prod"}},{"metadata":{"name":"kube-system"}}]}`,
		"GET /api/v1/namespaces/kube-system/secrets?limit=500":         `403 {"kind":"Status","message":"secrets is forbidden"}`,
		"GET /api/v1/namespaces/prod/secrets?limit=500":                `{"metadata":{"continue":"c1"},"items":[` + item("prod", "db", "Opaque", `"password":"`+b64("db-value\n")+`","tls.crt":"`+b64("public")+`","bad":"***"`) + `]}`,
		"GET /api/v1/namespaces/prod/secrets?continue=c1&limit=500 #1": `410 {"kind":"Status","reason":"Expired"}`,
		"GET /api/v1/namespaces/prod/secrets?continue=c1&limit=500":    `{"metadata":{},"items":[` + item("prod", "pull", "kubernetes.io/dockerconfigjson", `".dockerconfigjson":"`+b64(auth)+`"`) + `,` + item("prod", "sh.helm.release.v1.x", "helm.sh/release.v1", `"release":"`+b64("x")+`"`) + `]}`,
	}
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	plain, _ := serve(t, answers)
	s.Config.Handler = plain.Config.Handler
	roots := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	config := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: one
contexts: [{name: one, context: {cluster: c, user: u}}, {name: bad, context: {cluster: insecure, user: u}}]
clusters: [{name: c, cluster: {server: "%s", certificate-authority-data: %s}}, {name: insecure, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: abc}}]
`, s.URL, base64.StdEncoding.EncodeToString(roots), s.URL)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o := options("KUBECONFIG", config)
	all := []string{"now prod/db#password v7 = db-value", "now prod/pull#.dockerconfigjson v7 = " + auth, "now prod/pull#.dockerconfigjson.auths.r.example.password v7 = pull-value"}
	c := read(t, "k8s://", o)
	want(t, lines(c), all)
	want(t, skips(c), []string{
		"unreadable: kube-system: status 403: secrets is forbidden", "corrupt: prod/db#bad: its data are no base64",
		"excluded: prod/sh.helm.release.v1.x: a release that Helm keeps, no value",
	})
	want(t, lines(read(t, "k8s:///prod/pull", o)), all[1:])
	for spec, why := range map[string]string{"k8s://bad": "does not check certificates", "k8s://none": "no context", "k8s:///kube-system": "forbidden"} {
		if _, err := Read(context.Background(), []string{spec}, o); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %q", spec, err, why)
		}
	}
}
