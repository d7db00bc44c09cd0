package report

import (
	"strings"
	"testing"
	"unicode"
)

// TestNoControlCharacters holds that no format hands on what a terminal or a log viewer would act on, wherever it stands
// in a report. JSON escapes control characters below U+0020 itself; the others are for programs.
func TestNoControlCharacters(t *testing.T) {
	soup := "Zx8\x1b[31mkQ\u009b31m\u202evV\x07\x00w9Lr\x7f"
	r := everywhere(githubToken, soup)
	r.Targets = append(r.Targets, soup)
	r.Coverage.Note("a note of " + soup)
	for _, f := range Formats() {
		program := strings.Contains("json jsonl sarif gitleaks gitlab codequality ocsf ecs html junit", f.Name)
		if f.Name == "template" {
			continue // the template's author decides
		}
		for _, show := range []bool{false, true} {
			out := render(t, f.Name, r, Options{ShowSecrets: show, Rule: catalogue})
			i := strings.IndexFunc(out, func(c rune) bool {
				if c == '\n' || c == '\t' || c == '\r' {
					return false
				}
				return c < ' ' || c == 0x7f && !program || !program && (unicode.IsControl(c) || unicode.Is(unicode.Cf, c))
			})
			if i >= 0 {
				t.Errorf("%s, shown %v: %q", f.Name, show, out[max(0, i-40):min(len(out), i+20)])
			}
		}
	}
}
