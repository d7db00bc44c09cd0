package store

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/unleak/unleak/internal/freeport"
)

// TestBrowserLogin signs in by OIDC: the page that Vault names is shown, the browser comes back, and what it brings is
// taken to Vault with the nonce that the login began with. Visits that are no part of the login do not end it.
func TestBrowserLogin(t *testing.T) {
	var nonce, back string
	vault := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		body, _ := io.ReadAll(r.Body)
		switch {
		case r.URL.Path == "/v1/auth/sso/oidc/auth_url":
			for _, f := range strings.Split(strings.Trim(string(body), "{}"), `","`) {
				name, value, _ := strings.Cut(strings.Trim(f, `"`), `":"`)
				switch name {
				case "client_nonce":
					nonce = value
				case "redirect_uri":
					back = value
				}
			}
			if !strings.Contains(string(body), `"role":"dev"`) {
				t.Errorf("body %s", body)
			}
			fmt.Fprint(w, `{"data":{"auth_url":"https://issuer.example/authorize?client_id=x&state=st_1"}}`)
		case r.URL.Path == "/v1/auth/sso/oidc/callback" && q.Get("state") == "st_1" && q.Get("code") == "c0de" && q.Get("client_nonce") == nonce && nonce != "":
			fmt.Fprint(w, `{"auth":{"client_token":"hvs.browser"}}`)
		case r.Header.Get("X-Vault-Token") != "hvs.browser":
			http.Error(w, `{"errors":["permission denied"]}`, http.StatusForbidden)
		case strings.HasSuffix(r.URL.Path, "mounts/kv"):
			fmt.Fprint(w, `{"data":{"path":"kv/","type":"kv","options":{"version":"1"}}}`)
		case q.Get("list") == "true":
			fmt.Fprint(w, `{"data":{"keys":["db"]}}`)
		default:
			fmt.Fprint(w, `{"data":{"p":"value-p"}}`)
		}
	}))
	defer vault.Close()
	l, err := net.Listen("tcp", "127.0.0.1:"+freeport.Take(t))
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	spec := "vault+" + vault.URL + "/kv?auth=oidc&mount=sso&role=dev&port=" + port
	o := options()
	if _, err := Read(context.Background(), []string{spec}, o); err == nil || !strings.Contains(err.Error(), "VAULT_ID_TOKEN") {
		t.Errorf("nobody can sign in: %v", err)
	}
	o.Tell = func(string) { t.Error("a page is shown although the port is taken") }
	if _, err := Read(context.Background(), []string{spec}, o); err == nil || !strings.Contains(err.Error(), "port "+port) {
		t.Errorf("the port is taken: %v", err)
	}
	_ = l.Close()

	visit := func(query string) int {
		resp, err := http.Get("http://127.0.0.1:" + port + oidcPath + "?" + query)
		if err != nil {
			t.Error(err)
			return 0
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	o.Tell = func(page string) {
		u, err := url.Parse(page)
		if err != nil || u.Host != "issuer.example" || back != "http://localhost:"+port+oidcPath {
			t.Errorf("page %s, back to %s", page, back)
		}
		go func() {
			if visit("state=other&code=bad") != 404 || visit("state=st_1&code=c0de") != 200 {
				t.Error("the visits are answered otherwise")
			}
		}()
	}
	want(t, lines(read(t, spec, o)), []string{"now kv/db#p v = value-p"})

	o.Tell = func(string) { go visit("state=st_1&error=access_denied&error_description=not+you") }
	if _, err := Read(context.Background(), []string{spec}, o); err == nil || !strings.Contains(err.Error(), `the issuer refused: "not you"`) {
		t.Errorf("refused: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.Tell = func(string) { time.AfterFunc(20*time.Millisecond, cancel) }
	if _, err := Read(ctx, []string{spec}, o); err == nil {
		t.Error("interrupted, and no error")
	}
}
