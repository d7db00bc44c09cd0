package finding

import (
	"slices"
	"strings"
	"testing"
)

func TestFindForeignAllow(t *testing.T) {
	for _, c := range []struct {
		line string
		next bool
		want string
	}{
		{"key = 1 # gitleaks:allow", false, "gitleaks"},
		{"key = 1 // GitLeaks:Allow made up", false, "gitleaks"},
		{"key = 1 # betterleaks:allow", false, "betterleaks"},
		{"key = 1 # pragma: allowlist secret", false, "detect-secrets"},
		{"key = 1 # pragma: whitelist-secret", false, "detect-secrets"},
		{"# pragma: allowlist nextline secret", true, "detect-secrets"},
		{"# pragma: allowlist nextline secret", false, ""},
		{"key = 1 # pragma: allowlist secret", true, ""},
		{"key = 1 # trufflehog:ignore", false, "TruffleHog"},
		{"key = 1 # ggignore", false, "ggshield"},
		{"key = 1 # nogitleaks:allow", false, ""},
		{"key = 1 # gitleaks:allowed", false, ""},
		{"key = 1 # unleak:allow", false, ""},
		{"key = 1", false, ""},
		{"// secretlint-disable-next-line", true, "secretlint"},
	} {
		at, mark := FindForeignAllow(c.line, c.next)
		if mark.Scanner != c.want || (at < 0) != (c.want == "") {
			t.Errorf("%q: %q at %d, want %q", c.line, mark.Scanner, at, c.want)
		}
	}
}

func TestAllowWordsCoverAll(t *testing.T) {
	for _, m := range ForeignAllows {
		if !slices.ContainsFunc(AllowWords(), func(w string) bool { return strings.Contains(m.Text, w) }) {
			t.Errorf("%q holds none of %q", m.Text, AllowWords())
		}
	}
}
