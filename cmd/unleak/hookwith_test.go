package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestShellWords(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
		err  string
	}{
		{"", nil, ""},
		{"  --a  b\t", []string{"--a", "b"}, ""},
		{`--x 'a b' "c \" d" e\ f ''`, []string{"--x", "a b", `c " d`, "e f", ""}, ""},
		{`--glob a#b`, []string{"--glob", "a#b"}, ""},
		{`--a 'b`, nil, "quote ' is not closed"},
		{`--a \`, nil, "backslash"},
		{`--a; rm`, nil, "meaning of its own"},
		{`--a # b`, nil, "meaning of its own"},
		{"--a $(ls)", nil, "meaning of its own"},
		{"--a `ls`", nil, "meaning of its own"},
		{"--a \"`ls`\"", []string{"--a", "`ls`"}, ""},
		{"--a '; rm'", []string{"--a", "; rm"}, ""},
	} {
		got, err := shellWords(c.in)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%q: error %v, want %q", c.in, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.in, d)
		}
	}
}
