package interchange

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

func TestTranslate(t *testing.T) {
	for _, c := range []struct {
		in, want string
		dialect  dialect
	}{
		{`\bab[c-e]{2,3}`, `\bab[c-e]{2,3}`, goDialect},
		{"(?x) a b # why\n c\\ d [ e f]", `abc d[ef]`, rustDialect},
		{"(?xi)\n a (?# it is ) b", `(?i)ab`, rustDialect},
		{`(?x: a b ) c d`, `(?:ab) c d`, rustDialect},
		{`(?x) a (?-x: b) c`, `a(?-x: b)c`, rustDialect},
		{`(?<KEY>a)(?P<b>c)`, `(a)(c)`, rustDialect},
		{`\_\-\/\ `, `_\-/ `, rustDialect},
		{`a{2,5000}`, `a{2,}`, rustDialect},
		{`\${A}`, `\$\{A}`, goDialect},
		{`a{,3}`, `a{0,3}`, rustDialect},
		{`[]a]`, `[\]a]`, goDialect},
		{`[[:alnum:]_[]`, `[[:alnum:]_\[]`, goDialect},
		{`(?x) a {2} +`, ``, rustDialect},
		{`\x41A`, `\x41A`, goDialect},
		{`A+?`, `A+?`, goDialect},
	} {
		got, err := translate(c.in, c.dialect)
		if c.want == "" {
			if err == nil {
				t.Errorf("%s: translated to %s", c.in, got.regex)
			}
			continue
		}
		want := strings.ReplaceAll(c.want, "(?-x:", "(?:")
		if err != nil || got.regex != want {
			t.Errorf("%s: got %q, %v, want %q", c.in, got.regex, err, want)
		}
	}
}

func TestTranslateRefuses(t *testing.T) {
	for in, want := range map[string]string{
		`a(?=b)`: "look-ahead", `a(?!b)`: "look-ahead", `(?<=a)b`: "look-behind", `(?<!a)b`: "look-behind",
		`(a)\1`: "back-reference", `(?>a)`: "atomic", `a++`: "possessive", `a{2000}`: "repeat", `[a&&b]`: "set operation",
	} {
		_, err := translate(in, rustDialect)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", in, err, want)
		}
	}
}

func TestTranslateKeepsGroups(t *testing.T) {
	got, err := translate("(?x)(?:a)(?P<user>b)( # the password\n c)\\(d", rustDialect)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.groups) != 2 || got.groups[0].name != "user" || !strings.Contains(got.groups[1].comment, "password") {
		t.Errorf("groups: %+v", got.groups)
	}
	if regexp.MustCompile(got.regex).NumSubexp() != 2 {
		t.Errorf("%s", got.regex)
	}
}

// FuzzTranslate: what Go's own syntax takes is translated to something that it takes, too, and that has as many groups.
func FuzzTranslate(f *testing.F) {
	for _, s := range []string{`a(b)[c\]d]{1,2}`, "(?x) a #b\nc", `(?i:a|b)+?`, `[^]a-]\Qx(\E`, `\pL[[:^digit:]]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		before, err := syntax.Parse(in, syntax.Perl)
		got, bad := translate(in, goDialect)
		if err != nil || bad != nil {
			return
		}
		after, err := syntax.Parse(got.regex, syntax.Perl)
		if err != nil {
			t.Fatalf("%q became %q: %v", in, got.regex, err)
		}
		if before.MaxCap() != after.MaxCap() || len(got.groups) != after.MaxCap() {
			t.Fatalf("%q has %d groups, %q has %d, told %d", in, before.MaxCap(), got.regex, after.MaxCap(), len(got.groups))
		}
	})
}
