package verify

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/rules"
)

// isPrivateKey tells whether a credential is a private key in PEM, or that in base64.
func isPrivateKey(secret string) bool {
	return strings.Contains(unbase64PEM(secret), "PRIVATE KEY-----")
}

// unbase64PEM returns PEM as it is, or from base64; other texts as they are.
func unbase64PEM(text string) string {
	if b, err := base64.StdEncoding.DecodeString(text); err == nil && strings.Contains(string(b), "-----BEGIN ") {
		return string(b)
	}
	return text
}

// clientCertificate joins a credential that is a private key with the certificate beside it. Leaf is set.
func clientCertificate(c Credential) (*tls.Certificate, error) {
	text, err := c.need(partCertificate)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair([]byte(unbase64PEM(text)), []byte(unbase64PEM(c.Secret)))
	if err != nil {
		return nil, problem("the certificate beside it is none, or for another key")
	}
	if pair.Leaf == nil {
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return nil, problem("the certificate beside it cannot be read")
		}
	}
	return &pair, nil
}

// authorities reads certificates of authorities, PEM or base64 of PEM, several of which are joined by commas.
func authorities(text string) []byte {
	var out []byte
	for _, t := range strings.Split(text, ",") {
		if b := unbase64PEM(t); strings.Contains(b, "-----BEGIN CERTIFICATE-----") {
			out = append(append(out, b...), '\n')
		}
	}
	return out
}

// strangeCertificate returns a credential with a key and a certificate of the same subject that no authority has signed.
func strangeCertificate(c Credential) (Credential, bool) {
	old, err := clientCertificate(c)
	if err != nil {
		return c, false
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c, false
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: old.Leaf.Subject, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return c, false
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return c, false
	}
	c.Secret = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	c.Parts = slices.DeleteFunc(slices.Clone(c.Parts), func(p rules.KV) bool { return p.Key == partCertificate })
	c.Parts = append(c.Parts, kv(partCertificate, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))))
	return c, true
}

// as returns a client that trusts further authorities and shows a certificate, either of which may be nil, to whoever
// asks for one. Whoever uses it closes it.
func (c *Client) as(more []byte, certificate *tls.Certificate) *Client {
	out := *c
	out.transport = c.transport.Clone()
	out.transport.DisableKeepAlives = true
	if len(more) > 0 {
		out.roots = moreRoots(c.roots, more)
		out.transport.TLSClientConfig.RootCAs = out.roots
	}
	if certificate != nil {
		out.transport.TLSClientConfig.Certificates = []tls.Certificate{*certificate}
	}
	return &out
}

// moreRoots adds certificates to roots; nil are the system's.
func moreRoots(roots *x509.CertPool, more []byte) *x509.CertPool {
	if roots != nil {
		roots = roots.Clone()
	} else if system, err := x509.SystemCertPool(); err == nil {
		roots = system
	} else {
		roots = x509.NewCertPool()
	}
	roots.AppendCertsFromPEM(more)
	return roots
}
