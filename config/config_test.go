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

func TestMistakesNameTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"exclude = [\"a\"]\nexclud = [\"b\"]\n":        `x.toml:2: unknown key "exclud" (did you mean "exclude"?)`,
		"\nexclude = \"a\"\n":                          `x.toml:2: exclude: want a list of texts, such as ["one", "two"], not a text`,
		"exclude = [1, 2]":                             `x.toml:1: exclude: want a list of texts`,
		"baseline = 3":                                 `x.toml:1: baseline: want a text in quotes, not a number`,
		"min_confidence = \"high\"":                    `x.toml:1: min_confidence: want a number, not a text`,
		"# a\n[allow]\nx = 1":                          "x.toml:2: allow: want tables, each under [[allow]], not a table",
		"[[allow]]\nvalues = [\"a\"]\npths = [\"a\"]":  `x.toml:3: unknown key "allow.pths" (did you mean "paths"?)`,
		"[[allow]]\nvalues = [\"a\"]\nall = \"yes\"":   `x.toml:3: allow.all: want true or false, not a text`,
		"EXCLUDE = []":                                 `x.toml:1: unknown key "EXCLUDE" (did you mean "exclude"?)`,
		"[exclude]\na = 1":                             "x.toml:1: exclude: want a list of texts",
		"\n\nfail_on = \"hi\"":                         `x.toml:3: fail_on "hi": want info, low`,
		"fail_on = \"low\"\nexclude = [\"ok\", \"[\"]": `x.toml:2: exclude: glob "[" is malformed`,
		"min_confidence = 3":                           "x.toml:1: min_confidence 3: want 0 to 1",
		"exclude = 2026-01-01":                         "not a date or time",
		"exclude = [\"a\"":                             "x.toml:1: ",
		"allow = [{values=[\"a\"], resaon=\"x\"}]":     `x.toml:1: unknown key "allow.resaon" (did you mean "reason"?)`,
		"b = 1\na = 2":                                 "x.toml:1: unknown key \"b\"\nx.toml:2: unknown key \"a\"",
	} {
		if _, err := Parse("x.toml", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	for _, text := range []string{"", "min_confidence = 1", "exclude = [\"vendor/\", \"**/x\"]\n[[allow]]\nvalues=[\"a\"]\nall = true\n", "exclude = []", "allow = [{values=[\"a\"]}, {values=[\"b\"], reason='x'}]", "allow = []"} {
		if _, err := Parse("x.toml", text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
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
	c, err := Load(named, repo, "")
	if err != nil {
		t.Fatal(err)
	}
	if c.FailOn != "high" || strings.Join(c.Disable, ",") != "b,a" || c.IgnoreFiles[0] != filepath.Join(repo, "x") {
		t.Errorf("layers: %+v", c)
	}
	if len(c.AllowHosts) > 0 {
		t.Errorf("a repository allowed the hosts %q", c.AllowHosts)
	}
	if _, err := Load(filepath.Join(dir, "missing.toml"), "", ""); err == nil {
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
		if err != nil && strings.Contains(err.Error(), "incompatible types") {
			t.Fatalf("a kind that nobody checked: %v", err)
		}
	})
}
