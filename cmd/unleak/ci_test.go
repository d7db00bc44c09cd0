package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// ciFiles returns the files by which CI systems run unleak.
func ciFiles(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"action.yml", "templates/*.yml", "examples/ci/*", ".github/workflows/*.yml", ".pre-commit-hooks.yaml", "action/*"} {
		found, err := filepath.Glob(filepath.Join("..", "..", pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		all = append(all, found...)
	}
	return all
}

// Every YAML file parses, and every command and flag in any of the files exists.
func TestCIFiles(t *testing.T) {
	root := newRoot(&app{})
	command := regexp.MustCompile(`(?m)(?:unleak|ghcr\.io/unleak/unleak:latest) ((?:git|hook run|dir|scan|image) [^'\n|]*(?:\\\n[^'\n]*)*)`)
	seen := 0
	for _, name := range ciFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".yaml") {
			for d := yaml.NewDecoder(strings.NewReader(string(text))); ; {
				var into any
				if err := d.Decode(&into); err != nil {
					if err.Error() != "EOF" {
						t.Errorf("%s: %v", name, err)
					}
					break
				}
			}
		}
		for _, m := range command.FindAllStringSubmatch(string(text), -1) {
			seen++
			c, _, err := root.Find(strings.Fields(m[1]))
			if err != nil || c == root {
				t.Errorf("%s: no command `unleak %s`: %v", name, m[1], err)
				continue
			}
			for _, f := range flagWord.FindAllStringSubmatch(m[1], -1) {
				if !hasFlag(c, f[1]) {
					t.Errorf("%s: `unleak %s` has no flag %s", name, c.CommandPath(), f[1])
				}
			}
		}
		for _, f := range regexp.MustCompile(`--report "?([a-z]+):`).FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(strings.Join(formatNames(), " ")+" ", f[1]+" ") {
				t.Errorf("%s: no format %s", name, f[1])
			}
		}
	}
	if seen < 8 {
		t.Errorf("only %d commands found", seen)
	}
}

// The script of the GitLab component, with the variables of a merge request and of a new branch.
func TestGitLabComponent(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs sh: ", err)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "templates", "unleak.yml"))
	if err != nil {
		t.Fatal(err)
	}
	_, job, ok := strings.Cut(string(text), "\n---\n")
	if !ok {
		t.Fatal("no spec and job")
	}
	var component struct {
		Unleak struct {
			Script    []string
			Artifacts struct {
				Reports map[string]string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(strings.ReplaceAll(job, "$[[ inputs.args ]]", "--fail-on high")), &component); err != nil {
		t.Fatal(err)
	}
	dir := readmeRepository(t)
	if code, out := shell(t, dir, "rm .gitleaksignore && git add file && git -c user.name=a -c user.email=a@example.com commit -q -m second"); code != 0 {
		t.Fatal(out)
	}
	for _, c := range []struct{ env, want, not string }{
		{"CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git rev-parse HEAD~1) CI_COMMIT_SHA=$(git rev-parse HEAD)", "file:1", "src/settings.ini"},
		{"CI_COMMIT_BEFORE_SHA=$(git rev-parse HEAD~1) CI_COMMIT_SHA=$(git rev-parse HEAD)", "file:1", "src/settings.ini"},
		{"CI_COMMIT_BEFORE_SHA=0000000000000000000000000000000000000000 CI_COMMIT_SHA=$(git rev-parse HEAD)", "src/settings.ini:1", ""},
		{"CI_COMMIT_BEFORE_SHA=1111111111111111111111111111111111111111 CI_COMMIT_SHA=$(git rev-parse HEAD)", "src/settings.ini:1", ""}, // forced
		{"GIT_TEST_ASSUME_DIFFERENT_OWNER=1 CI_COMMIT_BEFORE_SHA=$(git rev-parse HEAD~1) CI_COMMIT_SHA=$(git rev-parse HEAD)", "file:1", "src/settings.ini"},
	} {
		for _, r := range component.Unleak.Artifacts.Reports {
			os.Remove(filepath.Join(dir, r))
		}
		code, out := shell(t, dir, fmt.Sprintf("%s\n%s", "export "+c.env, strings.Join(component.Unleak.Script, "\n")))
		if code != exitFindings || !strings.Contains(out, c.want) || c.not != "" && strings.Contains(out, c.not) {
			t.Errorf("%s: exit status %d\n%s", c.env, code, out)
		}
		if len(component.Unleak.Artifacts.Reports) != 2 {
			t.Fatalf("reports: %v", component.Unleak.Artifacts.Reports)
		}
		for kind, r := range component.Unleak.Artifacts.Reports {
			if info, err := os.Stat(filepath.Join(dir, r)); err != nil || info.Size() == 0 {
				t.Errorf("%s: no report %s: %v", c.env, kind, err)
			}
		}
	}
}
