package verify

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// tlsKey compares a private key with the certificate that a host shows. The key itself is sent nowhere, but the host
// comes from the finding, so the user must name it.
type tlsKey struct{}

// Hosts implements Protocol.
func (tlsKey) Hosts() []string { return []string{fromFinding} }

// publicOf returns the public half of a private key in PEM.
func publicOf(text string) (interface{ Equal(crypto.PublicKey) bool }, error) {
	b, _ := pem.Decode([]byte(strings.ReplaceAll(text, `\n`, "\n")))
	if b == nil {
		return nil, problem("the private key is no PEM")
	}
	for _, parse := range []func([]byte) (any, error){
		x509.ParsePKCS8PrivateKey,
		func(b []byte) (any, error) { return x509.ParsePKCS1PrivateKey(b) },
		func(b []byte) (any, error) { return x509.ParseECPrivateKey(b) },
	} {
		k, err := parse(b.Bytes)
		s, ok := k.(crypto.Signer)
		if err != nil || !ok {
			continue
		}
		if p, ok := s.Public().(interface{ Equal(crypto.PublicKey) bool }); ok {
			return p, nil
		}
	}
	return nil, problem("the private key cannot be read")
}

func (tlsKey) place(c Credential) (host, port string, err error) {
	if host, err = c.need(partHost); err != nil {
		return "", "", err
	}
	if _, login := c.Part(partUser); login {
		return "", "", problem("it is a key to log in with")
	}
	port = "443"
	if h, p, err := net.SplitHostPort(host); err == nil {
		host, port = h, p
	}
	if host == "" || strings.ContainsAny(host, " /@\\%{}$*") || !isPort(port) {
		return "", "", problem("its host is none")
	}
	return host, port, nil
}

// Target implements Protocol.
func (t tlsKey) Target(c Credential) (Target, error) {
	host, port, err := t.place(c)
	if err != nil {
		return Target{}, err
	}
	if _, err := publicOf(c.Secret); err != nil {
		return Target{}, err
	}
	at := net.JoinHostPort(host, port)
	return Target{Host: at, Show: "tls " + at + "\n(looks at the certificate alone)\n"}, nil
}

// Ask implements Protocol.
func (t tlsKey) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	host, port, err := t.place(c)
	if err != nil {
		return Answer{}, err
	}
	key, err := publicOf(c.Secret)
	if err != nil {
		return Answer{}, err
	}
	s, err := client.open(ctx, host, port)
	if err != nil {
		return Answer{}, err
	}
	defer s.close()
	if err := s.startTLS(ctx); err != nil {
		return Answer{}, err
	}
	conn, ok := s.Conn.(*tls.Conn)
	if !ok || len(conn.ConnectionState().PeerCertificates) == 0 {
		return Answer{}, errMalformed
	}
	cert := conn.ConnectionState().PeerCertificates[0]
	if !key.Equal(cert.PublicKey) {
		return unknown("the host uses another key now; a certificate for this one may still be valid"), nil
	}
	a := Answer{Status: finding.Live, Cause: "the host's certificate is for this key", Facts: map[string]string{
		"certificate": clean(cert.Subject.String(), maxFact), "expires": cert.NotAfter.UTC().Format(time.RFC3339),
	}}
	if time.Now().After(cert.NotAfter) {
		a.Status, a.Cause = finding.Expired, "the host still shows it, in a certificate that is over"
	}
	return a, nil
}

// Mutate implements Protocol: another key, which no certificate is for.
func (tlsKey) Mutate(c Credential) (Credential, bool) {
	text, ok := strangeRSA()
	c.Secret = text
	return c, ok
}
