package finding

import "testing"

func TestTree(t *testing.T) {
	for _, c := range []struct {
		tree       *Tree
		path, want string
	}{
		{nil, "a.py", "a.py"},
		{&Tree{Add: "sub/"}, "a.py", "sub/a.py"},
		{&Tree{Strip: "clone/"}, "clone/src/a.py", "src/a.py"},
		{&Tree{Strip: "clone/"}, "other/a.py", "other/a.py"},
		{&Tree{Strip: "src/", Add: "api/src/"}, "src/a.py", "api/src/a.py"},
		{&Tree{Add: "sub/"}, "", ""},
	} {
		if got := FromTop(c.tree, c.path); got != c.want {
			t.Errorf("%+v of %q: %q, want %q", c.tree, c.path, got, c.want)
		}
	}
}
