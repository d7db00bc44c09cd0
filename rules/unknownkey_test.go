package rules

import (
	"strings"
	"testing"
)

// A key that is a slip of the pen is told with the one that was meant, whatever table it stands in.
func TestUnknownKey(t *testing.T) {
	for text, want := range map[string]string{
		"[[rules]]\nid = \"a\"\nkeyword = [\"x\"]\n":                                `x.toml:3: unknown key "rules.keyword" (did you mean "keywords"?)`,
		"[[rules]]\nid = \"a\"\n[rules.neer]\nhost = \"x\"\n":                       `unknown key "rules.neer" (did you mean "near"?)`,
		"[[rules]]\nid = \"a\"\n[rules.verify]\nself_hostd = true\n":                `(did you mean "self_hosted"?)`,
		"[[rules]]\nid = \"a\"\n[rules.verify]\nprotocoll = \"ssh\"\nurl = \"x\"\n": `(did you mean "protocol"?)`,
		"entirely_else = 1\n": `x.toml:1: unknown key "entirely_else"`,
	} {
		_, err := Parse("x.toml", text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
