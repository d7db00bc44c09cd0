package verify

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// githubApp asks GitHub about an app whose private key signs the question ("Generating a JSON Web Token (JWT) for a
// GitHub App" and "Get the authenticated app", GitHub Docs, 2026). The finding's secret is the key in PEM; the part
// "app id" is the app's or client's id.
type githubApp struct{}

const (
	githubHost = "api.github.com"
	githubURL  = "https://api.github.com/app"
	partAppID  = "app id"
)

// Hosts implements Protocol.
func (githubApp) Hosts() []string { return []string{githubHost} }

// Target implements Protocol.
func (githubApp) Target(c Credential) (Target, error) {
	id, err := c.need(partAppID)
	if err != nil {
		return Target{}, err
	}
	if _, err := parseRSA(c.Secret); err != nil {
		return Target{}, err
	}
	return Target{Host: githubHost, Named: true, Show: "GET " + githubURL + "\nAuthorization: Bearer (signed, for " + finding.Mask(id) + ")\n"}, nil
}

// signJWT makes a JSON Web Token (RFC 7519) with RS256.
func signJWT(key *rsa.PrivateKey, head map[string]string, claims map[string]any) (string, error) {
	var parts []string
	for _, v := range []any{head, claims} {
		b, err := json.Marshal(v)
		if err != nil {
			return "", err
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(b))
	}
	text := strings.Join(parts, ".")
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", problem("the private key cannot sign")
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig), nil
}

// Ask implements Protocol.
func (githubApp) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	id, err := c.need(partAppID)
	if err != nil {
		return Answer{}, err
	}
	key, err := parseRSA(c.Secret)
	if err != nil {
		return Answer{}, err
	}
	at := time.Now().Add(-time.Minute) // GitHub wants no time in its future
	jwt, err := signJWT(key, map[string]string{"alg": "RS256", "typ": "JWT"}, map[string]any{"iss": id, "iat": at.Unix(), "exp": at.Add(5 * time.Minute).Unix()})
	if err != nil {
		return Answer{}, err
	}
	r, _, err := newRequest("GET", githubURL, "", nil)
	if err != nil {
		return Answer{}, err
	}
	r.Header.Set("Authorization", "Bearer "+jwt)
	r.Header.Set("Accept", "application/vnd.github+json")
	reply, err := client.Do(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	v := &rules.Verify{
		Live: []rules.Condition{{Status: []int{200}, JSON: "slug"}},
		Dead: []rules.Condition{
			{Status: []int{401}, Contains: "A JSON web token could not be decoded"}, // the key is not the app's
			{Status: []int{404}, Contains: "Integration not found"},                 // there is no such app
		},
		Facts: []rules.KV{kv("app", "slug"), kv("owner", "owner.login"), kv("installations", "installations_count")},
	}
	return judge(v, reply, false)
}

// Mutate implements Protocol: another key signs for the app.
func (githubApp) Mutate(c Credential) (Credential, bool) {
	text, ok := strangeRSA()
	c.Secret = text
	return c, ok
}

// strangeRSA makes a key that nobody can know.
func strangeRSA() (string, bool) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", false
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})), true
}
