package store

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A list that ends in an error, or never, loses what follows and nothing before it; the rest is coverage.
func TestListsThatBreakOff(t *testing.T) {
	google := func(second string) map[string]string {
		return map[string]string{
			"GET /v1/projects/p/secrets?pageSize=250":                                   `{"secrets":[{"name":"projects/p/secrets/a"}],"nextPageToken":"t"}`,
			"GET /v1/projects/p/secrets?pageSize=250&pageToken=t":                       second,
			"GET /v1/projects/p/secrets/a/versions?filter=state%3AENABLED&pageSize=250": `{"versions":[{"name":"projects/p/secrets/a/versions/2","state":"ENABLED"}]}`,
			"GET /v1/projects/p/secrets/a/versions/2:access":                            `{"name":"projects/p/secrets/a/versions/2","payload":{"data":"` + b64("value-a") + `"}}`,
		}
	}
	for name, c := range map[string]struct {
		answers map[string]string
		spec    func(base string) string
		env     []string
		want    string
		skip    string
	}{
		"google, denied":  {google(`403 {"error":{"message":"no"}}`), googleSpec, []string{"GOOGLE_OAUTH_ACCESS_TOKEN", "x"}, "now a v2 = value-a", "unreadable: secrets: listing, behind page 1: status 403: no"},
		"google, endless": {google(`{"secrets":[],"nextPageToken":"t"}`), googleSpec, []string{"GOOGLE_OAUTH_ACCESS_TOKEN", "x"}, "now a v2 = value-a", "failed: secrets: listing, behind page 2: " + errEndless.Error()},
		"azure, denied": {map[string]string{
			"GET /secrets?api-version=7.4&maxresults=25":            `{"value":[{"id":"https://v/secrets/a","attributes":{"enabled":true}}],"nextLink":"/secrets?skip=1"}`,
			"GET /secrets?skip=1":                                   `403 {"error":{"message":"no"}}`,
			"GET /secrets/a/versions?api-version=7.4&maxresults=25": `{"value":[{"id":"https://v/secrets/a/v1","attributes":{"enabled":true,"created":1}}]}`,
			"GET /secrets/a/v1?api-version=7.4":                     `{"value":"value-a","id":"https://v/secrets/a/v1"}`,
		}, azureSpec, []string{"AZURE_ACCESS_TOKEN", "x"}, "now a vv1 = value-a", "unreadable: secrets: listing, behind 1 of them: status 403: no"},
		"azure, endless": {map[string]string{
			"GET /secrets?api-version=7.4&maxresults=25":            `{"value":[{"id":"https://v/secrets/a","attributes":{"enabled":true}}],"nextLink":"/secrets?skip=1"}`,
			"GET /secrets?skip=1":                                   `{"value":[],"nextLink":"/secrets?skip=1"}`,
			"GET /secrets/a/versions?api-version=7.4&maxresults=25": `{"value":[{"id":"https://v/secrets/a/v1","attributes":{"enabled":true,"created":1}}]}`,
			"GET /secrets/a/v1?api-version=7.4":                     `{"value":"value-a","id":"https://v/secrets/a/v1"}`,
		}, azureSpec, []string{"AZURE_ACCESS_TOKEN", "x"}, "now a vv1 = value-a", "failed: secrets: listing, behind 1 of them: " + errEndless.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := serve(t, c.answers)
			got := read(t, c.spec(s.URL), options(c.env...))
			want(t, lines(got), []string{c.want})
			want(t, skips(got), []string{c.skip})
		})
	}
}

func googleSpec(base string) string { return "gcp-sm://p?endpoint=" + base }

func azureSpec(base string) string { return "azure-kv://v?endpoint=" + base + "&authority=" + base }

// The same for AWS, whose lists go by a token in the body.
func TestAWSListsThatBreakOff(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body)
		more := body["NextToken"] != nil
		switch action := r.Header.Get("X-Amz-Target"); {
		case strings.HasSuffix(action, "ListSecrets") && more, strings.HasSuffix(action, "GetParameterHistory") && more:
			w.WriteHeader(400)
			fmt.Fprint(w, `{"__type":"AccessDeniedException","message":"no"}`)
		case strings.HasSuffix(action, "ListSecrets"):
			fmt.Fprint(w, `{"SecretList":[{"Name":"a"}],"NextToken":"t"}`)
		case strings.HasSuffix(action, "ListSecretVersionIds"):
			fmt.Fprint(w, `{"Versions":[{"VersionId":"v1","VersionStages":["AWSCURRENT"]}],"NextToken":"again"}`)
		case strings.HasSuffix(action, "GetSecretValue"):
			fmt.Fprint(w, `{"VersionId":"v1","SecretBinary":"`+b64("bin-value")+`"}`)
		case strings.HasSuffix(action, "DescribeParameters"):
			fmt.Fprint(w, `{"Parameters":[{"Name":"p","Type":"SecureString"}],"NextToken":"t"}`)
		case strings.HasSuffix(action, "GetParameterHistory"):
			fmt.Fprint(w, `{"Parameters":[{"Value":"first","Version":1}],"NextToken":"t"}`)
		case strings.HasSuffix(action, "GetParameter"):
			fmt.Fprint(w, `{"Parameter":{"Value":"second","Version":2}}`)
		}
	}))
	defer s.Close()
	c := read(t, "aws-sm://eu-west-1?endpoint="+s.URL, awsOptions())
	for _, l := range lines(c) {
		if l != "now a vv1 = bin-value" {
			t.Errorf("%s", l)
		}
	}
	if got := strings.Join(skips(c), "\n"); len(lines(c)) == 0 || !strings.Contains(got, "a: listing, behind page 2: "+errEndless.Error()) || !strings.Contains(got, "secrets: listing, behind page 1: status 403: AccessDenied") {
		t.Errorf("%q %s", lines(c), got)
	}
	c = read(t, "aws-ssm://eu-west-1?endpoint="+s.URL, awsOptions())
	got := lines(c)
	if len(got) < 2 || got[0] != "now p v2 = second" || got[len(got)-1] != "old p v1 = first" {
		t.Errorf("%q", got)
	}
	if text := strings.Join(skips(c), "\n"); !strings.Contains(text, "parameters: listing, behind page 2: "+errEndless.Error()) || !strings.Contains(text, "p: older versions: status 403") {
		t.Error(text)
	}
}

// Kubernetes: a page that fails behind the first, and one that is named for ever.
func TestKubernetesListBreaksOff(t *testing.T) {
	item := `{"metadata":{"namespace":"n","name":"a","resourceVersion":"1"},"type":"Opaque","data":{"k":"` + b64("value-a") + `"}}`
	for second, skip := range map[string]string{
		`403 {"message":"no"}`:                     "unreadable: n: listing, behind page 1: status 403: no",
		`{"metadata":{"continue":"c"},"items":[]}`: "failed: n: listing, behind page 2: " + errEndless.Error(),
		`410 {"reason":"Expired","message":"old"}`: "failed: n: listing, behind page 4: status 410: old",
	} {
		s, _ := serve(t, map[string]string{
			"GET /api/v1/namespaces/n/secrets?limit=500":            `{"metadata":{"continue":"c"},"items":[` + item + `]}`,
			"GET /api/v1/namespaces/n/secrets?continue=c&limit=500": second,
		})
		call, err := newCaller("k8s test", options().Caller, s.URL)
		if err != nil {
			t.Fatal(err)
		}
		k := &kubernetes{caller: call, namespace: "n"}
		r := newReader(k, options())
		if err := readOne(t.Context(), k, r); err != nil {
			t.Fatal(err)
		}
		want(t, lines(r.into), []string{"now n/a#k v1 = value-a"})
		want(t, skips(r.into), []string{skip})
	}
}

// Two versions of one second: the vault itself says which is handed out.
func TestAzureSameSecond(t *testing.T) {
	s, _ := serve(t, map[string]string{
		"GET /secrets?api-version=7.4&maxresults=25":            `{"value":[{"id":"https://v/secrets/a","attributes":{"enabled":true}}]}`,
		"GET /secrets/a/versions?api-version=7.4&maxresults=25": `{"value":[{"id":"https://v/secrets/a/v1","attributes":{"enabled":true,"created":9}},{"id":"https://v/secrets/a/v0","attributes":{"enabled":true,"created":3}},{"id":"https://v/secrets/a/v2","attributes":{"enabled":true,"created":9}}]}`,
		"GET /secrets/a?api-version=7.4":                        `{"value":"two","id":"https://v/secrets/a/v2"}`,
		"GET /secrets/a/v0?api-version=7.4":                     `{"value":"zero","id":"https://v/secrets/a/v0"}`,
		"GET /secrets/a/v1?api-version=7.4":                     `{"value":"one","id":"https://v/secrets/a/v1"}`,
		"GET /secrets/a/v2?api-version=7.4":                     `{"value":"two","id":"https://v/secrets/a/v2"}`,
	})
	c := read(t, azureSpec(s.URL), options("AZURE_ACCESS_TOKEN", "x"))
	for _, l := range lines(c) {
		if strings.HasPrefix(l, "now ") && l != "now a vv2 = two" {
			t.Errorf("%q is not handed out", l)
		}
	}
	if got := lines(c); got[0] != "now a vv2 = two" {
		t.Errorf("%q", got)
	}
}

// A deleted secret is no gap where the policy does not allow to read its metadata.
func TestVaultDeletedWithoutMetadata(t *testing.T) {
	s, _ := serve(t, map[string]string{
		"GET /v1/sys/internal/ui/mounts/secret/app": `403 {"errors":["permission denied"]}`,
		"GET /v1/secret/metadata/app/?list=true":    `{"data":{"keys":["gone","db"]}}`,
		"GET /v1/secret/metadata/app/gone":          `403 {"errors":["permission denied"]}`,
		"GET /v1/secret/data/app/gone":              `404 {"data":{"data":null,"metadata":{"version":1,"deletion_time":"2026-01-02T03:04:05Z","destroyed":false}}}`,
		"GET /v1/secret/metadata/app/db":            `{"data":{"current_version":1,"versions":{"1":{}}}}`,
		"GET /v1/secret/data/app/db?version=1":      `{"data":{"data":{"p":"value-p"},"metadata":{"version":1}}}`,
	})
	c := read(t, "vault+http://"+s.Listener.Addr().String()+"/secret/app", options("VAULT_TOKEN", "hvs.x"))
	want(t, lines(c), []string{"now secret/app/db#p v1 = value-p"})
	want(t, skips(c), []string{"unreadable: secret/app/gone: older versions: the policy does not allow to read its metadata"})
	if c.Counts["deleted versions"] != 1 {
		t.Errorf("counts %v", c.Counts)
	}
}
