package verify

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // for the algorithms of JWTs
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/url"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// jwtKeys checks a signed token against the keys that its issuer publishes (OpenID Connect Discovery 1.0, RFC 7517,
// RFC 7518). The token itself is sent nowhere. Live means: the issuer signed it and its time is not over; whether it was
// revoked before cannot be seen from outside.
type jwtKeys struct{}

// issuers whose keys are fetched without the user's word; of others the user names the host.
var jwtHosts = []string{
	"accounts.google.com", "www.googleapis.com", "login.microsoftonline.com", "sts.windows.net", "token.actions.githubusercontent.com",
	"gitlab.com", "appleid.apple.com", "*.auth0.com", "*.okta.com", "*.amazonaws.com", "securetoken.google.com", "oidc.circleci.com",
}

// jwt is a token taken apart.
type jwt struct {
	head struct {
		Alg string `json:"alg"`
		Kid string `json:"kid"`
	}
	claims struct {
		Iss string          `json:"iss"`
		Sub string          `json:"sub"`
		Aud json.RawMessage `json:"aud"`
		Exp *float64        `json:"exp"`
	}
	signed    []byte
	signature []byte
	issuer    *url.URL
}

func parseJWT(text string) (*jwt, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, problem("it is no signed token")
	}
	var t jwt
	for i, into := range []any{&t.head, &t.claims} {
		b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[i], "="))
		if err != nil || json.Unmarshal(b, into) != nil {
			return nil, problem("it is no signed token")
		}
	}
	var err error
	if t.signature, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[2], "=")); err != nil {
		return nil, problem("it is no signed token")
	}
	t.signed = []byte(parts[0] + "." + parts[1])
	if strings.HasPrefix(t.head.Alg, "HS") || t.head.Alg == "none" || t.head.Alg == "" {
		return nil, problem("only whoever signed it can check it")
	}
	if t.issuer, err = url.Parse(t.claims.Iss); err != nil || t.issuer.Scheme != "https" || t.issuer.Host == "" || t.issuer.User != nil {
		return nil, problem("its issuer is no https address")
	}
	return &t, nil
}

// Hosts implements Protocol.
func (jwtKeys) Hosts() []string { return append([]string{fromFinding}, jwtHosts...) }

// Target implements Protocol.
func (jwtKeys) Target(c Credential) (Target, error) {
	t, err := parseJWT(c.Secret)
	if err != nil {
		return Target{}, err
	}
	return Target{Host: t.issuer.Host, Named: matchesAny(t.issuer.Host, jwtHosts), Show: "GET " + t.discovery() + "\n"}, nil
}

func (t *jwt) discovery() string {
	return "https://" + t.issuer.Host + strings.TrimSuffix(t.issuer.EscapedPath(), "/") + "/.well-known/openid-configuration"
}

// Ask implements Protocol.
func (jwtKeys) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	t, err := parseJWT(c.Secret)
	if err != nil {
		return Answer{}, err
	}
	facts := map[string]string{"issuer": clean(t.claims.Iss, maxFact), "subject": clean(t.claims.Sub, maxFact)}
	if t.claims.Exp != nil {
		end := time.Unix(int64(*t.claims.Exp), 0).UTC()
		facts["expires"] = end.Format(time.RFC3339)
		if time.Now().After(end) {
			return Answer{Status: finding.Expired, Facts: facts}, nil
		}
	}
	reply, err := fetch(ctx, client, t.discovery())
	if err != nil {
		return Answer{}, err
	}
	where, ok := lookup(reply, "jwks_uri")
	if !ok {
		return unknown("the issuer publishes no keys (status %d)", reply.Status), transientStatus(reply)
	}
	if reply, err = fetch(ctx, client, where); err != nil {
		return Answer{}, err
	}
	key, err := t.key(reply)
	if err != nil {
		return Answer{}, err
	}
	if !t.holds(key) {
		return Answer{Status: finding.Dead, Cause: "the issuer did not sign it"}, nil
	}
	return Answer{Status: finding.Live, Cause: "the issuer signed it and its time is not over", Facts: facts}, nil
}

// fetch gets a document without a credential.
func fetch(ctx context.Context, client *Client, target string) (*Reply, error) {
	r, u, err := newRequest("GET", target, "", nil)
	if err != nil {
		return nil, refuse("the issuer names an address that is none")
	}
	r.Named = matchesAny(u.Hostname(), jwtHosts)
	reply, err := client.Do(ctx, r)
	if err == nil && reply.Status != 200 {
		err = firstError(transientStatus(reply), problem("the issuer publishes no keys"))
	}
	return reply, err
}

// jwk is a public key as JSON.
type jwk struct {
	Kid, Kty, Crv, N, E, X, Y string
}

// key finds the token's key among those published.
func (t *jwt) key(reply *Reply) (crypto.PublicKey, error) {
	var set struct{ Keys []jwk }
	if err := json.Unmarshal(reply.Body, &set); err != nil {
		return nil, problem("the issuer's keys cannot be read")
	}
	for _, k := range set.Keys {
		if t.head.Kid != "" && k.Kid != t.head.Kid {
			continue
		}
		if p := k.public(); p != nil {
			return p, nil
		}
	}
	return nil, problem("the issuer publishes the token's key no longer")
}

func (k jwk) public() crypto.PublicKey {
	raw := func(s string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
		if err != nil {
			return nil
		}
		return b
	}
	switch k.Kty {
	case "RSA":
		n, e := raw(k.N), new(big.Int).SetBytes(raw(k.E))
		if len(n) >= 128 && len(n) <= 2048 && e.IsInt64() && e.Int64() > 2 && e.Int64() < 1<<31 {
			return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(e.Int64())}
		}
	case "EC":
		curve := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}[k.Crv]
		if curve == nil {
			return nil
		}
		size := (curve.Params().BitSize + 7) / 8
		x, y := raw(k.X), raw(k.Y)
		if len(x) != size || len(y) != size {
			return nil
		}
		if p, err := ecdsa.ParseUncompressedPublicKey(curve, append(append([]byte{4}, x...), y...)); err == nil {
			return p
		}
	case "OKP":
		if x := raw(k.X); k.Crv == "Ed25519" && len(x) == ed25519.PublicKeySize {
			return ed25519.PublicKey(x)
		}
	}
	return nil
}

// holds checks the token's signature.
func (t *jwt) holds(key crypto.PublicKey) bool {
	if k, ok := key.(ed25519.PublicKey); ok {
		return t.head.Alg == "EdDSA" && ed25519.Verify(k, t.signed, t.signature)
	}
	if len(t.head.Alg) != 5 {
		return false
	}
	hash := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[t.head.Alg[2:]]
	if hash == 0 {
		return false
	}
	h := hash.New()
	h.Write(t.signed)
	sum := h.Sum(nil)
	switch k := key.(type) {
	case *rsa.PublicKey:
		if strings.HasPrefix(t.head.Alg, "PS") {
			return rsa.VerifyPSS(k, hash, sum, t.signature, nil) == nil
		}
		return strings.HasPrefix(t.head.Alg, "RS") && rsa.VerifyPKCS1v15(k, hash, sum, t.signature) == nil
	case *ecdsa.PublicKey:
		n := len(t.signature) / 2
		r, s := new(big.Int).SetBytes(t.signature[:n]), new(big.Int).SetBytes(t.signature[n:])
		return strings.HasPrefix(t.head.Alg, "ES") && n > 0 && ecdsa.Verify(k, sum, r, s)
	}
	return false
}

// Mutate implements Protocol: the same token with another signature.
func (jwtKeys) Mutate(c Credential) (Credential, bool) {
	i := strings.LastIndexByte(c.Secret, '.')
	fake, ok := mutate(c.Secret[i+1:])
	c.Secret = c.Secret[:i+1] + fake
	return c, ok && i >= 0
}
