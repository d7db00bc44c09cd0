package verify

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// allowed is the set of hosts the user named beside those of the rules.
type allowed struct {
	hosts    []hostPattern
	prefixes []netip.Prefix
}

// hostPattern is "host", "*.host", "host:port".
type hostPattern struct {
	name string // lower case, without "*."
	sub  bool   // only hosts below name
	port string // "": any
}

func parseAllowed(texts []string) (allowed, error) {
	var a allowed
	for _, t := range texts {
		t = strings.ToLower(strings.TrimSpace(t))
		if p, err := netip.ParsePrefix(t); err == nil {
			a.prefixes = append(a.prefixes, p.Masked())
			continue
		}
		if ip, err := netip.ParseAddr(strings.Trim(t, "[]")); err == nil {
			a.prefixes = append(a.prefixes, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		p, err := parseHostPattern(t)
		if err != nil {
			return a, err
		}
		if ip, err := netip.ParseAddr(p.name); err == nil {
			a.prefixes = append(a.prefixes, netip.PrefixFrom(ip, ip.BitLen()))
		}
		a.hosts = append(a.hosts, p)
	}
	return a, nil
}

// parseInstances reads "provider=host" into the hosts of each provider.
func parseInstances(texts []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, t := range texts {
		provider, host, ok := strings.Cut(strings.ToLower(t), "=")
		p, err := parseHostPattern(host)
		if !ok || err != nil || p.sub || provider == "" {
			return nil, fmt.Errorf("verify: %q is no instance like gitlab=git.corp.example", t)
		}
		out[provider] = append(out[provider], host)
	}
	return out, nil
}

func parseHostPattern(t string) (hostPattern, error) {
	p := hostPattern{name: t}
	if h, port, err := net.SplitHostPort(t); err == nil {
		p.name, p.port = h, port
	}
	p.name = strings.TrimSuffix(p.name, ".")
	if rest, ok := strings.CutPrefix(p.name, "*."); ok {
		p.name, p.sub = rest, true
	}
	if p.name == "" || strings.ContainsAny(p.name, "/@*? ") {
		return p, fmt.Errorf("verify: %q is no host, *.domain, host:port, address or prefix", t)
	}
	return p, nil
}

// has tells whether the user named host (with port).
func (a *allowed) has(host, port string) bool {
	if ip, err := netip.ParseAddr(host); err == nil && in(inner(ip), a.prefixes) && !a.onOtherPort(host, port) {
		return true
	}
	for _, p := range a.hosts {
		if p.matches(host) && (p.port == "" || p.port == port) {
			return true
		}
	}
	return false
}

// onOtherPort tells whether host is named with ports, none of which is port.
func (a *allowed) onOtherPort(host, port string) bool {
	named := false
	for _, p := range a.hosts {
		if p.matches(host) {
			if p.port == "" || p.port == port {
				return false
			}
			named = true
		}
	}
	return named
}

func (p hostPattern) matches(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if p.sub {
		return strings.HasSuffix(host, "."+p.name)
	}
	return host == p.name
}

// matchesAny tells whether host is one of the patterns of a rule.
func matchesAny(host string, patterns []string) bool {
	for _, t := range patterns {
		if p, err := parseHostPattern(strings.ToLower(t)); err == nil && p.matches(host) {
			return true
		}
	}
	return false
}

// HostPort returns the host and port that a URL leads to, as Options.AllowHosts wants them.
func HostPort(u *url.URL) string { return net.JoinHostPort(u.Hostname(), portOf(u)) }

// portOf returns the port of a URL, its scheme's where it names none; "" for a scheme other than HTTP's.
func portOf(u *url.URL) string {
	return cmp.Or(u.Port(), map[string]string{"https": "443", "http": "80"}[u.Scheme])
}

// checkURL refuses what a request must not be sent to. named says that the rule itself, not a finding, chose the host.
func (a *allowed) checkURL(u *url.URL, named bool) error {
	host := u.Hostname()
	port := portOf(u)
	mine := a.has(host, port)
	switch {
	case u.User != nil:
		return refuse("the URL carries a user")
	case host == "" || u.Opaque != "" || strings.ContainsAny(host, " %\\@/\x00"):
		return refuse("the URL has no usable host")
	case !named && !mine:
		return refuse("host %s comes from the finding (see --allow-host)", host)
	case u.Scheme == "http" && !mine:
		return refuse("plain http is only used with hosts of --allow-host")
	case u.Scheme != "https" && u.Scheme != "http":
		return refuse("scheme %s is not used", u.Scheme)
	case port != "443" && !mine:
		return refuse("port %s is not used (see --allow-host)", port)
	}
	return nil
}
