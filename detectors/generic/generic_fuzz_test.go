package generic

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// FuzzAt: At never panics, keeps its context within the radius, and says the same of the context alone.
func FuzzAt(f *testing.F) {
	for _, s := range []string{
		`password = "` + fakePass + `" and more`, "password:\n  - \"a\"\n  " + fakePass, `login(user, "` + fakePass + `")`,
		"- name: TOKEN\n  value: " + fakeToken + "\n- x", "https://u:" + fakePass + "@h/p key=x&token=" + fakeHex,
		"Authorization: Basic dXNlcjp2VDlxTHcyeFJi\n", "<key>Password</key>\n  <string>x1y2z3</string>\n", `curl -u a:b1c2d3 http://x`,
		`"{\"token\":\"` + fakeHex + `\"}"`, "password = `abc", "secret: |\n  abc123def\n", "password" + strings.Repeat(" ", 3000) + "= 'x'",
		"key" + strings.Repeat("k", 100) + "='abc'", "token: [" + strings.Repeat(`"abcdef12", `, 30), "пароль: qwe123rty", "\\\\\\\"key\\\\\\\": \\\\\\\"v1v2v3\\\\\\\"",
	} {
		f.Add([]byte(s))
	}
	for _, s := range moreSyntaxes {
		f.Add([]byte(replaceMark(s, map[byte]string{'V': fakePass + "7", 'K': fakeToken})))
	}
	d := New()
	f.Fuzz(func(t *testing.T, text []byte) {
		lower := foldASCII(text)
		for _, k := range Keywords() {
			for at := 0; ; {
				i := strings.Index(lower[at:], k)
				if i < 0 {
					break
				}
				pos := at + i
				at = pos + 1
				check(t, d, text, pos, len(k))
			}
		}
	})
}

func foldASCII(b []byte) string {
	out := make([]byte, len(b))
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		out[i] = c
	}
	return string(out)
}

func check(t *testing.T, d *Detector, text []byte, pos, n int) {
	t.Helper()
	for _, m := range d.At(text, pos, n, finding.Span{}, nil) {
		c := m.Context
		if c.Start < max(0, pos-Radius) || c.End > min(len(text), pos+n+Radius) || c.Start > m.Span.Start || c.End < m.Span.End || c.Start > pos || c.End < pos+n {
			t.Fatalf("context %v of %v at %d does not fit", c, m.Span, pos)
		}
		alone := append([]byte{}, text[c.Start:c.End]...)
		found := false
		for _, o := range d.At(alone, pos-c.Start, n, finding.Span{}, nil) {
			o.Span, o.Context = o.Span.Shift(c.Start), o.Context.Shift(c.Start)
			if o.Span == m.Span {
				found = true
				if diff := cmp.Diff(m, o); diff != "" {
					t.Fatalf("the context alone gives another match (-whole +alone):\n%s\nin %q", diff, alone)
				}
			}
		}
		if !found {
			t.Fatalf("not found in its context alone: %q in %q", m.Secret, alone)
		}
	}
}
