package rules

import (
	"regexp"
	"testing"
)

// The same value is found however it is tied to its name.
func TestTie(t *testing.T) {
	re := regexp.MustCompile((&Rule{Regex: `(?i:acme[\w .-]{0,32}{{tie}})([0-9a-f]{8})(?:[^\w-]|$)`}).Pattern())
	const value = "0f9e8d7c"
	for _, text := range []string{
		"ACME_KEY=" + value, "acme.key: " + value, `{"acmeKey": "` + value + `"}`, `acme_key := "` + value + `"`,
		`acme-key => '` + value + `'`, `<add key="AcmeKey" value="` + value + `" />`, `<acmeKey>` + value + `</acmeKey>`,
		`setenv("ACME_KEY", "` + value + `")`, `process.env.ACME_KEY || '` + value + `'`, `os.getenv("ACME_KEY") or "` + value + `"`,
		`let acmeKey: String = "` + value + `"`, `var acmeKey string = "` + value + `"`, "- name: ACME_KEY\n  value: " + value,
		`{"name": "ACME_KEY", "value": "` + value + `"}`, `{\"acmeKey\": \"` + value + `\"}`, `os.environ["ACME_KEY"] = "` + value + `"`,
		"--acme-key " + value, "<acme_key>\n    " + value + "\n</acme_key>", "acme_key ??= '" + value + "'",
		"<key>AcmeKey</key>\n\t<string>" + value + "</string>", "acmeKey: >-\n  " + value + "\n", "acme_key: |\n    " + value,
		"variable \"acme_key\" {\n  description = \"key of acme\"\n  default     = \"" + value + "\"\n}",
	} {
		if m := re.FindStringSubmatch(text); m == nil || m[1] != value {
			t.Errorf("%q: got %v", text, m)
		}
	}
	for _, text := range []string{"acme " + value, "acme/" + value, "acme_key=x" + value, "acme_key=" + value + "0", "acme_" + value} {
		if m := re.FindStringSubmatch(text); m != nil {
			t.Errorf("%q: got %v, want nothing", text, m)
		}
	}
}

// An argument of a command is taken as a shell takes it: quoted with everything in it, bare up to what ends it.
func TestShell(t *testing.T) {
	re := regexp.MustCompile((&Rule{Regex: `tool -p {{shell}}`}).Pattern())
	for text, want := range map[string]string{
		`tool -p 'a$b&c;d(e)|f%g'`: "a$b&c;d(e)|f%g", `tool -p "a&b;c(d)|e" x`: "a&b;c(d)|e", `tool -p abcd;ls`: "abcd",
		`tool -p "abcd$EF"`: "abcd", `tool -p "$PASS"`: "", `tool -p $PASS`: "", `tool -p 'a b c d'`: "",
	} {
		got := ""
		for i, g := range re.FindStringSubmatch(text) {
			if i > 0 && g != "" {
				got = g
				break
			}
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
