package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// exampleCommands returns what the examples of CI systems run, by system.
func exampleCommands(t *testing.T) map[string]string {
	t.Helper()
	read := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join("..", "..", "examples", "ci", name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	jenkins := regexp.MustCompile(`(?m)^\s*sh '(.*)'$`).FindSubmatch(read("Jenkinsfile"))
	var azure struct{ Steps []struct{ Script string } }
	var circle struct {
		Jobs map[string]struct{ Steps []any }
	}
	if err := yaml.Unmarshal(read("azure-pipelines.yml"), &azure); err != nil || jenkins == nil {
		t.Fatal(err, jenkins)
	}
	if err := yaml.Unmarshal(read("circleci.yml"), &circle); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{"Jenkins": string(jenkins[1])}
	for _, s := range azure.Steps {
		out["Azure"] += s.Script
	}
	for _, s := range circle.Jobs["unleak"].Steps {
		if m, ok := s.(map[string]any); ok && m["run"] != nil {
			out["CircleCI"], _ = m["run"].(string)
		}
	}
	// The image holds unleak alone: what stands behind its name are unleak's arguments.
	out["Azure"] = `docker() { while [ "$1" != git ]; do shift; done; unleak "$@"; }` + "\n" + out["Azure"]
	return out
}

// The examples scan what a branch adds, and all there is on the branch that others start from: a range from origin/main to
// itself would hold nothing, ever.
func TestCIExamples(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs sh: ", err)
	}
	branch := map[string]string{"Jenkins": "CHANGE_TARGET=main", "Azure": "SYSTEM_PULLREQUEST_TARGETBRANCHNAME=main", "CircleCI": "CIRCLE_BRANCH=feature"}
	for system, command := range exampleCommands(t) {
		dir := readmeRepository(t)
		setup := "rm .gitleaksignore && git update-ref refs/remotes/origin/main HEAD"
		if code, out := shell(t, dir, setup); code != 0 {
			t.Fatal(out)
		}
		if code, out := shell(t, dir, "export CIRCLE_BRANCH=main\n"+command); code != exitFindings || !strings.Contains(out, "src/settings.ini:1") {
			t.Errorf("%s, on main: exit status %d\n%s", system, code, out)
		}
		if code, out := shell(t, dir, "git add file && git -c user.name=a -c user.email=a@example.com commit -q -m second"); code != 0 {
			t.Fatal(out)
		}
		code, out := shell(t, dir, "export "+branch[system]+"\n"+command)
		if code != exitFindings || !strings.Contains(out, "file:1") || strings.Contains(out, "src/settings.ini") {
			t.Errorf("%s, of a branch: exit status %d\n%s", system, code, out)
		}
	}
}
