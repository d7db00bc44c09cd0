package proof

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

type jwtHeader struct {
	Algorithm  string `json:"alg"`
	Encryption string `json:"enc"`
}

type jwtClaims struct {
	Issuer  any `json:"iss"`
	Subject any `json:"sub"`
	Name    any `json:"name"`
	Role    any `json:"role"`
	Expiry  any `json:"exp"`
}

// jwt checks a JSON Web Token: header and claims must be JSON, only one that
// names the algorithm none may lack a signature. RFC 7519, 2015.
// A token may stand behind a prefix.
func jwt(c Candidate) Result {
	start := strings.Index(c.Secret, "eyJ")
	if start < 0 {
		return drop()
	}
	parts := strings.Split(c.Secret[start:], ".")
	var header jwtHeader
	if !decodeJSON(parts[0], &header) {
		return drop()
	}
	r := Result{Confidence: doubtful} // RFC 7515 wants an algorithm; some libraries do without
	if header.Algorithm != "" {
		r = proved("structure", "JWT header names "+short(header.Algorithm))
	}
	if len(parts) == 5 {
		r.Tags = []string{"encrypted"} // JWE: the claims are not readable
		return r
	}
	var claims jwtClaims
	if len(parts) < 2 || !decodeJSON(parts[1], &claims) {
		return drop()
	}
	unsigned := len(parts) < 3 || parts[2] == ""
	if unsigned && !strings.EqualFold(header.Algorithm, "none") {
		return drop()
	}
	if unsigned || strings.EqualFold(header.Algorithm, "none") {
		r.Tags = append(r.Tags, "unsigned")
		r.Confidence = doubtful
	}
	if claims.Subject == "1234567890" && claims.Name != nil || claims.Issuer == "supabase-demo" || claims.Issuer == "joe" {
		r.Tags = append(r.Tags, "example") // the tokens of jwt.io, of Supabase's local set-up and of RFC 7519
	}
	if claims.Role == "anon" {
		r.Tags = append(r.Tags, "public") // Supabase's key for browsers
	}
	if claims.Issuer != nil {
		r.Proofs = append(r.Proofs, finding.Proof{Kind: "issuer", Detail: short(fmt.Sprint(claims.Issuer))})
	}
	if exp, ok := claims.Expiry.(float64); ok && exp > 0 && exp < 1<<40 {
		addExpiry(&r, time.Unix(int64(exp), 0))
	}
	return r
}

// jwtBase64 checks base64 of a JSON Web Token, as in Kubernetes secrets.
func jwtBase64(c Candidate) Result {
	return jwt(Candidate{Secret: string(decodeAny(c.Secret)), Match: c.Match})
}

// addExpiry tells when a credential runs out, and whether it has.
func addExpiry(r *Result, at time.Time) {
	now := time.Now()
	if at.Before(now) {
		r.Tags = append(r.Tags, "expired")
	}
	r.Proofs = append(r.Proofs, finding.Expiry(at, now))
}

// decodeJSON reads base64url, padded or not, into a JSON object.
func decodeJSON(text string, into any) bool {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		b, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	}
	return err == nil && json.Unmarshal(b, into) == nil
}

// short keeps the printable part of a foreign text, at most 80 bytes.
func short(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), 80)]
}
