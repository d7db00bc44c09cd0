// Package kubetest starts a Kubernetes API server of its own for a test: the server that scripts/kubedev builds, with
// etcd behind it, on loopback.
package kubetest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/unleak/unleak/internal/freeport"
)

// Cluster is an API server that runs until the test ends.
type Cluster struct {
	Host      string // "127.0.0.1:PORT"
	Authority []byte // PEM: of its own certificate and of those of its users
	AdminCert []byte // PEM, of a user of system:masters
	AdminKey  []byte

	t      *testing.T
	client *http.Client
	ca     *x509.Certificate
	caKey  *ecdsa.PrivateKey
}

// Start skips the test, loudly, where the server or etcd is not there.
func Start(t *testing.T) *Cluster {
	t.Helper()
	if testing.Short() {
		t.Skip("real servers take long")
	}
	server, etcd := programs(t)
	dir := t.TempDir()
	c := &Cluster{t: t}
	c.ca, c.caKey, c.Authority, _ = c.issue(&x509.Certificate{Subject: pkix.Name{CommonName: "cluster"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	c.AdminCert, c.AdminKey = c.User("admin", "system:masters")
	_, _, cert, key := c.issue(&x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"kube.example.com"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	file := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ca, crt, keyFile := file("ca.crt", c.Authority), file("tls.crt", cert), file("tls.key", key)
	store, peer := "http://127.0.0.1:"+freeport.Take(t), "http://127.0.0.1:"+freeport.Take(t)
	port := freeport.Take(t)
	c.Host = "127.0.0.1:" + port
	start(t, dir, etcd, "--data-dir", filepath.Join(dir, "etcd"), "--listen-client-urls", store, "--advertise-client-urls", store,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default="+peer)
	log := start(t, dir, server, "--etcd-servers", store, "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1", "--secure-port", port,
		"--tls-cert-file", crt, "--tls-private-key-file", keyFile, "--client-ca-file", ca, "--service-account-issuer", "https://kubernetes.default.svc",
		"--service-account-key-file", keyFile, "--service-account-signing-key-file", keyFile, "--authorization-mode", "RBAC", "--service-cluster-ip-range", "10.0.0.0/24")
	c.wait(log)
	return c
}

func programs(t *testing.T) (server, etcd string) {
	t.Helper()
	server = os.Getenv("UNLEAK_KUBE_APISERVER")
	if server == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		server = filepath.Join(cache, "unleak-test", "kube-apiserver")
	}
	if _, err := os.Stat(server); err != nil {
		t.Skipf("NOT TESTED against a real Kubernetes: there is no %s (scripts/kubedev builds it)", server)
	}
	etcd, err := exec.LookPath("etcd")
	if err != nil {
		t.Skip("NOT TESTED against a real Kubernetes: etcd is not installed (see scripts/servers)")
	}
	return server, etcd
}

// start runs a program until the test ends and returns the name of its log.
func start(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	log, err := os.Create(filepath.Join(dir, filepath.Base(name)+".log"))
	if err != nil {
		t.Fatal(err)
	}
	p := exec.Command(name, args...)
	p.Dir, p.Stdout, p.Stderr = dir, log, log
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Process.Kill()
		_ = p.Wait()
		_ = log.Close()
	})
	return log.Name()
}

// issue makes a key and a certificate for it, by the cluster's authority once there is one.
func (c *Cluster) issue(tmpl *x509.Certificate) (cert *x509.Certificate, key *ecdsa.PrivateKey, certPEM, keyPEM []byte) {
	c.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	tmpl.SerialNumber, tmpl.NotBefore, tmpl.NotAfter = big.NewInt(time.Now().UnixNano()), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := c.ca, c.caKey
	if parent == nil {
		parent, signer = tmpl, key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	if err != nil {
		c.t.Fatal(err)
	}
	if cert, err = x509.ParseCertificate(der); err != nil {
		c.t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		c.t.Fatal(err)
	}
	return cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private})
}

// User returns a certificate and key of a user, PEM.
func (c *Cluster) User(name string, groups ...string) (cert, key []byte) {
	c.t.Helper()
	_, _, cert, key = c.issue(&x509.Certificate{Subject: pkix.Name{CommonName: name, Organization: groups}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	return cert, key
}

// wait returns once the server is ready.
func (c *Cluster) wait(log string) {
	c.t.Helper()
	pair, err := tls.X509KeyPair(c.AdminCert, c.AdminKey)
	if err != nil {
		c.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(c.Authority)
	c.client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}}}
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		resp, err := c.client.Get("https://" + c.Host + "/readyz")
		if err != nil {
			continue
		}
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
	}
	text, _ := os.ReadFile(log)
	c.t.Skipf("NOT TESTED against a real Kubernetes: the API server does not get ready\n%s", text[max(0, len(text)-4000):])
}

// Do asks the server as its administrator; body is JSON unless nil. Any refusal ends the test.
func (c *Cluster) Do(method, path string, body any) map[string]any {
	c.t.Helper()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			c.t.Fatal(err)
		}
	}
	r, err := http.NewRequest(method, "https://"+c.Host+path, bytes.NewReader(text))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	out := map[string]any{}
	if err != nil || resp.StatusCode >= 300 || json.Unmarshal(answer, &out) != nil {
		c.t.Fatalf("%s %s: status %d: %s", method, path, resp.StatusCode, answer)
	}
	return out
}

// Token makes a service account in the namespace default and returns a token of it.
func (c *Cluster) Token(account string) string {
	c.t.Helper()
	const accounts = "/api/v1/namespaces/default/serviceaccounts"
	c.Do("POST", accounts, map[string]any{"metadata": map[string]any{"name": account}})
	answer := c.Do("POST", accounts+"/"+account+"/token", map[string]any{"spec": map[string]any{"expirationSeconds": 3600}})
	status, _ := answer["status"].(map[string]any)
	token, ok := status["token"].(string)
	if !ok {
		c.t.Fatalf("no token: %v", answer)
	}
	return token
}
