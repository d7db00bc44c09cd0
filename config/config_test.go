package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUnknownKeyNamesLineAndNearest(t *testing.T) {
	_, err := Parse("x.toml", "fail_on = \"high\"\ndisabel = [\"a\"]\n")
	if err == nil || !strings.Contains(err.Error(), `x.toml:2: unknown key "disabel" (did you mean "disable"?)`) {
		t.Fatalf("got %v", err)
	}
}

func TestLayers(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "none"))
	t.Setenv("HOME", dir)
	t.Setenv(EnvFile, "")
	named, repo := filepath.Join(dir, "org.toml"), filepath.Join(dir, "repo")
	if err := os.Mkdir(repo, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, named, "fail_on = \"high\"\ndisable = [\"a\"]\n")
	write(t, filepath.Join(repo, FileName), "fail_on = \"low\"\ndisable = [\"b\"]\nignore_files = [\"x\"]\nallow_hosts = [\"10.0.0.0/8\"]\n")
	c, err := Load(named, repo)
	if err != nil {
		t.Fatal(err)
	}
	if c.FailOn != "high" || strings.Join(c.Disable, ",") != "b,a" || c.IgnoreFiles[0] != filepath.Join(repo, "x") {
		t.Errorf("layers: %+v", c)
	}
	if len(c.AllowHosts) > 0 {
		t.Errorf("a repository allowed the hosts %q", c.AllowHosts)
	}
	if _, err := Load(filepath.Join(dir, "missing.toml"), ""); err == nil {
		t.Error("a named file that is not there must be an error")
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("fail_on = \"low\"\n")
	f.Add("[[x]]\n=")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("f.toml", text)
		if err == nil && (c.MinConfidence < 0 || c.MinConfidence > 1) {
			t.Fatal("confidence out of range accepted")
		}
	})
}
