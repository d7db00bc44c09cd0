package store

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// What Vault's own command listens at for the browser to come back, so that roles which allow it allow us ("JWT/OIDC auth
// method", HashiCorp and OpenBao, 2026), and how long it waits.
const (
	oidcPort = "8250"
	oidcPath = "/oidc/callback"
	oidcWait = 2 * time.Minute

	oidcMoment = 5 * time.Second // for one request of the browser
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

// visit is what the browser brings.
type visit struct {
	code string
	err  error
}

// comesBack waits for the one visit of the browser that belongs to the login and returns the code it brings. A whole HTTP
// server for it would make the program half a megabyte larger.
func comesBack(ctx context.Context, l net.Listener, state string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, oidcWait, fmt.Errorf("nobody signed in within %s", oidcWait))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	came := make(chan visit, 1)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer conn.Close()
				if v, ok := receive(conn, state); ok {
					select {
					case came <- v:
					default:
					}
				}
			})
		}
	})
	defer l.Close()
	select {
	case v := <-came:
		return v.code, v.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// receive answers one request; ok is false of one that is no part of the login: another page may not end it.
func receive(conn net.Conn, state string) (v visit, ok bool) {
	_ = conn.SetDeadline(time.Now().Add(oidcMoment))
	r, err := http.ReadRequest(bufio.NewReader(io.LimitReader(conn, 64<<10)))
	if err != nil {
		return v, false
	}
	q := r.URL.Query()
	status, text := "200 OK", "Signed in. This window may be closed."
	switch ok = r.Method == http.MethodGet && r.URL.Path == oidcPath && q.Get("state") == state; {
	case !ok:
		status, text = "404 Not Found", "Not found."
	case q.Get("code") == "":
		v.err = fmt.Errorf("the issuer refused: %.200q", cmp.Or(q.Get("error_description"), q.Get("error"), "no code came"))
		text = "Not signed in."
	default:
		v.code = q.Get("code")
	}
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, len(text), text)
	return v, ok
}
