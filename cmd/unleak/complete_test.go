package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// completions returns what the shells are offered behind the words, the last of which is begun.
func completions(t *testing.T, words ...string) []string {
	t.Helper()
	var out, err bytes.Buffer
	if code := run(append([]string{"__completeNoDesc"}, words...), strings.NewReader(""), &out, &err); code != 0 {
		t.Fatalf("%q: exit status %d\n%s", words, code, err.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	return lines[:len(lines)-1] // the last is for the shell's function
}

func TestCompletions(t *testing.T) {
	for _, c := range []struct {
		words string
		want  []string // of what is offered
		not   string
	}{
		{"di", []string{"dir"}, "git"},
		{"dir --format ", []string{"text", "sarif", "html"}, ""},
		{"dir --format sa", []string{"sarif"}, "text"},
		{"scan --report ", []string{"sarif:", "json:"}, "sarif"},
		{"git --fail-on ", []string{"info", "critical", "live", "none"}, ""},
		{"dir --rule github-", []string{"github-pat"}, "gitlab-pat"},
		{"dir --disable-rule gitlab-", []string{"gitlab-pat"}, "github-pat"},
		{"rules show github-", []string{"github-pat"}, "gitlab-pat"},
		{"rules list --format ", []string{"text", "json"}, "sarif"},
		{"rotate plan --format ", []string{"markdown", "json"}, "text"},
		{"scan --report sarif:", nil, "sarif:"},
		{"hook run ", []string{"pre-commit", "pre-receive"}, ""},
		{"hook install p", []string{"pre-commit", "pre-push"}, "commit-msg"},
		{"hook run pre-receive --over-budget ", []string{"reject", "allow"}, ""},
	} {
		got := completions(t, strings.Split(c.words, " ")...)
		for _, w := range c.want {
			if !slices.Contains(got, w) {
				t.Errorf("%q: %q is not offered: %.200q", c.words, w, got)
			}
		}
		if c.not != "" && slices.Contains(got, c.not) {
			t.Errorf("%q: %q is offered", c.words, c.not)
		}
	}
}

// What is offered for a severity is what the flag takes.
func TestOfferedSeveritiesAreTaken(t *testing.T) {
	for _, level := range completions(t, "dir", "--fail-on", "") {
		if err := checkFailOn(level); err != nil {
			t.Error(err)
		}
	}
}
