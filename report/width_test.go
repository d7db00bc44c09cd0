package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "パス": 4, "e\u0301": 1, "키=값": 5, "ｆｕ": 4, "é ü": 3, "🔑": 2, "…│": 2, "𠀀": 2} {
		if got := columns(text); got != want {
			t.Errorf("%q takes %d columns, not %d", text, want, got)
		}
	}
	for n := range 12 {
		for _, text := range []string{"日本語 token", "a日b本c", "e\u0301e\u0301x"} {
			if p := prefix(text, n); columns(p) > max(n, min(n, 1)*2) || !strings.HasPrefix(text, p) {
				t.Errorf("prefix(%q, %d) is %q", text, n, p)
			}
			if s := suffix(text, n); columns(s) > n || !strings.HasSuffix(text, s) {
				t.Errorf("suffix(%q, %d) is %q", text, n, s)
			}
		}
	}
	if !slices.IsSortedFunc(wide, func(a, b [2]rune) int { return int(a[0] - b[0]) }) {
		t.Error("the table is not in order")
	}
}

// TestWideLines holds that the mark stands under the secret and that no line is too wide, whatever the letters.
func TestWideLines(t *testing.T) {
	for _, before := range []string{"", "日本語のパスワード ", strings.Repeat("비밀번호", 40), "e\u0301 🔑 "} {
		r := &finding.Report{Findings: []finding.Finding{githubFinding()}}
		line, mark := lineWith(before+"token: ", githubToken, " # "+strings.Repeat("キー", 60))
		r.Findings[0].Places[0].Line, r.Findings[0].Places[0].Mark = line, mark
		r.Findings[0].Places = r.Findings[0].Places[:1]
		out := render(t, "text", r, Options{Width: 60, Rule: catalogue})
		lines := strings.Split(out, "\n")
		for i, l := range lines {
			if columns(l) > 60 {
				t.Errorf("%d columns: %s", columns(l), l)
			}
			if under := strings.IndexByte(l, '^'); under >= 0 && columns(l[:under]) != columns(lines[i-1][:strings.Index(lines[i-1], "ghp_")]) {
				t.Errorf("the mark is not under the secret:\n%s\n%s", lines[i-1], l)
			}
		}
	}
}
