package git

import (
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

// under tells of paths in a folder.
func under(dir string) func(string) bool {
	return func(path string) bool { return strings.HasPrefix(path, dir) }
}

func notUnder(dir string) func(string) bool {
	return func(path string) bool { return !strings.HasPrefix(path, dir) }
}

// TestMovedFromSilence: what an exclusion, a detector's path or an allow comment kept from being reported is new where it
// is moved to, edited on the way or not; what was to be seen where it was is not.
func TestMovedFromSilence(t *testing.T) {
	const edited = "line\ntok_secret\nmore\nedited\n"
	tests := map[string]struct {
		from, was, is string
		opts          Options
		want          []string
	}{
		"seen, as it is":           {from: "lib/a.txt", was: "line\ntok_secret\nmore\n", is: "line\ntok_secret\nmore\n"},
		"seen, edited":             {from: "lib/a.txt", was: "line\ntok_secret\nmore\n", is: edited},
		"seen, one more":           {from: "lib/a.txt", was: "line\ntok_secret\nmore\n", is: edited + "tok_second\n", want: []string{"tok_second"}},
		"seen, others excluded":    {from: "lib/a.txt", was: "line\ntok_secret\nmore\n", is: edited, opts: Options{Only: notUnder("testdata/")}},
		"not chosen, yet seen":     {from: "lib/a.txt", was: "line\ntok_secret\nmore\n", is: edited, opts: Options{Only: under("src/"), Excluded: under("testdata/")}},
		"same, as it is":           {from: "lib/a.txt", was: edited, is: edited, opts: Options{Only: under("src/"), Excluded: under("testdata/")}},
		"excluded, as it is":       {from: "testdata/a.txt", was: edited, is: edited, opts: Options{Only: notUnder("testdata/")}, want: []string{"tok_secret"}},
		"excluded, edited":         {from: "testdata/a.txt", was: "line\ntok_secret\nmore\n", is: edited, opts: Options{Only: notUnder("testdata/")}, want: []string{"tok_secret"}},
		"excluded and not chosen":  {from: "testdata/a.txt", was: "line\ntok_secret\nmore\n", is: edited, opts: Options{Only: under("src/"), Excluded: under("testdata/")}, want: []string{"tok_secret"}},
		"allowed path, as it is":   {from: "ignored/a.txt", was: edited, is: edited, want: []string{"tok_secret"}},
		"allowed path, edited":     {from: "ignored/a.txt", was: "line\ntok_secret\nmore\n", is: edited, want: []string{"tok_secret"}},
		"allow comment taken away": {from: "lib/a.txt", was: "line\ntok_secret // unleak:allow test\nmore\n", is: edited, want: []string{"tok_secret"}},
		"deep below, edited":       {from: "testdata/deep/er/a.txt", was: "line\ntok_secret\nmore\n", is: edited, opts: Options{Only: notUnder("testdata/deep/")}, want: []string{"tok_secret"}},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.write("rest.txt", "rest\n")
			f.write(c.from, c.was)
			f.commit("base")
			f.git("rm", "-q", c.from)
			f.write("src/b.txt", c.is)
			f.git("add", ".")
			c.opts.Staged = true
			expect(t, scan(t, f.dir, c.opts), c.want...)
			f.commit("move")
			c.opts.Staged, c.opts.Range = false, "HEAD~1..HEAD"
			res := scan(t, f.dir, c.opts)
			expect(t, res, c.want...)
			for _, x := range res.Findings {
				if at := x.Places[0].Origin.Path; at != "src/b.txt" {
					t.Errorf("found at %s", at)
				}
			}
		})
	}
}

// TestCopiedFromSilence: a staged copy of what HEAD has is nothing new, unless nobody was to see it there.
func TestCopiedFromSilence(t *testing.T) {
	for from, want := range map[string][]string{"lib/a.txt": nil, "testdata/a.txt": {"tok_secret"}, "ignored/a.txt": {"tok_secret"}} {
		f := newFixture(t)
		f.write(from, "line\ntok_secret\n")
		f.commit("base")
		f.write("src/b.txt", "line\ntok_secret\n")
		f.git("add", ".")
		expect(t, scan(t, f.dir, Options{Staged: true, Only: notUnder("testdata/")}), want...)
	}
}

// TestMovedThenAnew: a file that was moved, was deleted and comes again is new where it comes again.
func TestMovedThenAnew(t *testing.T) {
	for _, edit := range []string{"", "edited\n"} {
		f := newFixture(t)
		f.write("rest.txt", "rest\n")
		f.write("a.txt", "tok_secret\n")
		f.commit("base")
		f.git("rm", "-q", "a.txt")
		f.write("b.txt", "tok_secret\n"+edit)
		f.commit("move")
		f.git("rm", "-q", "b.txt")
		f.commit("delete")
		f.write("b.txt", "tok_secret\n"+edit)
		f.commit("again")
		expect(t, scan(t, f.dir, Options{Range: "HEAD~3..HEAD"}), "tok_secret")
		expect(t, scan(t, f.dir, Options{Range: "HEAD~3..HEAD~1"}))
	}
}

// TestMovedName: a name that holds a secret is new where only the file below it is not.
func TestMovedName(t *testing.T) {
	f := newFixture(t)
	f.write("rest.txt", "rest\n")
	f.write("a-tok_before.txt", "text\n")
	f.commit("base")
	f.git("mv", "a-tok_before.txt", "b-tok_before-tok_secret.txt")
	f.commit("move")
	expect(t, scan(t, f.dir, Options{Range: "HEAD~1..HEAD"}), "tok_secret")
}

// TestMovedFromSilenced: who scans may know more than allow comments.
func TestMovedFromSilenced(t *testing.T) {
	for _, edit := range []string{"", "edited\n"} {
		f := newFixture(t)
		f.write("rest.txt", "rest\n")
		f.write("old/a.txt", "tok_secret\ntok_second\n")
		f.commit("base")
		f.git("rm", "-q", "old/a.txt")
		f.write("src/b.txt", "tok_secret\ntok_second\n"+edit)
		f.git("add", ".")
		silenced := func(m finding.Match, p finding.Place) bool {
			return m.Secret == "tok_secret" && p.Origin.Path == "old/a.txt" && p.Start.Line == 1
		}
		expect(t, scan(t, f.dir, Options{Staged: true, Silenced: silenced}), "tok_secret")
		f.commit("move")
		expect(t, scan(t, f.dir, Options{Range: "HEAD~1..HEAD", Silenced: silenced}), "tok_secret")
	}
}
