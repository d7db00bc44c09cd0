package detectors

import "testing"

func TestMarkupIsNoPassword(t *testing.T) {
	for value, want := range map[string]bool{
		`\bthog-secret-[0-9a-f]{32}\b`: true, `\b(tok_x7)\b`: true, `(?:key|tok)_[0-9A-F]{40}`: true, `\fIpassword\fP`: true,
		`Pa\b1xQ9z`: false, `x[7]kQ2m`: false, `a-z`: false,
	} {
		if got := markup(value); got != want {
			t.Errorf("%s: %v, want %v", value, got, want)
		}
	}
}
