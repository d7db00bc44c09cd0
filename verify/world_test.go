package verify

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// world is an internet of its own: a resolver, public addresses and TLS servers behind them. The guard is at work in
// it as it is outside.
type world struct {
	t      testing.TB
	key    *ecdsa.PrivateKey
	ca     *x509.Certificate
	caFile string

	mu     sync.Mutex
	names  map[string][]netip.Addr
	addrs  map[string]string // "93.184.216.1:443" to the listener
	dialed []string
	lookup func(host string) ([]netip.Addr, error) // nil: names
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, names: map[string][]netip.Addr{}, addrs: map[string]string{}}
	var err error
	if w.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &w.key.PublicKey, w.key)
	if err != nil {
		t.Fatal(err)
	}
	if w.ca, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	w.caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(w.caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) certificate(host string) tls.Certificate {
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: []string{host}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, w.ca, &w.key.PublicKey, w.key)
	if err != nil {
		w.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: w.key}
}

// serve puts a server behind a host name, at a public address.
func (w *world) serve(host string, h http.HandlerFunc) *httptest.Server {
	w.t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{w.certificate(host)}}
	s.Config.ErrorLog = log.New(discard{}, "", 0)
	s.StartTLS()
	w.t.Cleanup(s.Close)
	w.place(host, "443", s.Listener.Addr().String())
	return s
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// place gives a host a public address whose port leads to a listener.
func (w *world) place(host, port, listener string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.names[host]) == 0 {
		n := len(w.names) + 1
		w.names[host] = []netip.Addr{netip.AddrFrom4([4]byte{93, 184, byte(n >> 8), byte(n)})}
	}
	w.addrs[net.JoinHostPort(w.names[host][0].String(), port)] = listener
}

// LookupNetIP implements Resolver.
func (w *world) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lookup != nil {
		return w.lookup(host)
	}
	if a := w.names[host]; len(a) > 0 {
		return a, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// LookupSRV names two servers, the first of another domain.
func (w *world) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	return "", []*net.SRV{{Target: "shard.evil.example.net.", Port: 27017}, {Target: "shard-0." + name[strings.IndexByte(name, '.')+1:] + ".", Port: 27017}}, nil
}

func (w *world) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	w.dialed = append(w.dialed, address)
	to := w.addrs[address]
	w.mu.Unlock()
	if to == "" {
		return nil, fmt.Errorf("nothing listens at %s", address)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, to)
}

func (w *world) options() Options {
	return Options{
		Resolver: w, Dial: w.dial, CAFile: w.caFile, ProxyURL: "direct", Rate: -1, Timeout: 30 * time.Second,
		Backoff: time.Millisecond, Actor: "tester", AllowHosts: []string{ownHost},
	}
}

// ruleSet looks rules up.
func ruleSet(all ...rules.Rule) func(string) (*rules.Rule, bool) {
	return func(id string) (*rules.Rule, bool) {
		for i := range all {
			if all[i].ID == id {
				return &all[i], true
			}
		}
		return nil, false
	}
}

// exampleRule asks api.HOST with a bearer token, as most rules do.
func exampleRule(id, host string) rules.Rule {
	return rules.Rule{ID: id, Verify: &rules.Verify{
		Cost: "free", URL: "https://" + host + "/me", Headers: []rules.KV{{Key: "Authorization", Value: "Bearer {secret}"}},
		Live:    []rules.Condition{{Status: []int{200}, JSON: "user.login"}},
		Dead:    []rules.Condition{{Status: []int{401}}},
		Expired: []rules.Condition{{Status: []int{401}, Contains: "expired"}},
		Facts:   []rules.KV{{Key: "user", Value: "user.login"}, {Key: "scopes", Value: "header:X-Scopes"}},
	}}
}

func secretOf(id, value string, parts ...finding.Part) finding.Finding {
	return finding.Finding{ID: "id-" + id, Rule: id, Secret: finding.NewSecret(value), Parts: parts}
}

func part(name, value string) finding.Part {
	return finding.Part{Name: name, Value: finding.NewSecret(value)}
}

// verifyAll asks about findings and returns their verdicts.
func verifyAll(t testing.TB, o Options, lookup func(string) (*rules.Rule, bool), all ...finding.Finding) []finding.Verdict {
	t.Helper()
	v, err := New(o, lookup)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Verify(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	var out []finding.Verdict
	for _, f := range all {
		if f.Verdict == nil {
			t.Fatalf("finding %s has no verdict", f.ID)
		}
		out = append(out, *f.Verdict)
	}
	return out
}

// a live key and one that no issuer knows, of one shape
const (
	goodKey = "ex" + "k_live4Rk9Qz7mBn2Wp8Xc5Vt1"
	badKey  = "ex" + "k_gone4Rk9Qz7mBn2Wp8Xc5Vt1"
)

// silent listens at a port of loopback, takes connections and says nothing.
func silent(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
		}
	}()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

func keyPEM(key *ecdsa.PrivateKey) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), err
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func readAll(r *http.Response) string {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
