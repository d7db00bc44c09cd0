package verify

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// gcpServiceAccount asks Google for a token that carries no right but to know its own address, with an assertion
// signed by the service account's key ("Using OAuth 2.0 for Server to Server Applications", Google, 2026). The key is
// never sent, and the token_uri of the file is never used.
//
// The finding's secret is the whole key file, or the private key in PEM with the parts "client email" and, if known,
// "private key id".
type gcpServiceAccount struct{}

const (
	googleTokenHost = "oauth2.googleapis.com"
	googleTokenURL  = "https://oauth2.googleapis.com/token"
	partEmail       = "client email"
	partPrivateID   = "private key id"
	jwtGrant        = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

// gcpKey is what counts of a service account's key file.
type gcpKey struct {
	Email string `json:"client_email"`
	PEM   string `json:"private_key"`
	ID    string `json:"private_key_id"`
}

func gcpKeyOf(c Credential) (gcpKey, error) {
	var k gcpKey
	if strings.HasPrefix(strings.TrimSpace(c.Secret), "{") {
		if err := json.Unmarshal([]byte(c.Secret), &k); err != nil {
			return k, problem("the key file is no valid JSON")
		}
	} else {
		k.PEM = c.Secret
	}
	for name, field := range map[string]*string{partEmail: &k.Email, partPrivateID: &k.ID} {
		if *field == "" {
			*field, _ = c.Part(name)
		}
	}
	k.PEM = strings.ReplaceAll(k.PEM, `\n`, "\n")
	switch {
	case k.Email == "":
		return k, missing(partEmail)
	case !strings.HasSuffix(k.Email, ".gserviceaccount.com"):
		return k, problem("its client email is not one of a service account")
	}
	return k, nil
}

func parseRSA(text string) (*rsa.PrivateKey, error) {
	b, _ := pem.Decode([]byte(text))
	if b == nil {
		return nil, problem("the private key is no PEM")
	}
	if k, err := x509.ParsePKCS1PrivateKey(b.Bytes); err == nil {
		return k, nil
	}
	k, err := x509.ParsePKCS8PrivateKey(b.Bytes)
	if r, ok := k.(*rsa.PrivateKey); ok && err == nil {
		return r, nil
	}
	return nil, problem("the private key is not one of RSA")
}

// Hosts implements Protocol.
func (gcpServiceAccount) Hosts() []string { return []string{googleTokenHost} }

// Target implements Protocol.
func (gcpServiceAccount) Target(c Credential) (Target, error) {
	k, err := gcpKeyOf(c)
	if err != nil {
		return Target{}, err
	}
	if _, err := parseRSA(k.PEM); err != nil {
		return Target{}, err
	}
	show := "POST " + googleTokenURL + "\n\ngrant_type=" + jwtGrant + "&assertion=(signed, for " + finding.Mask(k.Email) + ")\n"
	return Target{Host: googleTokenHost, Named: true, Show: show}, nil
}

// assertion signs a JWT (RFC 7523) with RS256.
func (k gcpKey) assertion(at time.Time) (string, error) {
	key, err := parseRSA(k.PEM)
	if err != nil {
		return "", err
	}
	head := map[string]string{"alg": "RS256", "typ": "JWT"}
	if k.ID != "" {
		head["kid"] = k.ID
	}
	claims := map[string]any{
		"iss": k.Email, "scope": "https://www.googleapis.com/auth/userinfo.email", "aud": googleTokenURL,
		"iat": at.Unix(), "exp": at.Add(5 * time.Minute).Unix(),
	}
	return signJWT(key, head, claims)
}

// Ask implements Protocol.
func (gcpServiceAccount) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	k, err := gcpKeyOf(c)
	if err != nil {
		return Answer{}, err
	}
	jwt, err := k.assertion(time.Now())
	if err != nil {
		return Answer{}, err
	}
	form := url.Values{"grant_type": {jwtGrant}, "assertion": {jwt}}.Encode()
	r, _, err := newRequest("POST", googleTokenURL, "application/x-www-form-urlencoded", []byte(form))
	if err != nil {
		return Answer{}, err
	}
	reply, err := client.Do(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	if kind, _ := lookup(reply, "token_type"); reply.Status == 200 && strings.EqualFold(kind, "Bearer") {
		if _, ok := lookup(reply, "access_token"); ok {
			return Answer{Status: finding.Live, Facts: map[string]string{"account": clean(k.Email, maxFact)}}, nil
		}
	}
	code, _ := lookup(reply, "error")
	text, _ := lookup(reply, "error_description")
	if reply.Status == 400 && code == "invalid_grant" {
		for _, dead := range []string{"Invalid JWT Signature", "account not found", "Not a valid email"} {
			if strings.Contains(text, dead) {
				return Answer{Status: finding.Dead}, nil
			}
		}
		if strings.Contains(text, "short-lived token") {
			return unknown("the clock of this machine is wrong"), nil
		}
	}
	return unknown("Google answered %s (status %d)", orDefault(clean(code, 60), "without a code"), reply.Status), transientStatus(reply)
}

// Mutate implements Protocol: a key pair of its own signs for the account.
func (gcpServiceAccount) Mutate(c Credential) (Credential, bool) {
	k, err := gcpKeyOf(c)
	if err != nil {
		return c, false
	}
	text, ok := strangeRSA()
	out := Credential{Rule: c.Rule, Secret: text, Parts: []rules.KV{kv(partEmail, k.Email)}}
	if k.ID != "" {
		out.Parts = append(out.Parts, kv(partPrivateID, k.ID))
	}
	return out, ok
}

func kv(key, value string) rules.KV { return rules.KV{Key: key, Value: value} }
