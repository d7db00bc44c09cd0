package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
	"time"
)

// What Vault's own command listens at for the browser to come back, so that roles which allow it allow us ("JWT/OIDC auth
// method", HashiCorp and OpenBao, 2026), and how long it waits.
const (
	oidcPort = "8250"
	oidcPath = "/oidc/callback"
	oidcWait = 2 * time.Minute
)

// browserLogin logs in by OIDC with the user's browser: Vault names the page of the issuer, the user signs in there, the
// browser brings a code to a port of this machine, and Vault takes that for a token. tell shows the page's address.
func browserLogin(c *caller, mount, role, port string, tell func(string)) func(context.Context) error {
	return func(ctx context.Context) error {
		port = cmp.Or(port, oidcPort)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			return fmt.Errorf("login by OIDC: port %s, where the browser is to come back, is not free (port=NUMBER names another)", port)
		}
		defer l.Close()
		nonce := rand.Text()
		var answer struct {
			Data struct {
				Page string `json:"auth_url"`
			} `json:"data"`
		}
		path := "auth/" + mount + "/oidc/"
		back := "http://localhost:" + port + oidcPath
		if err := c.post(ctx, "/v1/"+escape(path)+"auth_url", path+"auth_url", map[string]string{"role": role, "redirect_uri": back, "client_nonce": nonce}, &answer); err != nil {
			return fmt.Errorf("login at %s: %w", path, err)
		}
		page, err := url.Parse(answer.Data.Page)
		if err != nil || page.Scheme != "https" && page.Scheme != "http" || page.Query().Get("state") == "" {
			return fmt.Errorf("login at %s: no page to sign in came (does the role allow the redirect to %s?)", path, back)
		}
		tell(answer.Data.Page)
		code, err := comesBack(ctx, l, page.Query().Get("state"))
		if err != nil {
			return fmt.Errorf("login at %s: %w", path, err)
		}
		query := url.Values{"state": {page.Query().Get("state")}, "code": {code}, "client_nonce": {nonce}}
		return vaultAuth(c, path, func(into any) error {
			return c.get(ctx, "/v1/"+escape(path)+"callback?"+query.Encode(), path+"callback", into)
		})
	}
}

// comesBack serves one visit of the browser that belongs to the login and returns the code it brings.
func comesBack(ctx context.Context, l net.Listener, state string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, oidcWait, fmt.Errorf("nobody signed in within %s", oidcWait))
	defer cancel()
	type visit struct {
		code string
		err  error
	}
	came := make(chan visit, 1)
	s := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if r.Method != http.MethodGet || r.URL.Path != oidcPath || q.Get("state") != state {
			http.NotFound(w, r) // no part of this login: another page of the browser may not end it
			return
		}
		v := visit{code: q.Get("code")}
		text := "Signed in. This window may be closed."
		if v.code == "" {
			v.err = fmt.Errorf("the issuer refused: %.200q", cmp.Or(q.Get("error_description"), q.Get("error"), "no code came"))
			text = "Not signed in."
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, "<!DOCTYPE html><title>unleak</title><p>%s</p>\n", html.EscapeString(text))
		select {
		case came <- v:
		default:
		}
	})}
	go func() { _ = s.Serve(l) }()
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = s.Shutdown(end)
	}()
	select {
	case v := <-came:
		return v.code, v.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
