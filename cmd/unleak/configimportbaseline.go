package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"github.com/unleak/unleak/config"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/rules/interchange"
)

// secretsBaseline is what the baseline of detect-secrets says of its settings (detect_secrets/settings.py of 1.5, 2024):
// filters by the path of their function.
type secretsBaseline struct {
	Plugins []struct {
		Name string `json:"name"`
		Path string `json:"path"` // of one that the user wrote
	} `json:"plugins_used"`
	Filters []struct {
		Path    string          `json:"path"`
		Pattern json.RawMessage `json:"pattern"` // a regex or a list of some
	} `json:"filters_used"`
	Results map[string][]any `json:"results"`
}

// secretsFilters are the filters that the user gave regexes: --exclude-files, --exclude-lines, --exclude-secrets.
var secretsFilters = map[string]func(*config.Allow, []string){
	"detect_secrets.filters.regex.should_exclude_file": func(a *config.Allow, all []string) { a.Paths, a.Reason = all, "--exclude-files" },
	"detect_secrets.filters.regex.should_exclude_line": func(a *config.Allow, all []string) {
		a.Regexes, a.In, a.Reason = all, rules.FieldLine, "--exclude-lines"
	},
	"detect_secrets.filters.regex.should_exclude_secret": func(a *config.Allow, all []string) { a.Regexes, a.Reason = all, "--exclude-secrets" },
}

// readSecretsBaseline takes over what a baseline of detect-secrets leaves out; ok is false of any other file.
func readSecretsBaseline(name, text string) (im *foreign, ok bool) {
	var in secretsBaseline
	if err := json.Unmarshal([]byte(text), &in); err != nil || in.Plugins == nil || in.Filters == nil && in.Results == nil {
		return nil, false
	}
	im = &foreign{set: &interchange.Set{Name: name, Format: "detect-secrets", Default: true}}
	for _, p := range in.Plugins {
		if p.Path != "" {
			im.leave(1, "plugin %s of %s: write it as a rule (docs/writing-rules.md)", p.Name, p.Path)
		}
	}
	for _, f := range in.Filters {
		take, known := secretsFilters[f.Path]
		if !known {
			continue // what it does by itself, in ways of its own
		}
		patterns, err := oneOrMore(f.Pattern)
		if err != nil {
			im.leave(1, "%s: %v", f.Path, err)
			continue
		}
		var good []string
		for _, p := range patterns {
			if _, err := regexp.Compile(p); err != nil {
				im.leave(1, "%s: %v", f.Path, err)
				continue
			}
			good = append(good, p)
		}
		if len(good) > 0 {
			var a config.Allow
			take(&a, good)
			im.config.Allow = append(im.config.Allow, a)
		}
	}
	if len(in.Results) > 0 {
		im.notes = append(im.notes, interchange.Warning{File: name, Line: 1, Fine: true,
			Text: fmt.Sprintf("the findings it accepts are no settings: --baseline %s honours them, `unleak ignore import %s` takes them over", name, name)})
	}
	return im, true
}

// oneOrMore reads a text or a list of texts.
func oneOrMore(raw json.RawMessage) ([]string, error) {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, nil
	}
	var all []string
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, errors.New("its pattern is neither a text nor a list of texts")
	}
	return all, nil
}
