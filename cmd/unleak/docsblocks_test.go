package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/unleak/unleak/config"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/triage"
)

// indented returns the blocks of indented text of a document, without the indentation.
func indented(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	var block strings.Builder
	for line := range strings.Lines(string(text) + "\n.\n") {
		code, ok := strings.CutPrefix(line, "    ")
		switch {
		case ok:
			block.WriteString(code)
		case strings.TrimSpace(line) == "" && block.Len() > 0:
			block.WriteString("\n")
		case block.Len() > 0:
			all = append(all, strings.TrimSpace(block.String())+"\n")
			block.Reset()
		}
	}
	return all
}

// blockWith returns the one block of a document that holds all the words.
func blockWith(t *testing.T, name string, words ...string) string {
	t.Helper()
	var found []string
	for _, b := range indented(t, name) {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(b, w) }) {
			found = append(found, b)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s: %d blocks with %q, want one", name, len(found), words)
	}
	return found[0]
}

func decodeYAML(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
}

// What the documents tell to put into other programs' files fits these: hooks by their names, inputs, commands.
func TestDocumentedHooksExist(t *testing.T) {
	var ours []struct{ ID string }
	text, err := os.ReadFile(filepath.Join("..", "..", ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	decodeYAML(t, string(text), &ours)
	known := map[string]bool{}
	for _, h := range ours {
		known[h.ID] = true
	}
	for _, name := range []string{"README.md", "docs/hooks.md"} {
		var c struct {
			Repos []struct {
				Repo, Rev string
				Hooks     []struct{ ID string }
			}
		}
		decodeYAML(t, blockWith(t, name, "repos:", "hooks:"), &c)
		if len(c.Repos) != 1 || c.Repos[0].Rev == "" || len(c.Repos[0].Hooks) == 0 {
			t.Fatalf("%s: %+v", name, c)
		}
		for _, h := range c.Repos[0].Hooks {
			if !known[h.ID] {
				t.Errorf("%s: no hook %s in .pre-commit-hooks.yaml", name, h.ID)
			}
		}
	}
	var lefthook map[string]struct {
		Commands map[string]struct {
			Run   string
			Stdin bool `yaml:"use_stdin"`
		}
	}
	decodeYAML(t, blockWith(t, "docs/hooks.md", "commands:"), &lefthook)
	for hook, c := range lefthook {
		run := c.Commands["unleak"]
		if !slices.Contains(hookKinds, hook) || !strings.HasPrefix(run.Run, "unleak hook run "+hook) {
			t.Errorf("lefthook's %s runs %q", hook, run.Run)
		}
		if takes := hook == "pre-push"; run.Stdin != takes {
			t.Errorf("lefthook's %s: use_stdin is %v, want %v", hook, run.Stdin, takes)
		}
	}
	if len(lefthook) < 3 {
		t.Errorf("lefthook: %v", lefthook)
	}
}

func TestDocumentedInputsExist(t *testing.T) {
	var action struct {
		Inputs  map[string]any
		Outputs map[string]any
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	decodeYAML(t, string(text), &action)
	var steps []struct {
		Uses string
		With map[string]any
	}
	decodeYAML(t, blockWith(t, "docs/ci.md", "uses: unleak/unleak@"), &steps)
	for _, s := range steps {
		for input := range s.With {
			if strings.HasPrefix(s.Uses, "unleak/") && action.Inputs[input] == nil {
				t.Errorf("docs/ci.md: the action has no input %s", input)
			}
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci.md"))
	if err != nil {
		t.Fatal(err)
	}
	for input := range action.Inputs {
		if !strings.Contains(string(page), "| "+input+" |") && !strings.Contains(string(page), "| sarif, summary, annotations |") {
			t.Errorf("docs/ci.md does not tell of the input %s", input)
		}
	}
	for output := range action.Outputs {
		if !strings.Contains(string(page), "`"+output+"`") {
			t.Errorf("docs/ci.md does not tell of the output %s", output)
		}
	}
	var gitlab map[string]struct {
		Script    string
		Artifacts struct{ Reports map[string]string }
	}
	decodeYAML(t, blockWith(t, "docs/reports.md", "artifacts:"), &gitlab)
	for kind, file := range gitlab["unleak"].Artifacts.Reports {
		if !strings.Contains(gitlab["unleak"].Script, ":"+file) {
			t.Errorf("docs/reports.md: nothing writes the %s report %s", kind, file)
		}
	}
}

// Rules, configuration and ignore files that the documents show are read as they stand there.
func TestDocumentedFilesAreRead(t *testing.T) {
	if _, err := rules.Parse("writing-rules.md", blockWith(t, "docs/writing-rules.md", "provider = ")); err != nil {
		t.Error(err)
	}
	c, err := config.Parse(".unleak.toml", blockWith(t, "docs/other-rules.md", "[[allow]]"))
	if err != nil || len(c.Allow) != 1 {
		t.Errorf("%v, %+v", err, c.Allow)
	}
	ignores, err := triage.ParseIgnore(".unleakignore", []byte(blockWith(t, "docs/ids.md", "id=", "path=")))
	if err != nil || len(ignores.Entries()) < 2 {
		t.Errorf("%v, %v", err, ignores.Entries())
	}
	if _, err := triage.ParseBaseline(".unleak-baseline", []byte(blockWith(t, "docs/ids.md", "unleak-baseline v1")), nil); err != nil {
		t.Error(err)
	}
}
