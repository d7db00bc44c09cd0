package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every report may be one of its format; what people keep in files may not.
func TestMayBe(t *testing.T) {
	goldens, err := filepath.Glob("testdata/golden/*")
	if err != nil || len(goldens) == 0 {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, name := range goldens {
		format, _, _ := strings.Cut(filepath.Base(name), ".")
		if _, err := Lookup(format); err != nil {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if format == "template" {
			continue
		}
		seen[format] = true
		if !MayBe(format, "", text[:min(len(text), HeadSize)]) {
			t.Errorf("%s is no report in format %s", name, format)
		}
	}
	for _, f := range Formats() {
		if !seen[f.Name] && f.Name != "template" {
			t.Errorf("no golden report in format %s", f.Name)
		}
		if !MayBe(f.Name, "", []byte("\n")) {
			t.Errorf("%s: a blank file is nothing to keep", f.Name)
		}
		for _, text := range []string{"# Notes\n\ntoken\n", "{\"name\": \"app\"}\n", "package main\n", "\x7fELF",
			`[1, 2]`, `{"scripts": {"sarif": "unleak dir ."}}`, `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "other"}}}]}`, "HIGH tide at noon\n",
			`{"@timestamp":"2026-01-01T00:00:00Z","message":"x"}`, "::group::build\n"} {
			if MayBe(f.Name, "", []byte(text)) {
				t.Errorf("%q may be a report in format %s", text, f.Name)
			}
		}
	}
}

// A report by a template is known by what the template begins with.
func TestMayBeTemplate(t *testing.T) {
	for _, c := range []struct {
		template, text string
		may            bool
	}{
		{"# Leaks\n{{range .Findings}}{{.Rule}}{{end}}", "# Leaks\ngithub-pat", true},
		{"# Leaks\n{{range .Findings}}{{.Rule}}{{end}}", "# Notes\n", false},
		{"{{range .Findings}}{{.Rule}}{{end}}", "github-pat", false},
		{"{{range .Findings}}{{.Rule}}{{end}}", "\n", true},
		{" \n{{.Command}}", "notes", false},
	} {
		if got := MayBe("template", c.template, []byte(c.text)); got != c.may {
			t.Errorf("template %q, file %q: %v", c.template, c.text, got)
		}
	}
}
