package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Every command has a page, every flag stands on the page of its command, and no line is taken for a macro that is none.
func TestManualPages(t *testing.T) {
	root := newRoot(&app{})
	pages := map[string]string{}
	for _, p := range manualPages(root) {
		if _, ok := pages[p.name]; ok {
			t.Errorf("two pages %s", p.name)
		}
		pages[p.name] = p.text
		for i, line := range strings.Split(p.text, "\n") {
			if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !known(line) {
				t.Errorf("%s:%d: %q", p.name, i+1, line)
			}
		}
	}
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		text, ok := pages[pageName(c)+".1"]
		if !ok && !c.Hidden {
			t.Errorf("no page for %s", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && ok && !strings.Contains(text, `\-\-`+roff(f.Name)+`\fR`) {
				t.Errorf("%s: no --%s on its page", c.CommandPath(), f.Name)
			}
		})
		for _, sub := range c.Commands() {
			check(sub)
		}
	}
	check(root)
	if len(pages) < 20 {
		t.Errorf("only %d pages", len(pages))
	}
	if !strings.Contains(pages["unleak.1"], "Exit status") {
		t.Error("unleak.1 does not tell of exit statuses")
	}
	mandoc(t, pages["unleak-hook-run.1"])
}

func known(line string) bool {
	macro, _, _ := strings.Cut(line, " ")
	for _, m := range []string{".TH", ".SH", ".B", ".BR", ".PP", ".TP", ".nf", ".fi"} {
		if macro == m {
			return true
		}
	}
	return false
}

// mandoc formats a page with the system's program, where there is one, and wants no warnings.
func mandoc(t *testing.T, text string) {
	t.Helper()
	if _, err := exec.LookPath("groff"); err != nil {
		t.Log("groff is not here: the pages were not formatted")
		return
	}
	c := exec.Command("groff", "-man", "-Tutf8", "-ww")
	c.Stdin = strings.NewReader(text)
	var warnings strings.Builder
	c.Stderr = &warnings
	out, err := c.Output()
	if err != nil || warnings.Len() > 0 || len(out) < 1000 {
		t.Errorf("groff: %v\n%s\n%s", err, warnings.String(), out)
	}
}

func TestRoff(t *testing.T) {
	for in, want := range map[string]string{".x": `\&.x`, `a\b`: `a\eb`, "it's": `it\(aqs`, "--a": `\-\-a`, "a\n.b": "a\n\\&.b"} {
		if got := roff(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
