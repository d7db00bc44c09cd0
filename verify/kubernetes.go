package verify

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// kubernetes asks an API server whose token or client certificate it is: SelfSubjectReview, which stores nothing ("API
// access control > Authenticating", Kubernetes documentation 1.34, 2025), and where that is not known, for one
// namespace: a refusal there names the user. The part "host" is the server, as a name or as the URL that a kubeconfig
// has; "client certificate" belongs to a private key; "authority" is the cluster's own, which its certificate is from.
// The last two are PEM or, as kubeconfigs have it, that in base64. A private key is sent nowhere.
//
// Without an authority most servers need --verify-ca.
type kubernetes struct{}

const (
	kubernetesReview     = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
	kubernetesReviewBody = `{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`
	kubernetesNamespaces = "/api/v1/namespaces?limit=1"
	kubernetesNobody     = "system:anonymous"
)

const (
	partCertificate = "client certificate"
	partAuthority   = "authority"
)

// Hosts implements Protocol.
func (kubernetes) Hosts() []string { return []string{fromFinding} }

// server returns the host that is asked, and the URL that paths are put behind.
func (kubernetes) server(c Credential) (host, base string, err error) {
	host, err = c.need(partHost)
	if err != nil {
		return "", "", err
	}
	host = strings.TrimPrefix(host, "https://")
	host, path, _ := strings.Cut(host, "/")
	host = strings.ToLower(host)
	switch {
	case host == "" || strings.HasPrefix(host, "http:") || strings.ContainsAny(host+path, " @\\%{}$?#"):
		return "", "", problem("its host is none")
	case !isPrivateKey(c.Secret) && strings.ContainsAny(c.Secret, "\r\n\x00 "):
		return "", "", problem("it is no token")
	}
	return host, strings.TrimRight("https://"+host+"/"+path, "/"), nil
}

// Target implements Protocol.
func (k kubernetes) Target(c Credential) (Target, error) {
	host, base, err := k.server(c)
	if err != nil {
		return Target{}, err
	}
	how := "Authorization: Bearer " + finding.Mask(c.Secret)
	if isPrivateKey(c.Secret) {
		cert, err := clientCertificate(c)
		if err != nil {
			return Target{}, err
		}
		how = "(client certificate of " + clean(cert.Leaf.Subject.String(), maxFact) + ", key " + finding.Mask(c.Secret) + ")"
	}
	return Target{Host: host, Show: "POST " + base + kubernetesReview + "\n" + how + "\n\n" + kubernetesReviewBody + "\n", Place: base}, nil
}

// kubernetesReply is what counts of a review and of a Status.
type kubernetesReply struct {
	Kind    string `json:"kind"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Status  any    `json:"status"`
}

// Ask implements Protocol.
func (k kubernetes) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	_, base, err := k.server(c)
	if err != nil {
		return Answer{}, err
	}
	header := http.Header{"Accept": {"application/json"}}
	authority, _ := c.Part(partAuthority)
	var ends time.Time // of the certificate
	if isPrivateKey(c.Secret) {
		cert, err := clientCertificate(c)
		if err != nil {
			return Answer{}, err
		}
		client, ends = client.as(authorities(authority), cert), cert.Leaf.NotAfter
	} else {
		client = client.as(authorities(authority), nil)
		header.Set("Authorization", "Bearer "+c.Secret)
		if t, err := parseJWT(c.Secret); err == nil && t.claims.Exp != nil {
			ends = time.Unix(int64(*t.claims.Exp), 0)
		}
	}
	defer client.Close()
	r, _, err := newRequest("POST", base+kubernetesReview, "application/json", []byte(kubernetesReviewBody))
	if err != nil {
		return Answer{}, refuse("its host is none")
	}
	r.Named = false
	for name, value := range header {
		r.Header[name] = value
	}
	reply, err := client.Do(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	var x kubernetesReply
	if json.Unmarshal(reply.Body, &x) == nil && x.Kind == "Status" && (reply.Status == 404 || reply.Status == 405) {
		r.Method, r.URL, r.Body = "GET", base+kubernetesNamespaces, nil
		if reply, err = client.Do(ctx, r); err != nil {
			return Answer{}, err
		}
	}
	return k.judge(reply, !ends.IsZero() && time.Now().After(ends))
}

// judge reads a SelfSubjectReview, a list of namespaces, or a Status. over says that the credential's own time is over.
func (kubernetes) judge(reply *Reply, over bool) (Answer, error) {
	var x kubernetesReply
	if reply.html() || json.Unmarshal(reply.Body, &x) != nil {
		return unknown("the answer is not one of Kubernetes (status %d)", reply.Status), transientStatus(reply)
	}
	user, _ := lookup(reply, "status.userInfo.username")
	switch {
	case (reply.Status == 200 || reply.Status == 201) && x.Kind == "SelfSubjectReview" && user != "" && user != kubernetesNobody:
		facts := map[string]string{"user": clean(user, maxFact)}
		if groups, _ := lookup(reply, "status.userInfo.groups"); groups != "" {
			facts["groups"] = clean(groups, maxFact)
		}
		return Answer{Status: finding.Live, Facts: facts}, nil
	case reply.Status == 200 && x.Kind == "NamespaceList":
		return Answer{Status: finding.Live, Facts: map[string]string{"rights": "list namespaces"}}, nil
	case reply.Status == 403 && x.Kind == "Status" && x.Reason == "Forbidden":
		_, rest, ok := strings.Cut(x.Message, `User "`)
		user, _, closed := strings.Cut(rest, `"`)
		if ok && closed && user != kubernetesNobody {
			return Answer{Status: finding.Live, Cause: "the server knows the user; it gives no right to this question", Facts: map[string]string{"user": clean(user, maxFact)}}, nil
		}
	case reply.Status == 401 && x.Kind == "Status" && x.Reason == "Unauthorized" && over:
		return Answer{Status: finding.Expired}, nil
	case reply.Status == 401 && x.Kind == "Status" && x.Reason == "Unauthorized":
		return Answer{Status: finding.Dead}, nil
	}
	return unknown("the answer proves nothing (status %d)", reply.Status), transientStatus(reply)
}

// Mutate implements Protocol.
func (kubernetes) Mutate(c Credential) (Credential, bool) {
	if isPrivateKey(c.Secret) {
		return strangeCertificate(c)
	}
	fake, ok := mutate(c.Secret)
	c.Secret = fake
	return c, ok
}
