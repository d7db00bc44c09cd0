package verify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"
)

// sigV4 signs a request as AWS Signature Version 4 asks ("AWS Signature Version 4 for API requests", IAM User Guide,
// 2026). The credential's secret key does not leave this function.
type sigV4 struct {
	keyID, secret, token string
	region, service      string
}

// sign adds the headers of the signature. It signs the host and every header that is set.
func (s sigV4) sign(r *Request, u *url.URL, at time.Time) {
	stamp := at.UTC().Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", stamp)
	if s.token != "" {
		r.Header.Set("X-Amz-Security-Token", s.token)
	}
	var names []string
	lines := map[string]string{"host": u.Host}
	for n, v := range r.Header {
		lines[strings.ToLower(n)] = strings.Join(strings.Fields(strings.Join(v, ",")), " ")
	}
	for n := range lines {
		names = append(names, n)
	}
	sort.Strings(names)
	var headers strings.Builder
	for _, n := range names {
		headers.WriteString(n + ":" + lines[n] + "\n")
	}
	signed := strings.Join(names, ";")
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	query := strings.ReplaceAll(u.Query().Encode(), "+", "%20")
	canonical := strings.Join([]string{r.Method, path, query, headers.String(), signed, hexSHA256(r.Body)}, "\n")
	scope := strings.Join([]string{stamp[:8], s.region, s.service, "aws4_request"}, "/")
	text := strings.Join([]string{"AWS4-HMAC-SHA256", stamp, scope, hexSHA256([]byte(canonical))}, "\n")
	key := []byte("AWS4" + s.secret)
	for _, part := range []string{stamp[:8], s.region, s.service, "aws4_request", text} {
		key = hmacSHA256(key, part)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.keyID+"/"+scope+", SignedHeaders="+signed+", Signature="+hex.EncodeToString(key))
}

func hmacSHA256(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// newRequest makes a request to a host that the protocol names.
func newRequest(method, target, contentType string, body []byte) (Request, *url.URL, error) {
	u, err := url.Parse(target)
	r := Request{Method: method, URL: target, Header: http.Header{}, Body: body, Named: true}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r, u, err
}
