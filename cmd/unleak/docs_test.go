package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/unleak/unleak/internal/gitenv"
)

// documented is a command as a document shows it.
type documented struct {
	file  string
	line  int
	block bool   // it stands in a block of commands, not in a sentence
	text  string // from "unleak " on
}

var (
	inlineCode  = regexp.MustCompile("`([^`]+)`")
	commandText = regexp.MustCompile(`(?:^|[\s;&|])unleak ([^|;&#]*)`)
	remark      = regexp.MustCompile(`\s{2,}.*$`) // what stands behind a command in the same block
	quotedText  = regexp.MustCompile(`'[^']*'`)
	flagWord    = regexp.MustCompile(`(?:^|\s)(--[a-z][a-z-]*)`)
)

// documentation calls see with every line of indented code and every inline code of the documents.
func documentation(t *testing.T, see func(file string, line int, block bool, code string)) {
	t.Helper()
	root := filepath.Join("..", "..")
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, filepath.Join(root, "README.md"), filepath.Join(root, "CONTRIBUTING.md")) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(line, "    ") {
				see(filepath.Base(name), i+1, true, strings.TrimSpace(line))
				continue
			}
			for _, m := range inlineCode.FindAllStringSubmatch(line, -1) {
				see(filepath.Base(name), i+1, false, m[1])
			}
		}
	}
}

func documentedCommands(t *testing.T) []documented {
	t.Helper()
	var all []documented
	documentation(t, func(file string, line int, block bool, code string) {
		for _, m := range commandText.FindAllStringSubmatch(strings.TrimPrefix(code, "$ "), -1) {
			text := strings.TrimSpace(remark.ReplaceAllString(m[1], ""))
			all = append(all, documented{file, line, block, text})
		}
	})
	if len(all) < 20 {
		t.Fatalf("only %d commands found in the documents", len(all))
	}
	return all
}

// Every command and flag that a document names exists.
func TestDocumentedCommandsExist(t *testing.T) {
	root := newRoot(&app{})
	root.InitDefaultCompletionCmd()
	for _, d := range documentedCommands(t) {
		c, _, err := root.Find(strings.Fields(d.text))
		if err != nil || c == root && !strings.HasPrefix(d.text, "-") {
			t.Errorf("%s:%d: no command `unleak %s`: %v", d.file, d.line, d.text, err)
			continue
		}
		for _, m := range flagWord.FindAllStringSubmatch(quotedText.ReplaceAllString(d.text, ""), -1) {
			if !hasFlag(c, m[1]) {
				t.Errorf("%s:%d: `unleak %s` has no flag %s", d.file, d.line, c.CommandPath(), m[1])
			}
		}
	}
	documentation(t, func(file string, line int, block bool, code string) {
		if block || !strings.HasPrefix(code, "--") {
			return
		}
		for _, m := range flagWord.FindAllStringSubmatch(code, -1) {
			if !anywhere(root, m[1]) {
				t.Errorf("%s:%d: no command has the flag %s", file, line, m[1])
			}
		}
	})
}

func hasFlag(c *cobra.Command, flag string) bool {
	name := strings.TrimPrefix(flag, "--")
	for _, set := range []*pflag.FlagSet{c.Flags(), c.InheritedFlags(), c.PersistentFlags()} {
		if set.Lookup(name) != nil {
			return true
		}
	}
	return name == "help"
}

func anywhere(c *cobra.Command, flag string) bool {
	if hasFlag(c, flag) {
		return true
	}
	for _, sub := range c.Commands() {
		if anywhere(sub, flag) {
			return true
		}
	}
	return false
}

// placeholder marks a command that stands for many, such as `unleak scan TARGET...`.
var placeholder = regexp.MustCompile(`\b[A-Z]{2,}\b|/var/log|~|\.\.\.`)

// The README's commands run, in the order they stand there, in a repository as it describes it. What needs a network
// or is a form to fill in is left out.
func TestReadmeCommandsRun(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the README is for a POSIX shell")
	}
	dir := readmeRepository(t)
	ran := 0
	for _, d := range documentedCommands(t) {
		if d.file != "README.md" || needsServer(d.text) || placeholder.MatchString(d.text) {
			continue
		}
		ran++
		if code, out := shell(t, dir, "unleak "+d.text); code == exitFailure || code > exitIncomplete {
			t.Errorf("README.md:%d: `unleak %s`: exit status %d\n%s", d.line, d.text, code, out)
		}
	}
	if ran < 20 {
		t.Errorf("only %d commands ran", ran)
	}
}

// elsewhere marks commands that need a server, a registry or somebody's credentials, or never end; the tests of these
// packages run the like against servers of their own.
var elsewhere = regexp.MustCompile(`://[a-z]|k8s:|registry|REF|image (app:|layout/|-|/var)|^verify|^trend|--verify|-- app|^login|--follow( |$)|\{1\}|"\$1"`)

func needsServer(command string) bool {
	return elsewhere.MatchString(command) && !strings.Contains(command, "--dry-run") && !strings.Contains(command, "--verify-hosts")
}

// The commands in the blocks of every other document run as well, each document in a repository of its own that has the
// files they name.
func TestDocsCommandsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the program a hundred times")
	}
	if runtime.GOOS == "windows" {
		t.Skip("the documents are for a POSIX shell")
	}
	ran, dirs := 0, map[string]string{}
	for _, d := range documentedCommands(t) {
		if d.file == "README.md" || !d.block || placeholder.MatchString(quotedText.ReplaceAllString(d.text, "")) || needsServer(d.text) {
			continue
		}
		dir := dirs[d.file]
		if dir == "" {
			dir = readmeRepository(t)
			documentedFiles(t, dir)
			dirs[d.file] = dir
		}
		ran++
		if strings.HasPrefix(d.text, "baseline create") { // some documents begin with it, others have it already
			os.Remove(filepath.Join(dir, ".unleak-baseline"))
		}
		if code, out := shell(t, dir, "unleak "+d.text); code == exitFailure || code > exitIncomplete {
			t.Errorf("%s:%d: `unleak %s`: exit status %d\n%.500s", d.file, d.line, d.text, code, out)
		}
	}
	if ran < 50 {
		t.Errorf("only %d commands ran", ran)
	}
}

// documentedFiles writes the files that the documents take for granted.
func documentedFiles(t *testing.T, dir string) {
	t.Helper()
	for name, text := range map[string]string{
		".gitleaks.toml": "[[rules]]\nid = \"acme\"\nregex = \"acme_[0-9]{12}\"\nkeywords = [\"acme_\"]\n",
		"rules/own.toml": "[[rules]]\nid = \"acme\"\ndescription = \"Acme\"\nregex = \"acme_[0-9]{12}\"\nkeywords = [\"acme_\"]\n",
		"in.log":         "a line\n", "deploy/values.yaml": "a: b\n", ".github/workflows/a.yml": "on: push\n", "prod.env": "TOKEN=not-long\n", "terraform.tfvars.json": "{}",
		".secrets.baseline": `{"version": "1.5.0", "plugins_used": [], "results": {}}`,
		"found.jsonl":       `{"SourceMetadata":{"Data":{"Filesystem":{"file":"a.txt","line":1}}},"DetectorName":"Github","Raw":"x"}`,
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []string{
		"unleak scan . --report json:report.json --show-secrets --quiet >/dev/null",
		"for f in one two january february leak; do cp report.json $f.json; done", "unleak baseline create report.json .unleak-baseline",
		"mkdir -p share layer && cp app.tar db.tar", "git branch release",
	} {
		if code, out := shell(t, dir, c); code > exitFindings {
			t.Fatalf("%s: exit status %d\n%s", c, code, out)
		}
	}
}

// readmeRepository makes the repository the README speaks of, with a secret in it.
func readmeRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	secret := "gh" + "p_NqVwYS81VP7Hb1DX8pPd5khxE3pyIg3sJb3R"
	for name, text := range map[string]string{
		"src/settings.ini": "token = " + secret + "\n", "docs/a.md": "# a\n", "file": "token = " + secret + "\n",
		"token": secret, "prod.env": "TOKEN=" + secret + "\n", "app.log": "refused " + secret + "\n", ".gitleaksignore": "src/settings.ini:github-pat:1\n",
		"rows.tmpl": "{{range .Findings}}{{.Rule}}\n{{end}}",
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []string{
		"git init -q -b main", "git add src", "git -c user.name=a -c user.email=a@example.com commit -q -m first",
		"git update-ref refs/remotes/origin/main main", "git remote add origin .", "git branch -q --set-upstream-to origin/main", "gzip -k app.log",
		"unleak dir src --report json:old.json --quiet; cp old.json new.json",
	} {
		if code, out := shell(t, dir, c); code > exitFindings {
			t.Fatalf("%s: exit status %d\n%s", c, code, out)
		}
	}
	if err := saveImage(filepath.Join(dir, "app.tar"), map[string][]byte{"etc/app.conf": []byte(secret)}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// shell runs a command line and returns its exit status and all it wrote.
func shell(t *testing.T, dir, line string) (int, string) {
	t.Helper()
	c := exec.Command("sh", "-c", line)
	c.Dir, c.Env = dir, gitenv.Away()
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(fmt.Errorf("sh: %w", err))
	}
	return c.ProcessState.ExitCode(), string(out)
}
