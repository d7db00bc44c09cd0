package verify

import (
	"context"
	"encoding/xml"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/awskey"
	"github.com/unleak/unleak/internal/lazyregexp"
)

// awsSTS asks AWS who a key belongs to: GetCallerIdentity needs no right, cannot be denied and costs nothing (AWS STS
// API Reference, 2026). Each partition knows only its own keys; the secret key itself is never sent.
//
// The finding's secret is the secret access key and its part "access key id" the id, or the other way round with the
// part "secret access key". Temporary keys need the part "session token".
type awsSTS struct{ host, region string }

const (
	partKeyID     = "access key id"
	partSecretKey = "secret access key"
	partSession   = "session token"
)

const stsBody = "Action=GetCallerIdentity&Version=2011-06-15"

var awsKeyID = lazyregexp.New(`^A[KS]IA[A-Z0-9]{12,124}$`)

// Hosts implements Protocol.
func (a awsSTS) Hosts() []string { return []string{a.host} }

// keys sorts out which value is the id and which the secret key.
func (a awsSTS) keys(c Credential) (sigV4, error) {
	s := sigV4{region: a.region, service: "sts"}
	var err error
	if awsKeyID.MatchString(c.Secret) {
		s.keyID = c.Secret
		s.secret, err = c.need(partSecretKey)
	} else {
		s.secret = c.Secret
		s.keyID, err = c.need(partKeyID)
	}
	if err != nil {
		return s, err
	}
	if !awsKeyID.MatchString(s.keyID) {
		return s, problem("its access key id is none")
	}
	if account, ok := awskey.Account(s.keyID); ok && awskey.Canary(account) != "" {
		return s, problem(touchesCanary)
	}
	s.token, _ = c.Part(partSession)
	if strings.HasPrefix(s.keyID, "ASIA") && s.token == "" {
		return s, missing(partSession)
	}
	if strings.ContainsAny(s.token, "\r\n") {
		return s, problem("its session token holds a line break")
	}
	return s, nil
}

// Target implements Protocol.
func (a awsSTS) Target(c Credential) (Target, error) {
	s, err := a.keys(c)
	if err != nil {
		return Target{}, err
	}
	text := "POST https://" + a.host + "/\nAuthorization: AWS4-HMAC-SHA256 Credential=" + finding.Mask(s.keyID) + ", Signature=(of the request)\n"
	if s.token != "" {
		text += "X-Amz-Security-Token: " + finding.Mask(s.token) + "\n"
	}
	return Target{Host: a.host, Named: true, Show: text + "\n" + stsBody + "\n"}, nil
}

// stsReply is the part of both kinds of answer that counts.
type stsReply struct {
	Account string `xml:"GetCallerIdentityResult>Account"`
	ARN     string `xml:"GetCallerIdentityResult>Arn"`
	UserID  string `xml:"GetCallerIdentityResult>UserId"`
	Code    string `xml:"Error>Code"`
	Message string `xml:"Error>Message"`
	Codes   string `xml:"Errors>Error>Code"` // as older services and stand-ins for AWS have it
	Texts   string `xml:"Errors>Error>Message"`
}

// Ask implements Protocol.
func (a awsSTS) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	s, err := a.keys(c)
	if err != nil {
		return Answer{}, err
	}
	r, u, err := newRequest("POST", "https://"+a.host+"/", "application/x-www-form-urlencoded; charset=utf-8", []byte(stsBody))
	if err != nil {
		return Answer{}, err
	}
	s.sign(&r, u, time.Now())
	reply, err := client.Do(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	var x stsReply
	if err := xml.Unmarshal(reply.Body, &x); err != nil {
		return unknown("the answer is not one of STS (status %d)", reply.Status), transientStatus(reply)
	}
	x.Code, x.Message = orDefault(x.Code, x.Codes), orDefault(x.Message, x.Texts)
	if reply.Status == 200 && x.Account != "" && strings.HasPrefix(x.ARN, "arn:aws") {
		return Answer{Status: finding.Live, Facts: map[string]string{
			"account": clean(x.Account, maxFact), "arn": clean(x.ARN, maxFact), "user id": clean(x.UserID, maxFact),
		}}, nil
	}
	return stsRefusal(x, reply)
}

// stsRefusal reads the error codes of "Common Errors", AWS STS API Reference.
func stsRefusal(x stsReply, reply *Reply) (Answer, error) {
	skew := strings.Contains(x.Message, "Signature expired") || strings.Contains(x.Message, "Signature not yet current")
	switch x.Code {
	case "SignatureDoesNotMatch", "RequestExpired":
		if skew || x.Code == "RequestExpired" {
			return unknown("the clock of this machine is wrong"), nil
		}
		return Answer{Status: finding.Dead, Cause: "the access key id exists, but the secret key is not its own"}, nil
	case "InvalidClientTokenId", "InvalidAccessKeyId", "UnrecognizedClientException":
		return Answer{Status: finding.Dead}, nil
	case "ExpiredToken", "ExpiredTokenException":
		return Answer{Status: finding.Expired}, nil
	case "Throttling", "ThrottlingException", "RequestLimitExceeded":
		return Answer{}, &Transient{Cause: "rate limit of the issuer", Limit: true}
	}
	return unknown("STS answered %s (status %d)", orDefault(clean(x.Code, 60), "without a code"), reply.Status), transientStatus(reply)
}

// Mutate implements Protocol. It changes the secret key: the signature of the real id then cannot hold.
func (a awsSTS) Mutate(c Credential) (Credential, bool) {
	s, err := a.keys(c)
	if err != nil {
		return c, false
	}
	fake, ok := mutate(s.secret)
	out := Credential{Rule: c.Rule, Secret: fake, Parts: nil}
	out.Parts = append(out.Parts, kv(partKeyID, s.keyID))
	if s.token != "" {
		out.Parts = append(out.Parts, kv(partSession, s.token))
	}
	return out, ok
}
