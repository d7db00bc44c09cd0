package files

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/source/sourcetest"
)

// A bare repository in a folder is named; what git keeps compressed in it is not read as files, all else is.
func TestBareRepositories(t *testing.T) {
	t.Chdir(lay(t, map[string]string{
		"app.git/HEAD": "ref: refs/heads/main", "app.git/refs/heads/main": "0", "app.git/objects/info/packs": sourcetest.Token(1),
		"app.git/objects/0a/b": sourcetest.Token(2), "app.git/config": sourcetest.Token(3),
		"like/HEAD": "x", "like/refs/x": "x", "like/objects/users/a": sourcetest.Token(4),
		"other/objects/pack/a": sourcetest.Token(5),
	}))
	got, cov := places(t, Options{}, ".")
	if d := cmp.Diff([]string{at("app.git/config", 3), at("like/objects/users/a", 4), at("other/objects/pack/a", 5)}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if cov.Counts["bare repositories not read as files"] != 1 || !slices.ContainsFunc(cov.Notes, func(n string) bool { return strings.Contains(n, "not read: app.git (see") }) {
		t.Errorf("coverage %+v", cov)
	}
	if got, _ = places(t, Options{GitDirs: true}, "."); len(got) != 5 {
		t.Errorf("with what git keeps: %q", got)
	}
}
