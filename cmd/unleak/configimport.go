package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/spf13/cobra"

	"github.com/unleak/unleak/config"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/rules/builtin"
	"github.com/unleak/unleak/rules/interchange"
)

const configImportHelp = `Import writes a configuration from another scanner's: gitleaks' and betterleaks' TOML, or the rule
files of Nosey Parker, Kingfisher and Titus, and what the .secrets.baseline of detect-secrets
excludes. The rules stay in that file, which the configuration names; what it allows and switches off is written out. What has no counterpart is named on
standard error and as a comment.

The other scanner's accepted findings are taken over by unleak ignore import.`

func newConfigImport(a *app) *cobra.Command {
	var output string
	var force bool
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Make a configuration of another scanner's",
		Long:  configImportHelp,
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			im, err := readForeign(args[0], output)
			if err != nil {
				return err
			}
			for _, w := range im.notes {
				fmt.Fprintln(a.stderr, "note:", w)
			}
			for _, w := range im.leftLines() {
				fmt.Fprintln(a.stderr, "warning:", w)
			}
			text, err := im.text()
			if err != nil {
				return err
			}
			if output == "-" {
				_, err = a.stdout.Write(text)
				return err
			}
			if _, err := os.Stat(output); err == nil && !force {
				return fmt.Errorf("%s: there is one already; --force replaces it, --output - prints", output)
			} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			if err := writeBytes(output, text); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s: %s; %s, %s switched off, %s; %s not taken over\n", output, im.set.Format,
				number(len(im.set.Rules), "rule", "rules"), number(len(im.config.Disable), "rule", "rules"),
				number(len(im.config.Allow), "entry of what is allowed", "entries of what is allowed"), number(len(im.left), "thing", "things"))
			return nil
		},
	}
	c.Flags().StringVarP(&output, "output", "o", config.FileName, "file to write; - for standard output")
	c.Flags().BoolVar(&force, "force", false, "replace the file if there is one")
	return c
}

// foreign is another scanner's file on its way to a configuration.
type foreign struct {
	set    *interchange.Set
	config config.Config
	left   []interchange.Warning // what is not taken over
	notes  []interchange.Warning // what nothing is lost by
}

func readForeign(name, output string) (*foreign, error) {
	text, err := readRuleFile(name)
	if err != nil {
		return nil, err
	}
	if im, ok := readSecretsBaseline(name, text); ok {
		return im, nil
	}
	f := &ruleFiles{rules: builtin.Rules()}
	if regexp.MustCompile(`(?m)^detectors:\s*$`).MatchString(text) {
		return nil, fmt.Errorf("%s: detectors of TruffleHog are not read: write them as rules (docs/writing-rules.md)", name)
	}
	if interchange.Detect(name, text) == interchange.Own {
		return nil, fmt.Errorf("%s: not a file of another scanner, as far as its keys tell", name)
	}
	s, err := interchange.Parse(name, text, interchange.Options{Read: f.extended, Known: f.known})
	if err != nil {
		return nil, err
	}
	im := &foreign{set: s}
	for _, w := range s.Warnings {
		if w.Fine {
			im.notes = append(im.notes, w)
		} else {
			im.left = append(im.left, w)
		}
	}
	if len(s.Rules) > 0 {
		im.config.Rules = []string{relativeTo(output, name)}
	}
	for _, id := range s.Disable {
		if f.known(id) {
			im.config.Disable = append(im.config.Disable, id)
			continue
		}
		im.leave(s.Disabled, "disabledRules: no built-in rule is called %q%s", id, f.near(id))
	}
	for _, a := range slices.Concat(s.Allow, s.Tune) {
		im.allow(a, f)
	}
	return im, nil
}

// relativeTo writes a file's name as a configuration that lies elsewhere must.
func relativeTo(output, name string) string {
	if output == "-" {
		output = config.FileName
	}
	dir, err := filepath.Abs(filepath.Dir(output))
	if err != nil {
		return name
	}
	file, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	rel, err := filepath.Rel(dir, file)
	if err != nil {
		return file
	}
	return filepath.ToSlash(rel)
}

// near names the built-in rules that an id may stand for: those that begin like it.
func (f *ruleFiles) near(id string) string {
	provider, _, _ := strings.Cut(id, "-")
	var like []string
	for i := range f.rules {
		if strings.HasPrefix(f.rules[i].ID, provider+"-") && len(like) < 5 {
			like = append(like, f.rules[i].ID)
		}
	}
	if len(like) == 0 {
		return ""
	}
	return " (there is " + strings.Join(like, ", ") + ")"
}

func (im *foreign) leave(line int, format string, args ...any) {
	im.left = append(im.left, interchange.Warning{File: im.set.Name, Line: line, Text: fmt.Sprintf(format, args...)})
}

// allow takes over what is allowed of every rule, or of rules that we have.
func (im *foreign) allow(a rules.Allow, f *ruleFiles) {
	if len(a.Rules) > 0 {
		a.Rules = slices.DeleteFunc(slices.Clone(a.Rules), func(id string) bool {
			if !f.known(id) {
				im.leave(max(1, a.Line), "an allowlist or change of rule %q: no built-in rule is called that%s", id, f.near(id))
			}
			return !f.known(id)
		})
		if len(a.Rules) == 0 {
			return
		}
	}
	entries, ok := config.AllowsOf(a)
	if !ok {
		what := "a filter"
		if len(entries) > 0 {
			what = "a part of a filter"
		}
		im.leave(max(1, a.Line), "%s of %s, which a configuration cannot say", what, cmp.Or(strings.Join(a.Rules, ", "), "every rule"))
	}
	im.config.Allow = append(im.config.Allow, entries...)
}

// leftLines says what is not taken over, a line each; the same of many rules is one line.
func (im *foreign) leftLines() []string {
	const many = 3
	count := map[string]int{}
	for _, w := range im.left {
		count[w.File+w.Text]++
	}
	var lines []string
	for _, w := range im.left {
		switch n := count[w.File+w.Text]; {
		case n == 0: // told already
		case n > many && w.Rule != "":
			count[w.File+w.Text] = 0
			lines = append(lines, fmt.Sprintf("%s:%d: rule %q and %d more: %s", w.File, w.Line, w.Rule, n-1, w.Text))
		default:
			lines = append(lines, w.String())
		}
	}
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], "\n", " ")
	}
	return lines
}

// text writes the configuration.
func (im *foreign) text() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Made from %s (%s) by `unleak config import`.\n", im.set.Name, im.set.Format)
	for _, w := range im.leftLines() {
		fmt.Fprintf(&b, "# Not taken over: %s\n", w)
	}
	if im.set.Format == interchange.Leaks {
		fmt.Fprintf(&b, "\n# Comments gitleaks:allow are honoured beside unleak:allow.\n")
	}
	if !im.set.Default && len(im.set.Rules) > 0 {
		var ids []string
		for i := range im.set.Rules {
			ids = append(ids, fmt.Sprintf("%q", im.set.Rules[i].ID))
		}
		fmt.Fprintf(&b, "\n# The built-in rules are used, too; the other scanner used those of the file alone, as this would:\n# enable = [%s]\n",
			strings.Join(ids, ", "))
	}
	b.WriteByte('\n')
	e := toml.NewEncoder(&b)
	e.Indent = ""
	err := e.Encode(struct {
		Rules   []string       `toml:"rules,omitempty"`
		Disable []string       `toml:"disable,omitempty"`
		Allow   []config.Allow `toml:"allow,omitempty"`
	}{im.config.Rules, im.config.Disable, im.config.Allow})
	return b.Bytes(), err
}
