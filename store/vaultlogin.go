package store

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// serviceToken is where Kubernetes mounts a pod's own token.
const serviceToken = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// vaultLogin returns how to get a token: from the environment or the token helper (where `vault login` of any kind, OIDC
// in a browser too, leaves it), or by AppRole, Kubernetes, JWT, or OIDC with an identity token or in a browser.
func vaultLogin(c *caller, s spec, o Options) (func(context.Context) error, error) {
	env := func(name string) string {
		if s.scheme == "vault" {
			return cmp.Or(o.Getenv("VAULT_"+name), o.Getenv("BAO_"+name))
		}
		return cmp.Or(o.Getenv("BAO_"+name), o.Getenv("VAULT_"+name))
	}
	role := cmp.Or(s.query.Get("role"), env("ROLE"))
	post := func(method string, body map[string]string) func(context.Context) error {
		path := "auth/" + s.option("mount", method) + "/login"
		return func(ctx context.Context) error { return vaultToken(ctx, c, path, body) }
	}
	switch method := s.option("auth", "token"); method {
	case "token":
		token := cmp.Or(env("TOKEN"), keptToken(o))
		if token == "" {
			return nil, fmt.Errorf("store %q: no token: set VAULT_TOKEN, or log in first (`vault login -method=oidc`), or use auth=approle, kubernetes or jwt", s.text)
		}
		return func(context.Context) error { c.header.Set("X-Vault-Token", token); return nil }, nil
	case "approle":
		id := env("ROLE_ID")
		if id == "" {
			return nil, fmt.Errorf("store %q: auth=approle needs VAULT_ROLE_ID (and VAULT_SECRET_ID)", s.text)
		}
		body := map[string]string{"role_id": id}
		if secret := env("SECRET_ID"); secret != "" {
			body["secret_id"] = secret
		}
		return post("approle", body), nil
	case "kubernetes", "jwt", "oidc":
		if method == "oidc" && o.Tell != nil && s.query.Get("jwt_file") == "" && identityToken(o) == "" {
			return browserLogin(c, s.option("mount", "oidc"), role, s.query.Get("port"), o.Tell), nil // without a role the method's own
		}
		if role == "" {
			return nil, fmt.Errorf("store %q: auth=%s needs a role (role=NAME or VAULT_ROLE)", s.text, method)
		}
		jwt, err := vaultJWT(method, s, o)
		if err != nil {
			return nil, err
		}
		mount := map[string]string{"kubernetes": "kubernetes", "jwt": "jwt", "oidc": "jwt"}[method]
		return post(mount, map[string]string{"role": role, "jwt": jwt}), nil
	default:
		return nil, fmt.Errorf("store %q: unknown auth=%s (token, approle, kubernetes, jwt, oidc)", s.text, method)
	}
}

// vaultToken logs in and keeps the token for the requests to come.
func vaultToken(ctx context.Context, c *caller, path string, body map[string]string) error {
	return vaultAuth(c, path, func(into any) error { return c.post(ctx, "/v1/"+escape(path), path, body, into) })
}

// vaultAuth keeps the token that a login answers with.
func vaultAuth(c *caller, path string, ask func(into any) error) error {
	var answer struct {
		Auth struct {
			Token string `json:"client_token"`
		} `json:"auth"`
	}
	if err := ask(&answer); err != nil {
		return fmt.Errorf("login at %s: %w", path, err)
	}
	if answer.Auth.Token == "" {
		return fmt.Errorf("login at %s: no token came", path)
	}
	c.header.Set("X-Vault-Token", answer.Auth.Token)
	return nil
}

// vaultJWT finds the token that proves who we are: the pod's own, or the identity token of a CI job.
func vaultJWT(method string, s spec, o Options) (string, error) {
	name := s.query.Get("jwt_file")
	if name == "" {
		if jwt := identityToken(o); jwt != "" && method != "kubernetes" {
			return jwt, nil
		}
		if method != "kubernetes" {
			return "", fmt.Errorf("store %q: auth=%s needs the identity token in VAULT_ID_TOKEN or jwt_file=FILE", s.text, method)
		}
		name = cmp.Or(o.Getenv("KUBERNETES_TOKEN_FILE"), serviceToken)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("store %q: %w", s.text, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// identityToken returns the identity token that a CI job has.
func identityToken(o Options) string {
	for _, v := range []string{"VAULT_JWT", "BAO_JWT", "VAULT_ID_TOKEN", "CI_JOB_JWT_V2"} {
		if jwt := o.Getenv(v); jwt != "" {
			return jwt
		}
	}
	return ""
}

var tokenHelper = regexp.MustCompile(`(?m)^\s*token_helper\s*=\s*"([^"]+)"`)

// keptToken returns the token that a login left behind: from the helper that ~/.vault names, or ~/.vault-token.
func keptToken(o Options) string {
	if o.Home == "" {
		return ""
	}
	if text, err := os.ReadFile(filepath.Join(o.Home, ".vault")); err == nil && o.Helper != nil {
		if m := tokenHelper.FindSubmatch(text); m != nil {
			return strings.TrimSpace(o.Helper(string(m[1])))
		}
	}
	text, err := os.ReadFile(filepath.Join(o.Home, ".vault-token"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
