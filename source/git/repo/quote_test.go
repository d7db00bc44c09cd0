package repo

import "testing"

func TestUnquote(t *testing.T) {
	for in, want := range map[string]string{
		`"plain"`: "plain", `""`: "", `"a b/\303\244\t\"x\\"`: "a b/ä\t\"x\\", `"\001"`: "\x01",
	} {
		if got, ok := unquote(in); !ok || got != want {
			t.Errorf("%s is %q, %v; want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", `"`, "plain", `"open`, `"\"`, `"\q"`, `"\77"`, `"\777"`, `"\388"`, `"a"b"`} {
		if got, ok := unquote(in); ok {
			t.Errorf("%s is %q", in, got)
		}
	}
}
