package verify

import (
	"context"
	"encoding/base64"
	"net"
	"net/url"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/lazyregexp"
	"github.com/unleak/unleak/rules"
)

// registryLogin logs in to a container registry as docker does (OCI Distribution 1.1; Distribution, "Token
// Authentication Specification", 2026): it asks /v2/ how to log in, and then shows user and password to the token server
// that is named there, or to the registry itself. Nothing is pulled or pushed.
//
// The finding's secret is "user:password" in base64, as a Docker config has it, or the password with the part "user".
// The part "host" is the registry, as a name or as the URL that the config has.
type registryLogin struct{}

// knownRegistries are asked without the user's word, with the hosts of their token servers.
var knownRegistries = map[string]string{
	"registry-1.docker.io": "auth.docker.io", "ghcr.io": "ghcr.io", "registry.gitlab.com": "gitlab.com", "quay.io": "quay.io",
	"gcr.io": "gcr.io", "registry.digitalocean.com": "api.digitalocean.com", "registry.heroku.com": "registry.heroku.com",
}

// ownRegistries are domains under which providers give each customer a registry with a token server of its own.
var ownRegistries = []string{"*.azurecr.io", "*.pkg.dev", "*.gcr.io", "*.ocir.io", "*.icr.io"}

// Hosts implements Protocol.
func (registryLogin) Hosts() []string {
	out := append([]string{fromFinding}, ownRegistries...)
	for registry, tokens := range knownRegistries {
		out = append(out, registry, tokens)
	}
	return out
}

// registryUser is a login at a registry.
type registryUser struct{ host, user, password string }

func registryOf(c Credential) (registryUser, error) {
	var r registryUser
	host, err := c.need(partHost)
	if err != nil {
		return r, err
	}
	_, rest, ok := strings.Cut(host, "://")
	if !ok {
		rest = host
	}
	r.host, _, _ = strings.Cut(strings.ToLower(rest), "/")
	if oneOf(r.host, "docker.io", "index.docker.io", "hub.docker.com") {
		r.host = "registry-1.docker.io"
	}
	if r.host == "" || strings.ContainsAny(r.host, " @\\%{}$") {
		return r, problem("its host is none")
	}
	r.user, _ = c.Part(partUser)
	if r.password = c.Secret; r.user == "" {
		plain, err := base64.StdEncoding.DecodeString(padded(c.Secret))
		user, password, ok := strings.Cut(string(plain), ":")
		if err != nil || !ok || user == "" || password == "" {
			return r, missing(partUser)
		}
		r.user, r.password = user, strings.TrimRight(password, "\x00\n")
	}
	return r, nil
}

func padded(s string) string {
	s = strings.TrimRight(s, "=")
	return s + strings.Repeat("=", (4-len(s)%4)%4)
}

func (r registryUser) named() bool {
	_, known := knownRegistries[r.host]
	return known || matchesAny(r.host, ownRegistries)
}

// Target implements Protocol.
func (registryLogin) Target(c Credential) (Target, error) {
	r, err := registryOf(c)
	if err != nil {
		return Target{}, err
	}
	show := "GET https://" + r.host + "/v2/\n(then the token server that it names)\nAuthorization: Basic base64(" + finding.Mask(r.user) + ":" + finding.Mask(r.password) + ")\n"
	return Target{Host: r.host, Named: r.named(), Show: show, Place: r.user}, nil
}

// Ask implements Protocol.
func (registryLogin) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	r, err := registryOf(c)
	if err != nil {
		return Answer{}, err
	}
	base := "https://" + r.host + "/v2/"
	how, err := client.Do(ctx, Request{Method: "GET", URL: base, Named: r.named()})
	if err != nil {
		return Answer{}, err
	}
	challenge, _ := how.header("Www-Authenticate")
	switch scheme, _, _ := strings.Cut(strings.ToLower(challenge), " "); {
	case how.Status == 200:
		return unknown("the registry asks for no password"), nil
	case how.Status != 401 || how.html():
		return unknown("the registry does not say how to log in (status %d)", how.Status), transientStatus(how)
	case scheme == "basic":
		return r.basic(ctx, client, base)
	case scheme == "bearer":
		return r.bearer(ctx, client, challenge)
	}
	return unknown("the registry wants a login of an unknown kind"), nil
}

func (r registryUser) request(target string, named bool) Request {
	code := base64.StdEncoding.EncodeToString([]byte(r.user + ":" + r.password))
	return Request{Method: "GET", URL: target, Header: map[string][]string{"Authorization": {"Basic " + code}}, Named: named}
}

func (r registryUser) facts() map[string]string {
	return map[string]string{"registry": clean(r.host, maxFact), "user": clean(r.user, maxFact)}
}

func (r registryUser) basic(ctx context.Context, client *Client, base string) (Answer, error) {
	reply, err := client.Do(ctx, r.request(base, r.named()))
	if err != nil {
		return Answer{}, err
	}
	_, isRegistry := reply.header("Docker-Distribution-Api-Version")
	again, _ := reply.header("Www-Authenticate")
	switch {
	case reply.html():
		return unknown("an HTML page came instead of an answer (status %d)", reply.Status), transientStatus(reply)
	case reply.Status == 200 && (isRegistry || strings.TrimSpace(string(reply.Body)) == "{}"):
		return Answer{Status: finding.Live, Facts: r.facts()}, nil
	case reply.Status == 401 && again != "":
		return Answer{Status: finding.Dead}, nil
	}
	return unknown("the answer proves nothing (status %d)", reply.Status), transientStatus(reply)
}

var challengeField = lazyregexp.New(`(?i)(realm|service)="([^"]*)"`)

func (r registryUser) bearer(ctx context.Context, client *Client, challenge string) (Answer, error) {
	fields := map[string]string{}
	for _, m := range challengeField.Get().FindAllStringSubmatch(challenge, -1) {
		fields[strings.ToLower(m[1])] = m[2]
	}
	u, err := url.Parse(fields["realm"])
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return unknown("the registry names no token server"), nil
	}
	tokens, known := knownRegistries[r.host]
	named := r.named() && (u.Host == r.host || known && u.Host == tokens)
	host, port, err := net.SplitHostPort(u.Host)
	if err != nil {
		host, port = u.Hostname(), "443"
	}
	if !named && !client.allowed.has(host, port) {
		return Answer{}, refuse("the registry wants the password sent to %s (see --allow-host)", clean(u.Host, 80))
	}
	q := u.Query()
	q.Set("account", r.user)
	q.Set("client_id", "unleak")
	if s := fields["service"]; s != "" {
		q.Set("service", s)
	}
	u.RawQuery = q.Encode()
	reply, err := client.Do(ctx, r.request(u.String(), named))
	if err != nil {
		return Answer{}, err
	}
	a, err := judge(&rules.Verify{
		Live: []rules.Condition{{Status: []int{200}, JSON: "token"}, {Status: []int{200}, JSON: "access_token"}},
		Dead: []rules.Condition{{Status: []int{401}}, {Status: []int{403}, Contains: `"DENIED"`}},
	}, reply, false)
	if a.Status == finding.Live {
		a.Facts = r.facts()
	}
	return a, err
}

// Mutate implements Protocol: the user with another password.
func (registryLogin) Mutate(c Credential) (Credential, bool) {
	r, err := registryOf(c)
	if err != nil {
		return c, false
	}
	fake, ok := mutate(r.password)
	return Credential{Rule: c.Rule, Secret: fake, Parts: []rules.KV{kv(partHost, r.host), kv(partUser, r.user)}}, ok
}
