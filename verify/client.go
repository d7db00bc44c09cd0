package verify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"time"
)

// maxBody is how much of an answer is read, in bytes.
const maxBody = 64 << 10

const (
	maxRedirects = 3
	maxHeader    = 64 << 10
	proxyDirect  = "direct"
	handshake    = 10 * time.Second
	idleTimeout  = 30 * time.Second
)

// Client makes every connection of this package, through the address guard. It is safe for concurrent use.
type Client struct {
	dialer    *dialer
	transport *http.Transport
	allowed   allowed
	userAgent string
	roots     *x509.CertPool
	instances map[string][]string // hosts that the user named, by provider
}

// Request is an HTTP request to be sent. Named says that the rule, not the finding, chose the host.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   []byte
	Named  bool
	Most   int64 // bytes of the answer that are read; 0: 64 KiB
}

func newClient(o Options) (*Client, error) {
	a, err := parseAllowed(o.AllowHosts)
	if err != nil {
		return nil, err
	}
	instances, err := parseInstances(o.Instances)
	if err != nil {
		return nil, err
	}
	for _, hosts := range instances {
		more, err := parseAllowed(hosts)
		if err != nil {
			return nil, err
		}
		a.hosts, a.prefixes = append(a.hosts, more.hosts...), append(a.prefixes, more.prefixes...)
	}
	roots, err := loadRoots(o.CAFile, o.Roots)
	if err != nil {
		return nil, err
	}
	c := &Client{allowed: a, userAgent: o.UserAgent, roots: roots, instances: instances}
	c.dialer = &dialer{
		guard:    guard{private: o.AllowPrivate, prefixes: a.prefixes},
		resolver: o.Resolver, dial: o.Dial, timeout: o.Timeout,
	}
	c.transport = &http.Transport{
		DialContext:            c.dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		MaxConnsPerHost:        o.PerHost,
		MaxIdleConns:           4 * o.Concurrency,
		MaxIdleConnsPerHost:    o.PerHost,
		IdleConnTimeout:        idleTimeout,
		TLSHandshakeTimeout:    min(handshake, o.Timeout),
		MaxResponseHeaderBytes: maxHeader,
	}
	c.transport.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, r *http.Response) error {
		return refusedByProxy(r.StatusCode)
	}
	if o.Certificate != nil {
		c.transport.TLSClientConfig.Certificates = []tls.Certificate{*o.Certificate}
	}
	return c, c.useProxy(o.ProxyURL)
}

func loadRoots(file string, only []byte) (*x509.CertPool, error) {
	if only != nil {
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(only) {
			return nil, problem("verify: no PEM certificate among the roots")
		}
		return roots, nil
	}
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("verify: certificates: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("verify: %s: no PEM certificate in it", file)
	}
	return roots, nil
}

func (c *Client) useProxy(text string) error {
	switch text {
	case proxyDirect:
		return nil
	case "":
		c.transport.Proxy = http.ProxyFromEnvironment
		// only https is asked unless the user names a host, so this is the environment's proxy for nearly everything
		u, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: "proxy-probe.invalid"}})
		if err != nil {
			return problem("verify: the proxy of the environment is no URL")
		}
		if u != nil {
			c.dialer.proxy = proxyAddress(u)
		}
		return nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return problem("verify: the proxy is no URL")
	}
	c.transport.Proxy = http.ProxyURL(u)
	c.dialer.proxy = proxyAddress(u)
	return nil
}

// refusedByProxy tells what a proxy says that does not let a connection through; nil if it does.
func refusedByProxy(status int) error {
	switch {
	case status == http.StatusOK:
		return nil
	case status == http.StatusProxyAuthRequired:
		return problem("the proxy wants a login (status 407; see --verify-proxy)")
	case status >= 500:
		return &Transient{Cause: fmt.Sprintf("the proxy has trouble (status %d)", status)}
	}
	return problem(fmt.Sprintf("the proxy does not let the connection through (status %d)", status))
}

func proxyAddress(u *url.URL) string {
	return net.JoinHostPort(u.Hostname(), cmp.Or(portOf(u), "1080"))
}

// Dial opens a connection to a host that the user allowed, for protocols other than HTTP.
func (c *Client) Dial(ctx context.Context, host, port string) (net.Conn, error) {
	if !c.allowed.has(host, port) {
		return nil, refuse("host %s comes from the finding (see --allow-host)", host)
	}
	return c.dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
}

// dialNamed opens a connection to a host that a protocol itself names.
func (c *Client) dialNamed(ctx context.Context, host, port string) (net.Conn, error) {
	return c.dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
}

// TLS returns the settings for TLS to host.
func (c *Client) TLS(host string) *tls.Config {
	return &tls.Config{RootCAs: c.roots, ServerName: host, MinVersion: tls.VersionTLS12}
}

// Do sends a request. It follows redirects within the host alone; any other is an error.
func (c *Client) Do(ctx context.Context, r Request) (*Reply, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, refuse("the request's URL is not valid")
	}
	for hop := 0; ; hop++ {
		if err := c.allowed.checkURL(u, r.Named); err != nil {
			return nil, err
		}
		if err := c.checkLiteral(u.Hostname()); err != nil {
			return nil, err
		}
		reply, err := c.once(ctx, u, r)
		if err != nil {
			return nil, err
		}
		next, err := redirect(u, r, reply)
		if err != nil || next == nil {
			return reply, err
		}
		if hop == maxRedirects {
			return nil, problem("too many redirects")
		}
		u = next
	}
}

// checkLiteral guards addresses in URLs, which behind a proxy nobody else looks at.
func (c *Client) checkLiteral(host string) error {
	if a, err := netip.ParseAddr(host); err == nil {
		return c.dialer.guard.check(a)
	}
	if odd(host) {
		return refuse("host is an address in an odd notation")
	}
	return nil
}

// redirect returns where an answer leads, nil if nowhere.
func redirect(from *url.URL, r Request, reply *Reply) (*url.URL, error) {
	if reply.Status < 300 || reply.Status > 399 || reply.Status == http.StatusNotModified {
		return nil, nil
	}
	loc, ok := reply.header("Location")
	if !ok {
		return nil, nil
	}
	to, err := from.Parse(loc)
	if err != nil {
		return nil, problem("redirected to no valid URL")
	}
	if to.Scheme != from.Scheme || to.Host != from.Host || to.User != nil {
		return nil, problem(fmt.Sprintf("redirected to %s, which is not followed", clean(to.Hostname(), 80)))
	}
	if r.Method == http.MethodPost && reply.Status != http.StatusTemporaryRedirect && reply.Status != http.StatusPermanentRedirect {
		return nil, problem("a POST was redirected")
	}
	return to, nil
}

func (c *Client) once(ctx context.Context, u *url.URL, r Request) (*Reply, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, refuse("the request cannot be made")
	}
	if len(r.Body) == 0 {
		req.Body, req.ContentLength, req.GetBody = http.NoBody, 0, nil
	}
	req.Header = r.Header.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", c.userAgent)
	}
	if h := req.Header.Get("Host"); h != "" {
		return nil, refuse("a rule must not set the Host header")
	}
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusProxyAuthRequired { // to plain http; no issuer answers so
		return nil, refusedByProxy(resp.StatusCode)
	}
	most := orDefault(r.Most, maxBody)
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	reply := &Reply{Status: resp.StatusCode, Header: resp.Header, Body: body}
	if int64(len(body)) > most {
		reply.Body, reply.Cut = body[:most], true
	}
	return reply, nil
}

// Close drops idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }
