package verify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"time"
)

// Options says how to ask. The zero value asks the hosts that rules name, at public addresses, at a gentle pace.
type Options struct {
	AllowPrivate bool     // loopback, private and carrier-grade NAT addresses may be dialled
	AllowHosts   []string // hosts that may come from a finding: "db.corp.example", "host:8443", "*.corp.example", "10.0.0.0/8"
	Instances    []string // self-hosted services, "gitlab=git.corp.example": asked about every credential of that provider

	Timeout     time.Duration // of one request; 0: 10 s
	Budget      time.Duration // of one call of Verify; 0: no limit
	Concurrency int           // requests at once; 0: 64
	PerHost     int           // requests at once to one host; 0: 4
	Rate        float64       // requests a second to one host; 0: 10; negative: no limit
	Retries     int           // after a failure that may pass; 0: 2; negative: none
	Backoff     time.Duration // before the first retry, doubled for each further one; 0: 500 ms
	MaxWait     time.Duration // longest Retry-After that is waited for; 0: 30 s

	ProxyURL  string // http, https or socks5; "": as the environment says; "direct": none
	CAFile    string // PEM certificates trusted beside the system's
	UserAgent string // "": "unleak (secret verification)"

	Roots       []byte           // PEM certificates trusted instead of the system's; nil: the system's
	Certificate *tls.Certificate // shown to servers that ask for one; nil: none

	Cache    string        // file of earlier verdicts; "": none. Its key lies beside it, with ".key" appended
	CacheTTL time.Duration // 0: an hour for live, a day for dead and expired
	Audit    io.Writer     // one JSON line for each contact; nil: none
	Actor    string        // who asks, for the audit; "": the user of the process
	DryRun   io.Writer     // requests are printed here, secrets masked, and nothing is sent

	Resolver Resolver // nil: the system's
	// Dial connects to an address ("203.0.113.7:443") that passed the guard; nil: net.Dialer with a second guard.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Resolver looks up the addresses of a host; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// defaults
const (
	defaultTimeout     = 10 * time.Second
	defaultConcurrency = 64
	defaultPerHost     = 4
	defaultRate        = 10
	defaultRetries     = 2
	defaultBackoff     = 500 * time.Millisecond
	defaultMaxWait     = 30 * time.Second
	defaultUserAgent   = "unleak (secret verification)"
)

// complete fills in defaults and refuses what makes no sense.
func (o Options) complete() (Options, error) {
	var errs []error
	if o.Timeout < 0 || o.Budget < 0 || o.Concurrency < 0 || o.PerHost < 0 || o.Backoff < 0 || o.MaxWait < 0 || o.CacheTTL < 0 {
		errs = append(errs, errors.New("verify: negative time or number in the options"))
	}
	o.Timeout = orDefault(o.Timeout, defaultTimeout)
	o.Concurrency = orDefault(o.Concurrency, defaultConcurrency)
	o.PerHost = orDefault(o.PerHost, defaultPerHost)
	o.Rate = orDefault(o.Rate, defaultRate)
	o.Backoff = orDefault(o.Backoff, defaultBackoff)
	o.MaxWait = orDefault(o.MaxWait, defaultMaxWait)
	o.UserAgent = orDefault(o.UserAgent, defaultUserAgent)
	o.Actor = orDefault(o.Actor, processUser())
	o.Retries = max(0, orDefault(o.Retries, defaultRetries))
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.ProxyURL != "" && o.ProxyURL != proxyDirect {
		u, err := url.Parse(o.ProxyURL)
		if err != nil || u.Host == "" {
			errs = append(errs, errors.New("verify: the proxy is no URL like http://proxy.example:3128"))
		} else if !oneOf(u.Scheme, "http", "https", "socks5", "socks5h") {
			errs = append(errs, fmt.Errorf("verify: proxy scheme %q (http, https, socks5)", u.Scheme))
		}
	}
	return o, errors.Join(errs...)
}

func orDefault[T comparable](v, d T) T {
	var zero T
	if v == zero {
		return d
	}
	return v
}

func oneOf(s string, list ...string) bool {
	for _, l := range list {
		if s == l {
			return true
		}
	}
	return false
}
