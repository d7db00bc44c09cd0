package store

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/verify"
)

// environment is a Getenv of fixed variables.
func environment(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return m[name] }
}

func options(pairs ...string) Options {
	return Options{Getenv: environment(pairs...), Caller: verify.Options{Backoff: time.Millisecond, ProxyURL: "direct"}}
}

// read reads one store that must be readable.
func read(t *testing.T, spec string, o Options) *Contents {
	t.Helper()
	c, err := Read(context.Background(), []string{spec}, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lines are the values with where they are kept, without the store and times, sorted.
func lines(c *Contents) []string {
	var out []string
	for _, v := range c.Values {
		for _, r := range v.Refs {
			state := "old"
			if r.Current {
				state = "now"
			}
			out = append(out, fmt.Sprintf("%s %s v%s = %s", state, r.Name(), r.Version, v.Secret.Reveal()))
		}
	}
	slices.Sort(out)
	return out
}

func skips(c *Contents) []string {
	var out []string
	for _, s := range c.Skipped {
		out = append(out, fmt.Sprintf("%s: %s: %s", s.Reason, s.Name[strings.LastIndexByte(s.Name, ' ')+1:], s.Detail))
	}
	slices.Sort(out)
	return out
}

func want(t *testing.T, got, want []string) {
	t.Helper()
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// serve answers each "METHOD PATH?QUERY" with a body; a body that starts with a number and a blank has that status.
// What is not listed is 404. It counts the requests.
func serve(t *testing.T, answers map[string]string) (*httptest.Server, map[string]int) {
	t.Helper()
	seen := map[string]int{}
	var mu sync.Mutex
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Method + " " + r.URL.RequestURI()
		mu.Lock()
		seen[key]++
		body, ok := answers[fmt.Sprintf("%s #%d", key, seen[key])]
		mu.Unlock()
		if !ok {
			body, ok = answers[key]
		}
		if !ok {
			http.Error(w, `{"errors":[]}`, http.StatusNotFound)
			return
		}
		status := 0
		if n, err := fmt.Sscanf(body, "%d ", &status); n == 1 && err == nil {
			body = body[4:]
			if status == 429 {
				w.Header().Set("Retry-After", "0")
			}
			w.WriteHeader(status)
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s, seen
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	env := filepath.Join(dir, "ci.env")
	text := "# c\n\nexport A=one-value # remark\r\nB='sin#gle $x'\nC=\"two\\nlines \\\"q\\\" \\x\"\nD=\"over\ntwo lines\"\nE=\nF = spaced \nJ={\"k\":\"inner-value\"}\n"
	if err := os.WriteFile(env, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := read(t, env, options())
	want(t, lines(c), []string{
		"now ci.env#A v = one-value", "now ci.env#B v = sin#gle $x", "now ci.env#C v = two\nlines \"q\" \\x", "now ci.env#D v = over\ntwo lines",
		"now ci.env#E v = ", "now ci.env#F v = spaced", `now ci.env#J v = {"k":"inner-value"}`, "now ci.env#J.k v = inner-value",
	})
	if c.Values[0].Refs[0].Use != finding.PlacePipeline || c.Values[0].Refs[0].Changed.IsZero() {
		t.Errorf("use %q, changed %v", c.Values[0].Refs[0].Use, c.Values[0].Refs[0].Changed)
	}
	prod, tarball := filepath.Join(dir, "prod.env"), filepath.Join(dir, "app.tar")
	for name, text := range map[string]string{prod: text, tarball: "a.env\x00\x00\nA=one-value\n\x00"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if use := read(t, prod, options()).Values[0].Refs[0].Use; use != "" {
		t.Errorf("a file is used by %q", use)
	}
	if _, err := Read(context.Background(), []string{tarball}, options()); err == nil || !strings.Contains(err.Error(), "no text") {
		t.Errorf("a binary is a store: %v", err)
	}
	js := filepath.Join(dir, "s.json")
	if err := os.WriteFile(js, []byte(`{"a":{"b":["x1","x2"]},"n":12,"t":true,"z":null}`), 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, lines(read(t, "file://"+js, options())), []string{"now s.json#a.b.0 v = x1", "now s.json#a.b.1 v = x2", "now s.json#n v = 12"})
	for name, bad := range map[string]string{"no.env": "A=\"open\n", "no2.env": "just words\n", "no.json": `{"a": "s3cr3t-value"`} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(context.Background(), []string{file}, options()); err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A line that is none of a .env file is a gap, told by its number alone; the others are read.
func TestStrayLines(t *testing.T) {
	name := filepath.Join(t.TempDir(), "ci.env")
	text := "A=one-value\ns3cr3t words\nB='two\nlines'\n=s3cr3t\nKEY=-----BEGIN X-----\ns3cr3tBlock\ns3cr3tEnd==\n-----END X-----\nQ=\"s3cr3t open\nC=three\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := read(t, name, options())
	want(t, lines(c), []string{"now ci.env#A v = one-value", "now ci.env#B v = two\nlines", "now ci.env#C v = three", "now ci.env#KEY v = -----BEGIN X-----"})
	got := strings.Join(skips(c), "\n")
	for _, at := range []string{"ci.env:2:", "ci.env:5:", "ci.env:7:", "ci.env:8:", "ci.env:9:", "ci.env:10:"} {
		if !strings.Contains(got, at) {
			t.Errorf("no gap %s in\n%s", at, got)
		}
	}
	if len(c.Skipped) != 6 || !c.Gaps() || strings.Contains(got, "s3cr3t") {
		t.Errorf("%d gaps:\n%s", len(c.Skipped), got)
	}
	if err := os.WriteFile(name, []byte("A=one-value\n"+strings.Repeat("words\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	c = read(t, name, options())
	if n := len(c.Skipped); n != 101 || !strings.Contains(c.Skipped[100].Detail, "900 more") {
		t.Errorf("%d gaps, the last %+v", n, c.Skipped[n-1])
	}
}

func TestSpecs(t *testing.T) {
	for spec, why := range map[string]string{
		"nosuch://x": "unknown kind", "vault+ftp://x": "unknown kind", "vault://user:pw@x/secret": "credentials come from the environment",
		"vault://h/secret?x=1": "unknown option", "vault:///secret": "VAULT_ADDR", "vault://h/secret": "no token", "vault://h/s?auth=approle": "VAULT_ROLE_ID",
		"vault://h/s?auth=jwt": "needs a role", "vault://h/s?kv=3": "want 1 or 2", "aws-sm://": "want a region", "gcp-sm://": "want a project", "azure-kv://": "want a vault",
		"/no/such/file": "no such file",
	} {
		if _, err := Read(context.Background(), []string{spec}, options()); err == nil || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "user:pw") {
			t.Errorf("%s: %v, want %q", spec, err, why)
		}
	}
}

// A store that a redirect points elsewhere gets no second request, and the other host never sees the token.
func TestRedirectIsNotFollowed(t *testing.T) {
	asked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer other.Close()
	s := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer s.Close()
	_, err := Read(context.Background(), []string{"vault+http://" + s.Listener.Addr().String() + "/secret"}, options("VAULT_TOKEN", "t"))
	if err == nil || !strings.Contains(err.Error(), "redirected") || asked {
		t.Errorf("err %v, the other host was asked: %v", err, asked)
	}
}

// Each access is one line of the audit log, none with a token or a value; a log that cannot be written ends the reading.
func TestAudit(t *testing.T) {
	s, _ := serve(t, map[string]string{
		"GET /v1/sys/internal/ui/mounts/kv": `{"data":{"path":"kv/","type":"kv","options":{"version":"1"}}}`,
		"GET /v1/kv/?list=true":             `{"data":{"keys":["a"]}}`,
		"GET /v1/kv/a":                      `{"data":{"password":"s3cr3t-value-1"}}`,
	})
	var log bytes.Buffer
	o := options("VAULT_TOKEN", "hvs.token-1")
	o.Caller.Audit = &log
	read(t, "vault+http://"+s.Listener.Addr().String()+"/kv", o)
	got := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(got) != 3 || !strings.Contains(got[2], `"event":"store"`) || !strings.Contains(got[2], `"path":"kv/a"`) || !strings.Contains(got[2], `"outcome":"answered"`) {
		t.Errorf("audit log:\n%s", log.String())
	}
	if strings.Contains(log.String(), "s3cr3t") || strings.Contains(log.String(), "hvs.") {
		t.Error("the audit log holds a secret")
	}
	o.Caller.Audit = broken{}
	if _, err := Read(context.Background(), []string{"vault+http://" + s.Listener.Addr().String() + "/kv"}, o); err == nil || !strings.Contains(err.Error(), "audit log") {
		t.Errorf("with a broken audit log: %v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, fmt.Errorf("disk full") }

func TestIndex(t *testing.T) {
	c := &Contents{}
	r := &reader{into: c, store: "s"}
	r.value(entry{path: "ci/app", version: "1"}, "value-one\n")
	r.value(entry{path: "prod/app", version: "2", current: true}, " value-one")
	key := "-----BEGIN X-----\n" + "abcd\nefgh\n" + "-----END X-----"
	r.value(entry{path: "key"}, key)
	x := c.Index()
	if refs := x.Refs("value-one "); len(refs) != 2 || refs[0].Path != "prod/app" || refs[1].Use != finding.PlacePipeline || refs[0].Use != finding.PlaceRuntime {
		t.Errorf("%+v", refs)
	}
	if len(x.Refs(strings.ReplaceAll(key, "\n", "\n   ")+"\n")) != 1 || len(x.Refs("value")) != 0 || len(x.Refs("")) != 0 {
		t.Error("a key with other blanks, or what is not there")
	}
}

func FuzzEnv(f *testing.F) {
	f.Add("export A=\"x\\n\"\nB='y'\n# c\nC=d # e")
	f.Fuzz(func(t *testing.T, text string) {
		all, stray := parseEnv(text)
		if n := len(stray.first) + stray.more; n > strings.Count(text, "\n")+1 {
			t.Fatalf("%d stray lines", n)
		}
		if len(all) > strings.Count(text, "=") {
			t.Fatalf("%d values of %d assignments", len(all), strings.Count(text, "="))
		}
		_ = leaves(text)
	})
}
