package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/unleak/unleak/config"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/rules/builtin"
	"github.com/unleak/unleak/rules/interchange"
)

// ruleFiles is what the rule files of a configuration come to.
type ruleFiles struct {
	rules    []rules.Rule
	allow    []rules.Allow
	warnings []interchange.Warning
	read     []string // files, those that others extend included
	foreign  bool     // what is being read came with what is scanned: it does not say whom to ask
}

// loadRuleFiles reads rule files of our own format and of other scanners', and those of folders. Ours replace built-in
// rules of the same id; those of others never do, nor does what such a file allows or switches off reach beyond its own
// rules. Foreign files are those that came with what is scanned: their verify blocks are not used.
func loadRuleFiles(names []string, foreign ...string) (*ruleFiles, error) {
	f := &ruleFiles{rules: builtin.Rules()}
	for _, name := range names {
		f.foreign = slices.Contains(foreign, name)
		files, err := ruleFilesAt(name)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if err := f.load(file); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

// ruleFilesAt returns the file, or those of a folder and below it that may hold rules, by name.
func ruleFilesAt(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	if !info.IsDir() {
		return []string{name}, nil
	}
	var files []string
	err = filepath.WalkDir(name, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && slices.Contains([]string{".toml", ".yml", ".yaml"}, filepath.Ext(path)) {
			files = append(files, path)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no .toml, .yml or .yaml file in it", name)
	}
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	return files, nil
}

func (f *ruleFiles) load(name string) error {
	text, err := readRuleFile(name)
	if err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	f.read = append(f.read, name)
	if interchange.Detect(name, text) == interchange.Own {
		own, err := rules.Parse(name, text)
		if err != nil {
			return err
		}
		for i := range own {
			if f.foreign {
				own[i].Verify = nil
			}
		}
		f.rules = rules.Overlay(f.rules, own)
		return nil
	}
	s, err := interchange.Parse(name, text, interchange.Options{Read: f.extended, Known: f.known})
	if err != nil {
		return err
	}
	f.rules = append(slices.Clip(f.rules), s.Rules...)
	f.warnings = append(f.warnings, s.Warnings...)
	var own []string
	for i := range s.Rules {
		own = append(own, s.Rules[i].ID)
	}
	for _, a := range s.Allow {
		if len(own) > 0 {
			a.Rules = own
			f.allow = append(f.allow, a)
		}
	}
	if n := len(s.Tune) + len(s.Disable); n > 0 {
		f.warnings = append(f.warnings, interchange.Warning{File: name, Line: 1, Text: "what it changes of rules that it does not define has no effect " +
			"on the built-in ones; `unleak config import` makes a configuration of it"})
	}
	return nil
}

func (f *ruleFiles) known(id string) bool {
	return slices.ContainsFunc(f.rules, func(r rules.Rule) bool { return r.ID == id })
}

// extended reads a file that another one extends: beside that one or below it, or else in the folder we stand in. What
// lies elsewhere is not read, for a rule file may have come with what is scanned.
func (f *ruleFiles) extended(name, from string) (text, as string, err error) {
	if !filepath.IsLocal(name) {
		return "", "", fmt.Errorf("%q lies outside of the folder of the file that extends it", name)
	}
	as = filepath.Join(filepath.Dir(from), name)
	if _, err := os.Stat(as); err != nil {
		as = name
	}
	if err := within(filepath.Dir(as), as); err != nil {
		return "", "", err
	}
	if text, err = readRuleFile(as); err == nil {
		f.read = append(f.read, as)
	}
	return text, as, err
}

// within refuses a link that leads out of a folder.
func within(dir, name string) error {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(root, real); err != nil || !filepath.IsLocal(rel) {
		return fmt.Errorf("%q leads out of its folder", name)
	}
	return nil
}

func readRuleFile(name string) (string, error) {
	in, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, interchange.MaxFile+1))
	if err == nil && len(text) > interchange.MaxFile {
		err = fmt.Errorf("%s: more than %d bytes", name, interchange.MaxFile)
	}
	return string(text), err
}

// mostWarnings is how many warnings of rule files a scan tells; the others are counted.
const mostWarnings = 10

// notes makes remarks for a report of the warnings. Requests that are not run are one remark.
func (f *ruleFiles) notes() []string {
	var notes []string
	unrun := map[string]int{}
	expressions, more := 0, 0
	for _, w := range f.warnings {
		switch {
		case strings.Contains(w.Text, " is not run: "):
			unrun[w.File]++
			expressions++
		case len(notes) == mostWarnings:
			more++
		default:
			notes = append(notes, "rule file "+w.String())
		}
	}
	if expressions > 0 {
		notes = append(notes, fmt.Sprintf("%s of %s to ask an issuer not taken over",
			number(expressions, "expression", "expressions"), number(len(unrun), "rule file", "rule files")))
	}
	if more > 0 {
		notes = append(notes, fmt.Sprintf("%s more of rule files; `unleak rules test FILE` lists them", number(more, "warning", "warnings")))
	}
	return notes
}

// chooseRules returns the built-in rules and those of the configuration's files, less what is switched off.
func chooseRules(c config.Config) (*ruleFiles, error) {
	f, err := loadRuleFiles(c.Rules, c.Foreign...)
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range f.rules {
		ids = append(ids, f.rules[i].ID)
	}
	named := slices.Concat(c.Enable, c.Disable)
	for _, a := range c.Allow {
		named = append(named, a.Rules...)
		f.allow = append(f.allow, a.Rule())
	}
	for _, id := range named {
		if !slices.Contains(ids, id) {
			return nil, unknownRule(id, ids)
		}
	}
	f.rules, err = rules.Choice(f.rules, c.Enable, c.Disable)
	return f, err
}
