package verify

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// kubernetes asks an API server whose token it is: SelfSubjectReview, which stores nothing ("API access control >
// Authenticating", Kubernetes documentation 1.34, 2025), and where that is not known, for one namespace: a refusal there
// names the user. The part "host" is the server, as a name or as the URL that a kubeconfig has.
//
// Most servers have a certificate of their cluster's own authority: --verify-ca takes it.
type kubernetes struct{}

const (
	kubernetesReview     = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
	kubernetesReviewBody = `{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`
	kubernetesNamespaces = "/api/v1/namespaces?limit=1"
	kubernetesNobody     = "system:anonymous"
)

// Hosts implements Protocol.
func (kubernetes) Hosts() []string { return []string{fromFinding} }

func (kubernetes) host(c Credential) (string, error) {
	host, err := c.need(partHost)
	if err != nil {
		return "", err
	}
	host = strings.ToLower(strings.TrimPrefix(host, "https://"))
	host, _, _ = strings.Cut(host, "/")
	switch {
	case host == "" || strings.HasPrefix(host, "http:") || strings.ContainsAny(host, " @\\%{}$"):
		return "", problem("its host is none")
	case strings.ContainsAny(c.Secret, "\r\n\x00 "):
		return "", problem("it is no token")
	}
	return host, nil
}

// Target implements Protocol.
func (k kubernetes) Target(c Credential) (Target, error) {
	host, err := k.host(c)
	if err != nil {
		return Target{}, err
	}
	show := "POST https://" + host + kubernetesReview + "\nAuthorization: Bearer " + finding.Mask(c.Secret) + "\n\n" + kubernetesReviewBody + "\n"
	return Target{Host: host, Show: show}, nil
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
	host, err := k.host(c)
	if err != nil {
		return Answer{}, err
	}
	r, _, err := newRequest("POST", "https://"+host+kubernetesReview, "application/json", []byte(kubernetesReviewBody))
	if err != nil {
		return Answer{}, refuse("its host is none")
	}
	r.Named = false
	r.Header.Set("Authorization", "Bearer "+c.Secret)
	reply, err := client.Do(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	var x kubernetesReply
	if json.Unmarshal(reply.Body, &x) == nil && x.Kind == "Status" && (reply.Status == 404 || reply.Status == 405) {
		r.Method, r.URL, r.Body = "GET", "https://"+host+kubernetesNamespaces, nil
		if reply, err = client.Do(ctx, r); err != nil {
			return Answer{}, err
		}
	}
	return k.judge(c, reply)
}

// judge reads a SelfSubjectReview, a list of namespaces, or a Status.
func (kubernetes) judge(c Credential, reply *Reply) (Answer, error) {
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
	case reply.Status == 401 && x.Kind == "Status" && x.Reason == "Unauthorized":
		if t, err := parseJWT(c.Secret); err == nil && t.claims.Exp != nil && time.Now().After(time.Unix(int64(*t.claims.Exp), 0)) {
			return Answer{Status: finding.Expired}, nil
		}
		return Answer{Status: finding.Dead}, nil
	}
	return unknown("the answer proves nothing (status %d)", reply.Status), transientStatus(reply)
}

// Mutate implements Protocol.
func (kubernetes) Mutate(c Credential) (Credential, bool) {
	fake, ok := mutate(c.Secret)
	c.Secret = fake
	return c, ok
}
