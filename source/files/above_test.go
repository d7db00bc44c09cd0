package files

import "testing"

func TestAbove(t *testing.T) {
	for _, c := range []struct{ real, shown, want string }{
		{"/srv/etc/openvpn", "", "srv/etc/openvpn/"},
		{"/a/b/c/d/e", "", "c/d/e/"},
		{"/a/b/c/d/e", "d/e", "a/b/c/"},
		{"/a/b/c/d/e.txt", "e.txt", "b/c/d/"},
		{"/a/b", "../b", "a/"},
		{"/a/b", ".", "a/b/"},
		{"/a/b", "/a/b", ""},
		{"/a/b", "link", ""},
		{"/", "", ""},
	} {
		if got := above(c.real, c.shown); got != c.want {
			t.Errorf("above(%q, %q) = %q, want %q", c.real, c.shown, got, c.want)
		}
	}
}
