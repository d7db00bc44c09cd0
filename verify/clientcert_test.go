package verify

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// clusterCA is the authority of a cluster.
type clusterCA struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newClusterCA(t *testing.T) *clusterCA {
	t.Helper()
	ca := &clusterCA{t: t}
	ca.key, ca.cert = ca.sign(&x509.Certificate{Subject: pkix.Name{CommonName: "cluster"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return ca
}

// sign makes a key and a certificate for it; without a key of its own, one that signs itself.
func (ca *clusterCA) sign(tmpl *x509.Certificate) (*ecdsa.PrivateKey, *x509.Certificate) {
	ca.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		ca.t.Fatal(err)
	}
	tmpl.SerialNumber = big.NewInt(time.Now().UnixNano())
	tmpl.NotBefore = time.Now().Add(-48 * time.Hour)
	if tmpl.NotAfter.IsZero() {
		tmpl.NotAfter = time.Now().Add(time.Hour)
	}
	parent, signer := ca.cert, ca.key
	if parent == nil {
		parent, signer = tmpl, key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	if err != nil {
		ca.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		ca.t.Fatal(err)
	}
	return key, cert
}

func certPEM(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}

// client returns the key and certificate of a user as a kubeconfig has them.
func (ca *clusterCA) client(name string, ends time.Time) (key, cert string) {
	ca.t.Helper()
	k, c := ca.sign(&x509.Certificate{Subject: pkix.Name{CommonName: name, Organization: []string{"system:masters"}}, NotAfter: ends, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	text, err := keyPEM(k)
	if err != nil {
		ca.t.Fatal(err)
	}
	return base64Of(text), base64Of(certPEM(c))
}

// cluster serves the review of an API server whose certificate and whose users' certificates are from ca.
func (w *world) cluster(host string, ca *clusterCA) {
	w.t.Helper()
	key, cert := ca.sign(&x509.Certificate{DNSNames: []string{host}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	users := x509.NewCertPool()
	users.AddCert(ca.cert)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/base"+kubernetesReview && r.URL.Path != kubernetesReview {
			http.NotFound(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		for _, c := range r.TLS.PeerCertificates {
			if _, err := c.Verify(x509.VerifyOptions{Roots: users, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err == nil {
				rw.WriteHeader(201)
				_, _ = io.WriteString(rw, `{"kind":"SelfSubjectReview","status":{"userInfo":{"username":"`+c.Subject.CommonName+`","groups":["system:masters","system:authenticated"]}}}`)
				return
			}
		}
		rw.WriteHeader(401)
		_, _ = io.WriteString(rw, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}`)
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}, ClientAuth: tls.RequestClientCert}
	s.Config.ErrorLog = log.New(discard{}, "", 0)
	s.StartTLS()
	w.t.Cleanup(s.Close)
	w.place(host, "6443", s.Listener.Addr().String())
}

// TestClientCertificate asks about the key of a kubeconfig's user, with the certificate and the cluster's authority
// that stand beside it.
func TestClientCertificate(t *testing.T) {
	w := newWorld(t)
	ca, other := newClusterCA(t), newClusterCA(t)
	w.cluster("kube.example.com", ca)
	key, cert := ca.client("admin", time.Now().Add(time.Hour))
	overKey, overCert := ca.client("admin", time.Now().Add(-time.Hour))
	strangeKey, strangeCert := other.client("admin", time.Now().Add(time.Hour))
	host := part("host", "kube.example.com:6443")
	authority := part(partAuthority, base64Of(certPEM(other.cert))+","+base64Of(certPEM(ca.cert)))
	with := func(cert string) []finding.Part { return []finding.Part{host, authority, part(partCertificate, cert)} }
	o := w.options()
	o.AllowHosts = []string{"kube.example.com"}
	look := ruleSet(rules.Rule{ID: "k8s", Verify: &rules.Verify{Protocol: "kubernetes", Cost: "free"}})
	cases := []struct {
		name   string
		secret string
		parts  []finding.Part
		want   finding.Status
		cause  string
	}{
		{"live", key, with(cert), finding.Live, ""},
		{"below a path", key, []finding.Part{part("host", "https://kube.example.com:6443/base/"), authority, part(partCertificate, cert)}, finding.Live, ""},
		{"of another authority", strangeKey, with(strangeCert), finding.Dead, ""},
		{"over", overKey, with(overCert), finding.Expired, ""},
		{"no certificate", key, []finding.Part{host, authority}, finding.NotChecked, "client certificate was not found"},
		{"another key's", key, with(strangeCert), finding.NotChecked, "for another key"},
		{"unknown authority", key, []finding.Part{host, part(partCertificate, cert)}, finding.Unknown, "unknown authority"},
	}
	for _, c := range cases {
		got := verifyAll(t, o, look, secretOf("k8s", c.secret, c.parts...))[0]
		if got.Status != c.want || !strings.Contains(got.Cause, c.cause) {
			t.Errorf("%s: %s (%s), want %s with %q", c.name, got.Status, got.Cause, c.want, c.cause)
		}
		if c.want == finding.Live && (got.Facts["user"] != "admin" || !strings.Contains(got.Facts["groups"], "system:masters")) {
			t.Errorf("%s: facts %v", c.name, got.Facts)
		}
	}
	// a server that lets anybody in proves nothing
	w.serve("open.example.com", answer(201, "application/json", `{"kind":"SelfSubjectReview","status":{"userInfo":{"username":"admin"}}}`))
	o.AllowHosts = []string{"open.example.com"}
	if got := verifyAll(t, o, look, secretOf("k8s", key, part("host", "open.example.com"), part(partCertificate, cert)))[0]; got.Status != finding.Unreliable {
		t.Errorf("an open server: %+v", got)
	}
	var printed strings.Builder
	o.DryRun, o.AllowHosts = &printed, []string{"kube.example.com"}
	verifyAll(t, o, look, secretOf("k8s", key, with(cert)...))
	if text := printed.String(); !strings.Contains(text, "POST https://kube.example.com:6443/apis/") || !strings.Contains(text, "CN=admin") || strings.Contains(text, key[20:60]) {
		t.Errorf("dry run:\n%s", text)
	}
}
