package verify

import (
	"context"
	"net"
	"net/url"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/lazyregexp"
	"github.com/unleak/unleak/rules"
)

// endpoint is a login at a server that a finding names, from a connection URL or from parts.
type endpoint struct {
	scheme   string
	user     string
	password string
	host     string
	port     string
	database string
	options  url.Values
}

// names of the parts that tell where a password belongs
const (
	partURL      = "url" // "scheme://user@host:port/database", with or without the password
	partScheme   = "scheme"
	partHost     = "host"
	partPort     = "port"
	partUser     = "user"
	partDatabase = "database"
	partOptions  = "options" // "sslmode=disable"
)

// connectionURL reads what people write, which is more than a URL may be: passwords with "@" and "/" in them.
var connectionURL = lazyregexp.New(`^([a-zA-Z][a-zA-Z0-9+.-]*)://(?:([^:@/?#]*)(?::(.*))?@)?([^@/?#,]+)(?:,[^/?#]*)?(?:/([^?#]*))?(?:\?([^#]*))?`)

// endpointOf reads a login. port is the default one; secure is the scheme that means TLS from the first byte, if any.
func endpointOf(c Credential, port, secure, securePort string) (endpoint, error) {
	e, err := readEndpoint(c)
	if err != nil {
		return e, err
	}
	if h, p, err := net.SplitHostPort(e.host); err == nil {
		e.host, e.port = h, p
	}
	e.host = strings.ToLower(strings.Trim(e.host, "[]"))
	if e.port == "" {
		e.port = port
		if secure != "" && e.scheme == secure {
			e.port = securePort
		}
	}
	switch {
	case e.host == "" || strings.HasPrefix(e.host, "/") || strings.ContainsAny(e.host, " \t{}$<>%@\\"):
		return e, problem("its host is none")
	case !isPort(e.port):
		return e, problem("its port is none")
	case e.password == "":
		return e, problem("its password is empty")
	}
	return e, nil
}

func isPort(s string) bool {
	return len(s) > 0 && len(s) <= 5 && strings.Trim(s, "0123456789") == ""
}

func readEndpoint(c Credential) (endpoint, error) {
	if m := connectionURL.FindStringSubmatch(strings.TrimPrefix(c.Secret, "jdbc:")); m != nil {
		return endpointOfURL(m), nil
	}
	if u, ok := c.Part(partURL); ok {
		m := connectionURL.FindStringSubmatch(u)
		if m == nil {
			return endpoint{}, problem("its url is none")
		}
		e := endpointOfURL(m)
		e.password = c.Secret
		return e, nil
	}
	e := endpoint{password: c.Secret}
	var err error
	if e.host, err = c.need(partHost); err != nil {
		return e, err
	}
	e.scheme, _ = c.Part(partScheme)
	e.port, _ = c.Part(partPort)
	e.user, _ = c.Part(partUser)
	e.database, _ = c.Part(partDatabase)
	options, _ := c.Part(partOptions)
	if e.options, err = url.ParseQuery(options); err != nil {
		e.options = url.Values{}
	}
	return e, nil
}

func endpointOfURL(m []string) endpoint {
	e := endpoint{
		scheme: strings.ToLower(m[1]), user: unescape(m[2]), password: unescape(m[3]), host: m[4], database: unescape(m[5]),
	}
	var err error
	if e.options, err = url.ParseQuery(m[6]); err != nil {
		e.options = url.Values{}
	}
	if e.user == "" { // as JDBC has it
		e.user, e.password = e.options.Get("user"), orDefault(e.password, e.options.Get("password"))
	}
	e.options.Del("user")
	e.options.Del("password")
	return e
}

func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

func (e endpoint) target(what string) Target {
	host := net.JoinHostPort(e.host, e.port)
	show := what + " " + host + "\n"
	if e.user != "" {
		show += "user: " + finding.Mask(e.user) + "\n"
	}
	return Target{Host: host, Show: show + "password: " + finding.Mask(e.password) + "\n", Place: what + e.user}
}

// withPassword returns c with the password changed.
func (e endpoint) withPassword(c Credential, password string) Credential {
	out := Credential{Rule: c.Rule, Secret: password, Parts: []rules.KV{kv(partHost, e.host), kv(partPort, e.port), kv(partUser, e.user), kv(partDatabase, e.database)}}
	if e.scheme != "" {
		u := e.scheme + "://" + net.JoinHostPort(e.host, e.port) + "/" + url.PathEscape(e.database)
		if e.user != "" {
			u = e.scheme + "://" + url.PathEscape(e.user) + "@" + net.JoinHostPort(e.host, e.port) + "/" + url.PathEscape(e.database)
		}
		if len(e.options) > 0 {
			u += "?" + e.options.Encode()
		}
		out.Parts = []rules.KV{kv(partURL, u)}
	}
	return out
}

// login is a protocol that shows a password to a server that the finding names.
type login struct {
	name       string
	port       string // default
	secure     string // scheme with TLS from the first byte
	securePort string
	needUser   bool
	srv        string // service of SRV records, for schemes that end in "+srv"
	ask        func(ctx context.Context, s *session, e endpoint) (Answer, error)
}

// Hosts implements Protocol.
func (login) Hosts() []string { return []string{fromFinding} }

func (l login) endpoint(c Credential) (endpoint, error) {
	e, err := endpointOf(c, l.port, l.secure, l.securePort)
	if err == nil && l.needUser && e.user == "" {
		err = missing(partUser)
	}
	return e, err
}

// Target implements Protocol.
func (l login) Target(c Credential) (Target, error) {
	e, err := l.endpoint(c)
	if err != nil {
		return Target{}, err
	}
	return e.target(l.name), nil
}

// Ask implements Protocol.
func (l login) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	e, err := l.endpoint(c)
	if err != nil {
		return Answer{}, err
	}
	s, err := l.open(ctx, client, e)
	if err != nil {
		return Answer{}, err
	}
	defer s.close()
	if l.secure != "" && e.scheme == l.secure {
		if err := s.startTLS(ctx); err != nil {
			return Answer{}, err
		}
	}
	return l.ask(ctx, s, e)
}

func (l login) open(ctx context.Context, client *Client, e endpoint) (*session, error) {
	if l.srv == "" || !strings.HasSuffix(e.scheme, "+srv") {
		return client.open(ctx, e.host, e.port)
	}
	if !client.allowed.has(e.host, e.port) {
		return nil, refuse("host %s comes from the finding (see --allow-host)", e.host)
	}
	host, port, err := client.dialer.service(ctx, l.srv, e.host)
	if err != nil {
		return nil, err
	}
	conn, err := client.dialNamed(ctx, host, port)
	if err != nil {
		return nil, err
	}
	return client.session(ctx, conn, host), nil
}

// Mutate implements Protocol.
func (l login) Mutate(c Credential) (Credential, bool) {
	e, err := l.endpoint(c)
	if err != nil {
		return c, false
	}
	fake, ok := mutate(e.password)
	return e.withPassword(c, fake), ok
}
