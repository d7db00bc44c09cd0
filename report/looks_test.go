package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every report may be one of its format; what people keep in files may not, but for the formats that tell nothing of themselves.
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
		seen[format] = true
		if !MayBe(format, text[:min(len(text), HeadSize)]) {
			t.Errorf("%s is no report in format %s", name, format)
		}
	}
	for _, f := range Formats() {
		if !seen[f.Name] && f.Name != "template" {
			t.Errorf("no golden report in format %s", f.Name)
		}
		if !MayBe(f.Name, []byte("\n")) {
			t.Errorf("%s: a blank file is nothing to keep", f.Name)
		}
		if f.Name == "template" {
			continue
		}
		for _, text := range []string{"# Notes\n\ntoken\n", "{\"name\": \"app\"}\n", "package main\n", "\x7fELF"} {
			if MayBe(f.Name, []byte(text)) {
				t.Errorf("%q may be a report in format %s", text, f.Name)
			}
		}
	}
}
