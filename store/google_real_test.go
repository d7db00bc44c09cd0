package store

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// publishedGoogle starts the fake of GCP Secret Manager that scripts/gcpdev builds from the published protos.
func publishedGoogle(t *testing.T, secrets string) (endpoint string) {
	t.Helper()
	program := os.Getenv("UNLEAK_GCPDEV")
	if program == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		program = filepath.Join(cache, "unleak-test", "gcpdev")
	}
	if _, err := os.Stat(program); err != nil {
		t.Skip("NOT TESTED against the published protos of GCP: there is no " + program + " (scripts/gcpdev builds it)")
	}
	c := exec.Command(program, "127.0.0.1:0")
	c.Stdin, c.Stderr = strings.NewReader(secrets), os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + strings.TrimSpace(line)
}

// TestRealGoogle reads a Secret Manager whose paths, parameters and answers are those of the published protos.
func TestRealGoogle(t *testing.T) {
	endpoint := publishedGoogle(t, `{"shop": {
		"prod-db": [{"Data": "first-value", "State": "ENABLED"}, {"Data": "gone", "State": "DESTROYED"}, {"Data": "third-value", "State": "ENABLED"}, {"Data": "off", "State": "DISABLED"}, {"Data": "fifth-value", "State": "ENABLED"}],
		"prod-json": [{"Data": "{\"user\": \"u\", \"pass\": \"inner-value\"}", "State": "ENABLED"}],
		"a-prod-x": [{"Data": "other-value", "State": "ENABLED"}],
		"blind": [{"Data": "old-value", "State": "ENABLED"}, {"Data": "blind-value", "State": "ENABLED"}],
		"hidden": [{"Data": "hidden-value", "State": "ENABLED"}],
		"empty": []}}`)
	spec := "gcp-sm://shop?endpoint=" + endpoint
	o := options("GOOGLE_OAUTH_ACCESS_TOKEN", "ya29.gcpdev")
	prod := []string{
		"now prod-db# v5 = fifth-value", "old prod-db# v3 = third-value", "old prod-db# v1 = first-value",
		`now prod-json# v1 = {"user": "u", "pass": "inner-value"}`, "now prod-json#pass v1 = inner-value", "now prod-json#user v1 = u",
	}
	for i := range prod { // Name leaves the mark out where there is no field
		prod[i] = strings.Replace(prod[i], "# ", " ", 1)
	}
	c := read(t, spec, o)
	want(t, lines(c), append([]string{"now a-prod-x v1 = other-value", "now blind v2 = blind-value"}, prod...))
	got := skips(c)
	if len(got) != 2 || !strings.Contains(strings.Join(got, "\n"), "denied for resource 'projects/shop/secrets/hidden/versions/1'") || !strings.Contains(strings.Join(got, "\n"), "unreadable: blind: older versions") {
		t.Errorf("skipped %q", got)
	}
	if c.Counts["secrets"] != 6 {
		t.Errorf("counts %v", c.Counts)
	}
	want(t, lines(read(t, strings.Replace(spec, "shop?", "shop/prod?", 1), o)), prod)
	o.Current = true
	want(t, lines(read(t, strings.Replace(spec, "shop?", "shop/prod-db?", 1), o)), prod[:1])
	if _, err := Read(context.Background(), []string{spec}, options("GOOGLE_OAUTH_ACCESS_TOKEN", "wrong")); err == nil || !strings.Contains(err.Error(), "invalid authentication credentials") {
		t.Errorf("a wrong token: %v", err)
	}
	if _, err := Read(context.Background(), []string{strings.Replace(spec, "shop", "other", 1)}, o); err == nil || !strings.Contains(err.Error(), "denied") {
		t.Errorf("another project: %v", err)
	}
}
