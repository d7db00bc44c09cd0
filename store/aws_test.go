package store

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unleak/unleak/internal/freeport"
	"github.com/unleak/unleak/verify"
)

// moto starts the server of the moto project, which simulates AWS.
func moto(t *testing.T) string {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import moto.server").Run() != nil {
		t.Skip("NOT TESTED against moto: python3 knows no moto.server (scripts/servers installs it)")
	}
	port := freeport.Take(t)
	address := "127.0.0.1:" + port
	c := exec.Command(python, "-m", "moto.server", "-H", "127.0.0.1", "-p", port)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	for range 600 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return "http://" + address
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Skip("NOT TESTED against moto: moto_server does not start within 30 s")
	return ""
}

// awsDo sends a signed request as an administrator.
func awsDo(t *testing.T, base, target, service string, body any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := verify.Request{Method: "POST", URL: base + "/", Body: text, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {target}}}
	if err := verify.SignAWS(&r, verify.AWSKeys{ID: "AKIDEXAMPLE", Secret: "k"}, "eu-west-1", service, time.Now()); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(r.Method, r.URL, strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = r.Header
	reply, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if reply.StatusCode != 200 {
		t.Fatalf("%s: %s", target, reply.Status)
	}
}

func awsOptions(pairs ...string) Options {
	return options(append([]string{"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY", "k"}, pairs...)...)
}

func TestMoto(t *testing.T) {
	if testing.Short() {
		t.Skip("the server takes seconds to start")
	}
	base := moto(t)
	type m = map[string]any
	sm := func(action string, body any) {
		t.Helper()
		awsDo(t, base, "secretsmanager."+action, "secretsmanager", body)
	}
	sm("CreateSecret", m{"Name": "prod/db", "SecretString": `{"user":"app","password":"first-value"}`})
	sm("PutSecretValue", m{"SecretId": "prod/db", "SecretString": `{"user":"app","password":"second-value"}`})
	sm("CreateSecret", m{"Name": "ci/blob", "SecretBinary": "YmluYXJ5LXZhbHVl"})
	for i := range 105 { // more than a page
		sm("CreateSecret", m{"Name": fmt.Sprintf("many/%03d", i), "SecretString": fmt.Sprintf("many-value-%03d", i)})
	}
	c := read(t, "aws-sm://eu-west-1?endpoint="+base, awsOptions())
	got := strings.Join(lines(c), "\n")
	for _, want := range []string{"old prod/db#password v", "= first-value", "now prod/db#password v", "= second-value", "now ci/blob v", "= binary-value", "= many-value-104"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q", want)
		}
	}
	if c.Counts["secrets"] != 107 || c.Gaps() || c.Values[0].Refs[0].Changed.IsZero() {
		t.Errorf("counts %v, skipped %v, changed %v", c.Counts, c.Skipped, c.Values[0].Refs[0].Changed)
	}
	one := awsOptions()
	one.Current = true
	if got := strings.Join(lines(read(t, "aws-sm://eu-west-1/prod?endpoint="+base, one)), "\n"); strings.Contains(got, "first") || !strings.Contains(got, "second") || strings.Contains(got, "many") {
		t.Errorf("current versions below prod:\n%s", got)
	}

	ssm := func(action string, body any) { t.Helper(); awsDo(t, base, "AmazonSSM."+action, "ssm", body) }
	for _, v := range []string{"p-first", "p-second"} {
		ssm("PutParameter", m{"Name": "/prod/token", "Value": v, "Type": "SecureString", "Overwrite": true})
	}
	for i := range 60 {
		ssm("PutParameter", m{"Name": fmt.Sprintf("/many/%03d", i), "Value": fmt.Sprintf("param-%03d", i), "Type": "String"})
	}
	c = read(t, "aws-ssm://?endpoint="+base, awsOptions("AWS_REGION", "eu-west-1"))
	got = strings.Join(lines(c), "\n")
	for _, want := range []string{"old /prod/token v1 = p-first", "now /prod/token v2 = p-second", "now /many/059 v1 = param-059"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	want(t, lines(read(t, "aws-ssm://eu-west-1/prod?endpoint="+base, one)), []string{"now /prod/token v2 = p-second"})
}

// What moto does not do: throttling, partial permission, identity tokens.
func TestAWSRefusals(t *testing.T) {
	var mu sync.Mutex // several are asked at once
	var asked []string
	tries := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body)
		mu.Lock()
		defer mu.Unlock()
		action := r.Header.Get("X-Amz-Target")
		asked = append(asked, fmt.Sprint(action, " ", body["SecretId"], " ", body["VersionId"]))
		fail := func(code string) {
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"__type":"%s","message":"User is not authorized"}`, code)
		}
		switch {
		case r.URL.Path == "/" && action == "":
			fmt.Fprint(w, `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>tok</SessionToken></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`)
		case r.Header.Get("X-Amz-Security-Token") != "tok":
			fail("UnrecognizedClientException")
		case action == "secretsmanager.ListSecrets" && tries == 0:
			tries++
			fail("ThrottlingException")
		case action == "secretsmanager.ListSecrets":
			fmt.Fprint(w, `{"SecretList":[{"Name":"a"},{"Name":"b"}]}`)
		case action == "secretsmanager.ListSecretVersionIds" && body["SecretId"] == "b":
			fmt.Fprint(w, `{"Versions":[{"VersionId":"v2","VersionStages":["AWSCURRENT"]},{"VersionId":"v1","VersionStages":["AWSPREVIOUS"]}]}`)
		case body["SecretId"] == "b" && body["VersionId"] == "v2", body["SecretId"] == "a" && action == "secretsmanager.GetSecretValue":
			fmt.Fprintf(w, `{"VersionId":"v2","SecretString":"value-of-%s"}`, body["SecretId"])
		default:
			fail("AccessDeniedException")
		}
	}))
	defer s.Close()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("jwt"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := read(t, "aws-sm://eu-west-1?endpoint="+s.URL, options("AWS_ROLE_ARN", "arn:aws:iam::1:role/r", "AWS_WEB_IDENTITY_TOKEN_FILE", token))
	want(t, lines(c), []string{"now a vv2 = value-of-a", "now b vv2 = value-of-b"})
	got := skips(c)
	if len(got) != 2 || !strings.Contains(got[0], "unreadable: a: older versions") || !strings.Contains(got[1], "unreadable: v1: status 403: AccessDenied") {
		t.Errorf("skipped %q", got)
	}
	if _, err := Read(context.Background(), []string{"aws-sm://eu-west-1?endpoint=" + s.URL}, awsOptions()); err == nil || !strings.Contains(err.Error(), "UnrecognizedClient") {
		t.Errorf("keys of nobody: %v", err)
	}
	if strings.Contains(strings.Join(asked, "\n"), "jwt") {
		t.Error("the identity token went to the service")
	}
}

func TestProfileKeys(t *testing.T) {
	text := "[default]\naws_access_key_id = AKIA1\naws_secret_access_key=one\n[ci]\naws_access_key_id=AKIA2\naws_secret_access_key = two=2\naws_session_token = t\n"
	if k := profileKeys(text, "ci"); k != (verify.AWSKeys{ID: "AKIA2", Secret: "two=2", Token: "t"}) {
		t.Errorf("%+v", k)
	}
}
