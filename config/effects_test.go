package config

import (
	"slices"
	"strings"
	"testing"
)

func TestEffectsNameEveryKeyThatIsSet(t *testing.T) {
	c, err := Parse("/r/x.toml", `
rules = ["r.toml"]
enable = ["a"]
disable = ["a", "b", "c", "d", "e", "f", "g"]
min_confidence = 0.5
exclude = ["**"]
ignore_files = ["i"]
baseline = "b"
fail_on = "none"
allow_mark = "-"
id_key = "hush-hush"
allow_hosts = ["h"]
[[allow]]
reason = "samples"
paths = ["^samples/"]
`)
	if err != nil {
		t.Fatal(err)
	}
	got := c.Effects()
	for _, key := range Keys() {
		if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, key+": ") }) {
			t.Errorf("%s is not told: %q", key, got)
		}
	}
	text := strings.Join(got, "; ")
	if !strings.Contains(text, "a, b, c, d, e and 2 more") || strings.Contains(text, "hush-hush") {
		t.Errorf("effects: %s", text)
	}
	if (Config{}).Effects() != nil {
		t.Error("an empty configuration has effects")
	}
}
