package store

import (
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/unleak/unleak/verify"
)

// aws sends the signed JSON requests of AWS ("AWS JSON 1.1 protocol", Smithy, 2026).
type aws struct {
	*caller
	region, signing string // signing is the service's name in signatures
	target          string // prefix of X-Amz-Target
	login           func(ctx context.Context) (verify.AWSKeys, error)
	keys            verify.AWSKeys
	prefix          string
	current         bool
}

func openAWS(s spec, o Options, signing, target, variable string) (*aws, error) {
	if err := s.check("endpoint", "profile"); err != nil {
		return nil, err
	}
	region := cmp.Or(s.host, cmp.Or(o.Getenv("AWS_REGION"), o.Getenv("AWS_DEFAULT_REGION")))
	if region == "" || strings.ContainsAny(region, ":./") {
		return nil, fmt.Errorf("store %q: want a region, as in %s://eu-central-1, or AWS_REGION", s.text, s.scheme)
	}
	suffix := "amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		suffix += ".cn"
	}
	base := "https://" + signing + "." + region + "." + suffix
	for _, other := range []string{s.query.Get("endpoint"), o.Getenv("AWS_ENDPOINT_URL_" + variable), o.Getenv("AWS_ENDPOINT_URL")} {
		if other != "" {
			base = other
			break
		}
	}
	sts := cmp.Or(s.query.Get("endpoint"), cmp.Or(o.Getenv("AWS_ENDPOINT_URL_STS"), cmp.Or(o.Getenv("AWS_ENDPOINT_URL"), "https://sts."+region+"."+suffix)))
	c, err := newCaller(s.scheme+" "+region, o.Caller, base, sts)
	if err != nil {
		return nil, err
	}
	c.later = throttledAWS
	return &aws{
		caller: c, region: region, signing: signing, target: target, prefix: s.path, current: o.Current,
		login: awsLogin(c, sts, s.option("profile", cmp.Or(o.Getenv("AWS_PROFILE"), "default")), o),
	}, nil
}

func (a *aws) name() string { return a.service }

func (a *aws) close() { a.Close() }

// throttledAWS tells the refusals for the rate, which AWS sends with status 400.
func throttledAWS(r *verify.Reply) bool {
	return r.Status == http.StatusBadRequest && strings.Contains(string(r.Body[:min(len(r.Body), 512)]), "Throttl")
}

// call signs and sends one request of the service.
func (a *aws) call(ctx context.Context, action, subject string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r := verify.Request{Method: http.MethodPost, URL: a.base + "/", Body: text, Header: http.Header{
		"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {a.target + "." + action},
	}}
	if err := verify.SignAWS(&r, a.keys, a.region, a.signing, time.Now()); err != nil {
		return err
	}
	err = a.ask(ctx, r, subject, into)
	if refused, ok := err.(*refusal); ok {
		switch code, _, _ := strings.Cut(refused.text, ":"); code {
		case "AccessDeniedException", "AccessDenied", "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException":
			refused.status = http.StatusForbidden
		case "ResourceNotFoundException", "ParameterNotFound":
			refused.status = http.StatusNotFound
		}
	}
	return err
}

// start gets the keys.
func (a *aws) start(ctx context.Context) (err error) {
	a.keys, err = a.login(ctx)
	return err
}

// awsLogin finds keys where the AWS tools do: the environment, a web identity (OIDC of a CI job or a pod), the shared
// credentials file. Instance metadata are never asked.
func awsLogin(c *caller, sts, profile string, o Options) func(context.Context) (verify.AWSKeys, error) {
	return func(ctx context.Context) (verify.AWSKeys, error) {
		k := verify.AWSKeys{ID: o.Getenv("AWS_ACCESS_KEY_ID"), Secret: o.Getenv("AWS_SECRET_ACCESS_KEY"), Token: o.Getenv("AWS_SESSION_TOKEN")}
		if k.ID != "" && k.Secret != "" {
			return k, nil
		}
		if role, file := o.Getenv("AWS_ROLE_ARN"), o.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE"); role != "" && file != "" {
			return assumeRole(ctx, c, sts, role, file)
		}
		name := cmp.Or(o.Getenv("AWS_SHARED_CREDENTIALS_FILE"), filepath.Join(o.Home, ".aws", "credentials"))
		if text, err := os.ReadFile(name); err == nil {
			if k = profileKeys(string(text), profile); k.ID != "" && k.Secret != "" {
				return k, nil
			}
		}
		return k, fmt.Errorf("no keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, or fill profile %q of the credentials file", profile)
	}
}

// assumeRole trades an identity token for keys ("AssumeRoleWithWebIdentity", AWS STS API Reference, 2026).
func assumeRole(ctx context.Context, c *caller, sts, role, file string) (verify.AWSKeys, error) {
	var k verify.AWSKeys
	token, err := os.ReadFile(file)
	if err != nil {
		return k, err
	}
	body := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {role}, "RoleSessionName": {"unleak"},
		"WebIdentityToken": {strings.TrimSpace(string(token))},
	}.Encode()
	reply, err := c.Do(ctx, verify.Call{Service: c.service, Subject: "sts AssumeRoleWithWebIdentity", Request: verify.Request{
		Method: http.MethodPost, URL: strings.TrimRight(sts, "/") + "/", Body: []byte(body), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	}})
	if err != nil {
		return k, err
	}
	var answer struct {
		ID     string `xml:"AssumeRoleWithWebIdentityResult>Credentials>AccessKeyId"`
		Secret string `xml:"AssumeRoleWithWebIdentityResult>Credentials>SecretAccessKey"`
		Token  string `xml:"AssumeRoleWithWebIdentityResult>Credentials>SessionToken"`
		Code   string `xml:"Error>Code"`
	}
	if xml.Unmarshal(reply.Body, &answer) != nil || answer.Secret == "" {
		return k, fmt.Errorf("taking the role %s: %w", role, &refusal{reply.Status, answer.Code, false})
	}
	return verify.AWSKeys{ID: answer.ID, Secret: answer.Secret, Token: answer.Token}, nil
}

// profileKeys reads the keys of a profile in the INI format of the credentials file.
func profileKeys(text, profile string) verify.AWSKeys {
	var k verify.AWSKeys
	inside := false
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			inside = strings.TrimSpace(strings.TrimPrefix(strings.Trim(line, "[]"), "profile ")) == profile
			continue
		}
		name, value, _ := strings.Cut(line, "=")
		if !inside {
			continue
		}
		switch value = strings.TrimSpace(value); strings.ToLower(strings.TrimSpace(name)) {
		case "aws_access_key_id":
			k.ID = value
		case "aws_secret_access_key":
			k.Secret = value
		case "aws_session_token":
			k.Token = value
		}
	}
	return k
}

// stamp is a time as AWS writes it in JSON: seconds since 1970, with a fraction.
type stamp float64

func (s stamp) time() time.Time {
	if s == 0 {
		return time.Time{}
	}
	whole, part := math.Modf(float64(s))
	return time.Unix(int64(whole), int64(part*1e9)).UTC().Truncate(time.Second)
}
