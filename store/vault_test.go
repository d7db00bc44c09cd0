package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// realVault starts the Vault server that scripts/vaultdev builds.
func realVault(t *testing.T) (address, token string) {
	t.Helper()
	program := os.Getenv("UNLEAK_VAULTDEV")
	if program == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		program = filepath.Join(cache, "unleak-test", "vaultdev")
	}
	if _, err := os.Stat(program); err != nil {
		t.Skip("NOT TESTED against a real Vault: there is no " + program + " (scripts/vaultdev builds it)")
	}
	c := exec.Command(program, "127.0.0.1:0")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address, token, _ = strings.Cut(strings.TrimSpace(line), " ")
	return address, token
}

// admin sends a request to a real Vault as root.
func admin(t *testing.T, address, token, method, path string, body any) map[string]any {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(method, "http://"+address+"/v1/"+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Vault-Token", token)
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	var out map[string]any
	_ = json.NewDecoder(reply.Body).Decode(&out)
	if reply.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %v", method, path, reply.Status, out)
	}
	return out
}

// policy is the least-privilege policy of docs/stores.md.
func policy(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "stores.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "```hcl\n")
	if !ok {
		t.Fatal("docs/stores.md has no policy for Vault")
	}
	rest, _, _ = strings.Cut(rest, "```")
	return rest
}

func TestRealVault(t *testing.T) {
	address, root := realVault(t)
	do := func(method, path string, body any) map[string]any { return admin(t, address, root, method, path, body) }
	do("POST", "sys/mounts/secret", map[string]any{"type": "kv", "options": map[string]string{"version": "2"}})
	do("POST", "sys/mounts/team/old", map[string]any{"type": "kv", "options": map[string]string{"version": "1"}})
	data := func(v string) any { return map[string]any{"data": map[string]any{"password": v}} }
	for _, v := range []string{"first-value", "second-value", "third-value"} {
		do("POST", "secret/data/prod/app", data(v))
	}
	do("POST", "secret/delete/prod/app", map[string]any{"versions": []int{2}})
	do("POST", "secret/data/ci/deploy", map[string]any{"data": map[string]any{"a b": "ci-value", "deep": map[string]any{"x": "inner-value"}}})
	do("POST", "secret/data/hidden/x", data("hidden-value"))
	do("POST", "team/old/one/two", map[string]any{"k": "v1-value"})

	all := []string{
		"now secret/ci/deploy#a b v1 = ci-value", `now secret/ci/deploy#deep v1 = {"x":"inner-value"}`, "now secret/ci/deploy#deep.x v1 = inner-value",
		"now secret/prod/app#password v3 = third-value", "old secret/prod/app#password v1 = first-value",
	}
	base := "vault+http://" + address
	c := read(t, base, options("VAULT_TOKEN", root))
	want(t, lines(c), append([]string{"now secret/hidden/x#password v1 = hidden-value", "now team/old/one/two#k v = v1-value"}, all...))
	if c.Counts["deleted versions"] != 1 || c.Gaps() {
		t.Errorf("counts %v, skipped %v", c.Counts, c.Skipped)
	}
	want(t, lines(read(t, base+"/team/old/one", options("VAULT_TOKEN", root))), []string{"now team/old/one/two#k v = v1-value"})
	want(t, lines(read(t, base+"/secret/data/prod/app", options("VAULT_TOKEN", root))), all[3:])
	current := options("VAULT_TOKEN", root)
	current.Current = true
	want(t, lines(read(t, base+"/secret/prod", current)), all[3:4])

	// AppRole with the documented policy, and one folder that a second policy denies
	do("PUT", "sys/policies/acl/unleak", map[string]string{"policy": policy(t)})
	do("PUT", "sys/policies/acl/no-hidden", map[string]string{"policy": `path "secret/data/hidden/*" { capabilities = ["deny"] }`})
	do("POST", "sys/auth/approle", map[string]string{"type": "approle"})
	do("POST", "auth/approle/role/scan", map[string]any{"token_policies": []string{"unleak", "no-hidden"}})
	id := do("GET", "auth/approle/role/scan/role-id", nil)["data"].(map[string]any)["role_id"].(string)
	secret := do("POST", "auth/approle/role/scan/secret-id", map[string]any{})["data"].(map[string]any)["secret_id"].(string)
	c = read(t, base+"/secret?auth=approle", options("VAULT_ROLE_ID", id, "VAULT_SECRET_ID", secret))
	want(t, lines(c), all)
	if got := skips(c); len(got) != 1 || !strings.Contains(got[0], "secret/hidden/x?version=1: status 403") || !c.Gaps() {
		t.Errorf("skipped %q", got)
	}
	if _, err := Read(context.Background(), []string{base + "/secret"}, options("VAULT_TOKEN", "wrong-token")); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("a wrong token: %v", err)
	}
	if _, err := Read(context.Background(), []string{base + "/secret?auth=approle"}, options("VAULT_ROLE_ID", id, "VAULT_SECRET_ID", "wrong")); err == nil || !strings.Contains(err.Error(), "login") {
		t.Errorf("a wrong secret id: %v", err)
	}
}

// What a real server does not do on request: throttling, a policy without metadata, identity logins.
func TestVaultRefusals(t *testing.T) {
	s, seen := serve(t, map[string]string{
		"POST /v1/auth/jwt/login":                   `{"auth":{"client_token":"hvs.x"}}`,
		"POST /v1/auth/k8s/login":                   `{"auth":{"client_token":"hvs.y"}}`,
		"GET /v1/sys/internal/ui/mounts/secret/app": `403 {"errors":["permission denied"]}`,
		"GET /v1/secret/metadata/app/?list=true #1": `429 {"errors":["rate limit"]}`,
		"GET /v1/secret/metadata/app/?list=true":    `{"data":{"keys":["db","gone"]}}`,
		"GET /v1/secret/metadata/app/db":            `403 {"errors":["permission denied"]}`,
		"GET /v1/secret/data/app/db":                `{"data":{"data":{"p":"value-p"},"metadata":{"version":7,"created_time":"2026-01-02T03:04:05Z"}}}`,
		"GET /v1/secret/metadata/app/gone":          `{"data":{"current_version":2,"versions":{"1":{"destroyed":true},"2":{"deletion_time":"2026-01-02T03:04:05Z"}}}}`,
	})
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("jwt\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	base := "openbao+http://" + s.Listener.Addr().String() + "/secret/app?role=r"
	for _, spec := range []string{base + "&auth=oidc&jwt_file=" + token, base + "&auth=kubernetes&mount=k8s&jwt_file=" + token} {
		c := read(t, spec, options())
		want(t, lines(c), []string{"now secret/app/db#p v7 = value-p"})
		want(t, skips(c), []string{"unreadable: secret/app/db: older versions: the policy does not allow to read its metadata"})
		if c.Counts["deleted versions"] != 2 {
			t.Errorf("counts %v", c.Counts)
		}
	}
	if seen["GET /v1/secret/metadata/app/?list=true"] != 3 {
		t.Errorf("the throttled request was sent %d times, want once more for two reads", seen["GET /v1/secret/metadata/app/?list=true"])
	}
}

func TestTokenHelper(t *testing.T) {
	home := t.TempDir()
	o := options()
	o.Home = home
	if err := os.WriteFile(filepath.Join(home, ".vault-token"), []byte("kept\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := keptToken(o); got != "kept" {
		t.Errorf("token %q of ~/.vault-token", got)
	}
	if err := os.WriteFile(filepath.Join(home, ".vault"), []byte("token_helper = \"/bin/helper\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.Helper = func(program string) string { return "from " + program + "\n" }
	if got := keptToken(o); got != "from /bin/helper" {
		t.Errorf("token %q of the helper", got)
	}
}
