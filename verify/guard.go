package verify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Refused is the error of an address or URL that the guard does not let through.
type Refused struct{ Reason string }

func (e *Refused) Error() string { return e.Reason }

func refuse(format string, a ...any) error { return &Refused{fmt.Sprintf(format, a...)} }

// never are addresses that no option opens: nothing that issues credentials lives there, and instance metadata does.
// IANA special-purpose registries, 2026; metadata addresses from the documentation of AWS, GCP, Azure, Oracle and
// Alibaba Cloud.
var never = prefixes(
	"0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "192.0.0.0/24", "100.100.100.200/32", "168.63.129.16/32",
	"::/128", "fe80::/10", "ff00::/8", "fd00:ec2::/32", "fd20:ce::/32", "100::/64", "2001::/23",
)

// private are addresses that AllowPrivate or an allowed prefix opens.
var private = prefixes(
	"10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "192.0.2.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "192.88.99.0/24",
	"::1/128", "fc00::/7", "fec0::/10", "2001:db8::/32", "3fff::/20", "5f00::/16",
)

// carriers are IPv6 prefixes that hold an IPv4 address from the given byte on: the address that counts.
var carriers = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12},    // NAT64, RFC 6052
	{netip.MustParsePrefix("64:ff9b:1::/48"), 12},  // local NAT64, RFC 8215
	{netip.MustParsePrefix("2002::/16"), 2},        // 6to4, RFC 3056
	{netip.MustParsePrefix("::/96"), 12},           // IPv4-compatible, RFC 4291
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 12}, // IPv4-translated, RFC 2765
}

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}

// guard decides which addresses may be dialled.
type guard struct {
	private  bool
	prefixes []netip.Prefix // allowed beside public ones
}

// check returns an error for an address that must not be dialled.
func (g *guard) check(a netip.Addr) error {
	for _, other := range translated(a) {
		if err := g.checkInner(other); err != nil {
			return err
		}
	}
	return g.checkInner(inner(a))
}

// localNAT64 may be cut into shorter prefixes, each of which holds the IPv4 address at another place (RFC 8215; RFC 6052,
// 2.2): an address is let through only if all readings are.
var localNAT64 = netip.MustParsePrefix("64:ff9b:1::/48")

func translated(a netip.Addr) []netip.Addr {
	if !localNAT64.Contains(a.WithZone("")) {
		return nil
	}
	b := a.As16()
	var out []netip.Addr
	for _, at := range [...][4]int{{6, 7, 9, 10}, {7, 9, 10, 11}, {9, 10, 11, 12}} {
		v4 := netip.AddrFrom4([4]byte{b[at[0]], b[at[1]], b[at[2]], b[at[3]]})
		if v4.As4()[0] != 0 { // else the prefix is longer
			out = append(out, v4)
		}
	}
	return out
}

func (g *guard) checkInner(a netip.Addr) error {
	if in(a, never) {
		return refuse("address %s is never contacted", a)
	}
	if in(a, private) && !g.private && !in(a, g.prefixes) {
		return refuse("address %s is not public (see --allow-private)", a)
	}
	if a.Is6() && !in(a, globalUnicast) && !g.private && !in(a, g.prefixes) {
		return refuse("address %s is not public (see --allow-private)", a)
	}
	return nil
}

var globalUnicast = prefixes("2000::/3")

// inner strips zones and every way of writing an IPv4 address as an IPv6 one.
func inner(a netip.Addr) netip.Addr {
	a = a.WithZone("").Unmap()
	if a.Is4() || a == netip.IPv6Loopback() || a == netip.IPv6Unspecified() {
		return a
	}
	b := a.As16()
	for _, c := range carriers {
		if c.prefix.Contains(a) {
			return netip.AddrFrom4([4]byte(b[c.at : c.at+4]))
		}
	}
	return a
}

func in(a netip.Addr, list []netip.Prefix) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// dialer resolves, checks and connects. Every connection of the package is made here.
type dialer struct {
	guard    guard
	resolver Resolver
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
	timeout  time.Duration
	proxy    string // host:port that the user named: not guarded
}

// DialContext connects to a host's first address that the guard lets through and that answers. The name is resolved
// once, and the address that was checked is the one that is dialled.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	trusted := d.proxy != "" && address == d.proxy
	addrs, err := d.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	var last error
	for _, a := range addrs {
		if err := d.guard.check(a); err != nil && !trusted {
			last = firstError(last, err)
			continue
		}
		conn, err := d.connect(ctx, network, net.JoinHostPort(a.String(), port), trusted)
		if err == nil {
			return conn, nil
		}
		last = err
		if ctx.Err() != nil {
			break
		}
	}
	return nil, last
}

func (d *dialer) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	if odd(host) {
		return nil, refuse("host is an address in an odd notation")
	}
	addrs, err := d.resolver.LookupNetIP(ctx, "ip", host)
	if err == nil && len(addrs) == 0 {
		err = &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}
	return addrs, err
}

// service looks up a server of a domain (RFC 2782). It must lie in the domain's own parent, as drivers demand.
func (d *dialer) service(ctx context.Context, name, domain string) (host, port string, err error) {
	r, ok := d.resolver.(interface {
		LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	})
	if !ok {
		return "", "", problem("the resolver knows no services")
	}
	_, found, err := r.LookupSRV(ctx, name, "tcp", domain)
	if err != nil {
		return "", "", err
	}
	_, parent, _ := strings.Cut(domain, ".")
	for _, s := range found {
		host := strings.ToLower(strings.TrimSuffix(s.Target, "."))
		if strings.Contains(parent, ".") && strings.HasSuffix(host, "."+parent) {
			return host, strconv.Itoa(int(s.Port)), nil
		}
	}
	return "", "", problem("the domain names no server of its own")
}

// odd tells whether a resolver could read host as a number: "0x7f.1", "2130706433", "127.1".
func odd(host string) bool {
	last := host[strings.LastIndexByte(strings.TrimSuffix(host, "."), '.')+1:]
	_, err := strconv.ParseUint(strings.TrimSuffix(last, "."), 0, 64)
	return err == nil || host == ""
}

func (d *dialer) connect(ctx context.Context, network, address string, trusted bool) (net.Conn, error) {
	if d.dial != nil {
		return d.dial(ctx, network, address)
	}
	nd := net.Dialer{Timeout: d.timeout}
	if !trusted {
		nd.Control = func(_, address string, _ syscall.RawConn) error { return d.recheck(address) }
	}
	return nd.DialContext(ctx, network, address)
}

// recheck looks at the address the system is about to connect to, behind whatever lies between.
func (d *dialer) recheck(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return refuse("connection to an unreadable address")
	}
	return d.guard.check(ap.Addr())
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func isRefused(err error) bool {
	var r *Refused
	return errors.As(err, &r)
}
