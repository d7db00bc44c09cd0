package verify

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// TestSigV4Vector is the example of "Create a signed AWS API request", IAM User Guide.
func TestSigV4Vector(t *testing.T) {
	r, u, err := newRequest("GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", "application/x-www-form-urlencoded; charset=utf-8", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := sigV4{keyID: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCY" + "EXAMPLEKEY", region: "us-east-1", service: "iam"}
	s.sign(&r, u, time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC))
	const want = "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
	if got := r.Header.Get("Authorization"); !strings.HasSuffix(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
}

const (
	awsID  = "AKIA" + "Q3EGRZ7XWOPN5TYB"
	awsKey = "j8Kd0sPq/3nVbXyZ1aWc" + "Rt5Ug7Hi9Lm2Ne4Qf6Bo"
)

// sts answers as the real one does: by key id, then by signature.
func sts(id, key, region string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		again := Request{Method: r.Method, URL: "https://" + r.Host + "/", Header: http.Header{}, Body: body}
		for _, h := range []string{"Content-Type", "X-Amz-Security-Token"} {
			if v := r.Header.Get(h); v != "" {
				again.Header.Set(h, v)
			}
		}
		at, _ := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		u, _ := url.Parse(again.URL)
		auth := r.Header.Get("Authorization")
		sigV4{keyID: id, secret: key, token: r.Header.Get("X-Amz-Security-Token"), region: region, service: "sts"}.sign(&again, u, at)
		switch {
		case !strings.Contains(auth, "Credential="+id+"/"):
			answer(403, "text/xml", `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code></Error></ErrorResponse>`)(w, r)
		case again.Header.Get("Authorization") != auth || !strings.Contains(auth, ";x-amz-date") || string(body) != stsBody:
			answer(403, "text/xml", `<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>`)(w, r)
		case r.Header.Get("X-Amz-Security-Token") == "old":
			answer(403, "text/xml", `<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>`)(w, r)
		default:
			answer(200, "text/xml", `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws-cn:iam::123456789012:user/ci</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)(w, r)
		}
	}
}

// TestCanary asks nobody about a pair whose key id is a tripwire, wherever the id stands.
func TestCanary(t *testing.T) {
	w := newWorld(t)
	w.serve("sts.amazonaws.com", func(http.ResponseWriter, *http.Request) { t.Error("a canary was touched") })
	w.serve("x.canarytokens.com", func(http.ResponseWriter, *http.Request) { t.Error("a canary was touched") })
	const secret = "Zk4Rk9Qz7mBn2Wp8Xc5Vt1LhJ3sD6fG0aYuEiOqT"
	id := "AK" + "IAYVP4CIPPERUVIFXG" // of account 595918472158
	look := ruleSet(rules.Rule{ID: "aws", Verify: &rules.Verify{Protocol: "aws-sts", Cost: "free"}}, rules.Rule{ID: "kube", Verify: &rules.Verify{Protocol: "kubernetes", Cost: "free"}})
	o := w.options()
	o.AllowHosts = []string{"x.canarytokens.com"}
	for i, v := range verifyAll(t, o, look, secretOf("aws", secret, part(partKeyID, id)), secretOf("aws", id, part(partSecretKey, secret)), secretOf("kube", secret, part("host", "x.canarytokens.com"))) {
		if v.Status != finding.NotChecked || !strings.Contains(v.Cause, "canary") {
			t.Errorf("%d: %s (%s), want not checked", i, v.Status, v.Cause)
		}
	}
}

func TestAWS(t *testing.T) {
	w := newWorld(t)
	w.serve("sts.amazonaws.com", sts("none", awsKey, "us-east-1"))
	w.serve("sts.us-gov-west-1.amazonaws.com", sts("none", awsKey, "us-gov-west-1"))
	w.serve("sts.cn-north-1.amazonaws.com.cn", sts(awsID, awsKey, "cn-north-1"))
	look := ruleSet(rules.Rule{ID: "aws", Verify: &rules.Verify{Protocol: "aws-sts", Cost: "free"}})
	fake, _ := mutate(awsKey)
	got := verifyAll(t, w.options(), look,
		secretOf("aws", awsKey, part("access key id", "AKIA"+"ZZZZZZZZZZZZZZZZ"), part("access key id", awsID)),
		secretOf("aws", awsID, part("secret access key", awsKey)),
		secretOf("aws", fake, part("access key id", awsID)),
		secretOf("aws", awsKey, part("access key id", "AKIA"+"ZZZZZZZZZZZZZZZZ")),
		secretOf("aws", awsKey, part("access key id", awsID), part("session token", "old")),
		secretOf("aws", awsKey),
		secretOf("aws", awsKey, part("access key id", "ASIA"+"ZZZZZZZZZZZZZZZZ")),
	)
	want := []finding.Status{finding.Live, finding.Live, finding.Dead, finding.Dead, finding.Expired, finding.NotChecked, finding.NotChecked}
	for i := range want {
		if got[i].Status != want[i] {
			t.Errorf("%d: %s (%s), want %s", i, got[i].Status, got[i].Cause, want[i])
		}
	}
	if got[0].Facts["account"] != "123456789012" || got[0].Host != "sts.cn-north-1.amazonaws.com.cn" {
		t.Errorf("%+v", got[0])
	}
}

func TestSTSRefusals(t *testing.T) {
	for text, want := range map[string]finding.Status{
		`<R><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: 2026 is now earlier</Message></Error></R>`: finding.Unknown,
		`<R><Error><Code>AccessDenied</Code></Error></R>`:                                                                   finding.Unknown,
		`<R></R>`:                           finding.Unknown,
		`<html><body>blocked</body></html>`: finding.Unknown,
		`{"x":1}`:                           finding.Unknown,
	} {
		w := newWorld(t)
		for _, a := range protocols[0].asks {
			w.serve(a.(awsSTS).host, answer(403, "text/xml", text))
		}
		look := ruleSet(rules.Rule{ID: "aws", Verify: &rules.Verify{Protocol: "aws-sts", Cost: "free"}})
		if got := verifyAll(t, w.options(), look, secretOf("aws", awsKey, part("access key id", awsID)))[0]; got.Status != want {
			t.Errorf("%s: %s (%s), want %s", text, got.Status, got.Cause, want)
		}
	}
}

func TestGCP(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	const email = "ci@project.iam.gserviceaccount.com"
	w := newWorld(t)
	w.serve(googleTokenHost, func(rw http.ResponseWriter, r *http.Request) {
		parts := strings.Split(r.FormValue("assertion"), ".")
		claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
		sig, _ := base64.RawURLEncoding.DecodeString(parts[2])
		sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		var c struct{ Iss, Aud string }
		_ = json.Unmarshal(claims, &c)
		switch {
		case c.Iss != email:
			answer(400, "application/json", `{"error":"invalid_grant","error_description":"Invalid grant: account not found"}`)(rw, r)
		case rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], sig) != nil || c.Aud != googleTokenURL:
			answer(400, "application/json", `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`)(rw, r)
		default:
			answer(200, "application/json", `{"access_token":"ya29.x","token_type":"Bearer","expires_in":3599}`)(rw, r)
		}
	})
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	file, err := json.Marshal(map[string]string{"client_email": email, "private_key": text, "private_key_id": "abc", "token_uri": "https://evil.example.net/"})
	if err != nil {
		t.Fatal(err)
	}
	look := ruleSet(rules.Rule{ID: "gcp", Verify: &rules.Verify{Protocol: "gcp-service-account", Cost: "free"}})
	got := verifyAll(t, w.options(), look,
		secretOf("gcp", string(file)),
		secretOf("gcp", strings.ReplaceAll(text, "\n", `\n`), part("client email", email)),
		secretOf("gcp", text, part("client email", "gone@project.iam.gserviceaccount.com")),
		secretOf("gcp", text),
		secretOf("gcp", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", part("client email", email)),
	)
	for i, want := range []finding.Status{finding.Live, finding.Live, finding.Dead, finding.NotChecked, finding.NotChecked} {
		if got[i].Status != want {
			t.Errorf("%d: %s (%s), want %s", i, got[i].Status, got[i].Cause, want)
		}
	}
}
