package archive

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every name is told when it first comes, with the members that lead to it; what the path before shared is not told again.
func TestNames(t *testing.T) {
	var names Names
	for _, c := range []struct {
		path string
		want []string
	}{
		{"a/b/c.txt", []string{"a/b/c.txt: a/b/c.txt"}},
		{"a/b/d.txt", []string{"a/b/d.txt: d.txt"}},
		{"a/b/d.txt", nil},
		{"a/x.zip!one", []string{"a/x.zip: x.zip", "a/x.zip!one: one"}},
		{"a/x.zip!two/three", []string{"a/x.zip!two/three: two/three"}},
		{"a/y.zip!two/three", []string{"a/y.zip: y.zip", "a/y.zip!two/three: two/three"}},
		{"", []string{": "}},
		{"a", []string{"a: a"}},
		{"ab/c", []string{"ab/c: ab/c"}},
		{"ab/c/d", []string{"ab/c/d: d"}},
	} {
		var got []string
		names.Each(strings.Split(c.path, "!"), func(inside []string, name string) {
			got = append(got, strings.Join(inside, "!")+": "+name)
		})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.path, diff)
		}
	}
	names.Each(nil, func([]string, string) { t.Error("a name of nothing") })
}
