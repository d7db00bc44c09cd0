package verify

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// azureSAS asks Azure Storage about a shared access signature: the URL that carries it ("Grant limited access to Azure
// Storage resources using SAS" and "Common REST API error codes", Microsoft Learn, 2026). It lists at most one entry, or
// takes the head of one blob. Azure checks the signature before the rights, so an answer about rights proves it.
//
// The finding's secret is the URL, or its query with the part "url" (what stands before it) or "account".
type azureSAS struct{}

var azureStorage = []string{"*.blob.core.windows.net", "*.file.core.windows.net", "*.queue.core.windows.net", "*.table.core.windows.net", "*.dfs.core.windows.net"}

// Hosts implements Protocol.
func (azureSAS) Hosts() []string { return azureStorage }

// sasURL puts the URL of a signature together.
func sasURL(c Credential) string {
	text := strings.ReplaceAll(c.Secret, "&amp;", "&")
	if strings.Contains(text, "://") {
		return text
	}
	text = "?" + strings.TrimLeft(text, "?&")
	if base, ok := c.Part(partURL); ok {
		return strings.TrimSuffix(base, "?") + text
	}
	account, ok := c.Part("account")
	if !ok {
		return text
	}
	service := "blob"
	if q, err := url.ParseQuery(text[1:]); err == nil && q.Get("ss") != "" && !strings.Contains(q.Get("ss"), "b") {
		service = map[byte]string{'f': "file", 'q': "queue", 't': "table"}[q.Get("ss")[0]]
	}
	return "https://" + account + "." + service + ".core.windows.net/" + text
}

// request makes the question for a SAS URL.
func (azureSAS) request(c Credential) (Request, *url.URL, error) {
	u, err := url.Parse(sasURL(c))
	if err != nil || u.Query().Get("sig") == "" || u.Host == "" {
		return Request{}, nil, problem("it is no URL with a signature")
	}
	if u.Port() != "" || u.User != nil || !matchesAny(u.Host, azureStorage) {
		return Request{}, nil, problem("its host is none of Azure Storage")
	}
	u.Scheme, u.Fragment = "https", ""
	q := u.Query()
	for _, k := range []string{"restype", "comp", "maxresults", "prefix", "delimiter", "marker"} {
		q.Del(k)
	}
	method := "HEAD"
	switch {
	case q.Get("srt") != "": // of the account
		u.Path, u.RawPath = "/", ""
		q.Set("comp", "list")
		q.Set("maxresults", "1")
		method = "GET"
	case q.Get("sr") == "c":
		u.Path, u.RawPath = "/"+strings.SplitN(strings.TrimPrefix(u.Path, "/"), "/", 2)[0], ""
		q.Set("restype", "container")
		q.Set("comp", "list")
		q.Set("maxresults", "1")
		method = "GET"
	}
	u.RawQuery = q.Encode()
	r, _, err := newRequest(method, u.String(), "", nil)
	r.Header.Set("X-Ms-Version", "2023-11-03")
	return r, u, err
}

// Target implements Protocol.
func (a azureSAS) Target(c Credential) (Target, error) {
	r, u, err := a.request(c)
	if err != nil {
		return Target{}, err
	}
	q := u.Query()
	sig := q.Get("sig")
	q.Set("sig", finding.Mask(sig))
	shown := "https://" + u.Host + u.EscapedPath() + "?" + q.Encode()
	return Target{Host: u.Host, Named: true, Show: r.Method + " " + shown + "\n"}, nil
}

// Ask implements Protocol.
func (a azureSAS) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	r, u, err := a.request(c)
	if err != nil {
		return Answer{}, err
	}
	q := u.Query()
	facts := map[string]string{"rights": clean(q.Get("sp"), 40), "expires": clean(q.Get("se"), 40), "account": strings.SplitN(u.Host, ".", 2)[0]}
	if end, err := time.Parse(time.RFC3339, q.Get("se")); err == nil && time.Now().After(end) {
		return Answer{Status: finding.Expired, Facts: facts}, nil
	}
	reply, err := client.Do(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	_, isAzure := reply.header("X-Ms-Request-Id")
	code, _ := reply.header("X-Ms-Error-Code")
	switch {
	case !isAzure:
		return unknown("the answer is not one of Azure Storage (status %d)", reply.Status), transientStatus(reply)
	case reply.Status == 200:
		return Answer{Status: finding.Live, Facts: facts}, nil
	case code == "AuthenticationFailed" && strings.Contains(string(reply.Body), "not valid in the specified time frame"):
		return Answer{Status: finding.Expired, Facts: facts}, nil
	case code == "AuthenticationFailed" && r.Method == "GET":
		return Answer{Status: finding.Dead}, nil
	case code == "AuthenticationFailed":
		return Answer{Status: finding.Dead, Cause: "the signature does not hold, or its time is over"}, nil
	case oneOf(code, "AuthorizationPermissionMismatch", "AuthorizationResourceTypeMismatch", "AuthorizationServiceMismatch", "AuthorizationSourceIPMismatch", "BlobNotFound"):
		return Answer{Status: finding.Live, Cause: "the signature holds; it gives no right to this question (" + clean(code, 60) + ")", Facts: facts}, nil
	}
	return unknown("Azure Storage answered %s (status %d)", orDefault(clean(code, 60), "without a code"), reply.Status), transientStatus(reply)
}

// Mutate implements Protocol: the same URL with another signature.
func (a azureSAS) Mutate(c Credential) (Credential, bool) {
	_, u, err := a.request(c)
	if err != nil {
		return c, false
	}
	q := u.Query()
	fake, ok := mutate(q.Get("sig"))
	q.Set("sig", fake)
	u.RawQuery = q.Encode()
	c.Secret = u.String()
	return c, ok
}
