package scanner

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// TestPartsOfPlaces: a credential keeps what its places say of where it belongs, each thing once and not more than
// mostParts, whatever the order in which the places come.
func TestPartsOfPlaces(t *testing.T) {
	part := func(name, value string) finding.Part {
		return finding.Part{Name: name, Value: finding.NewSecret(value)}
	}
	type seen struct {
		match finding.Match
		place finding.Place
	}
	var all []seen
	for i := range 60 {
		m := finding.Match{Rule: "r", Secret: "s3cret"}
		if i%3 != 0 { // every third says nothing, and of the others some say the same
			m.Parts = []finding.Part{part("host", fmt.Sprintf("db%d.example.com", i%26))}
		}
		if i == 40 {
			m.Parts = append(m.Parts, part("user", "app"))
		}
		all = append(all, seen{m, finding.Place{Origin: finding.Origin{Path: fmt.Sprintf("%02d.env", i)}}})
	}
	gather := func() []string {
		c := collection{}
		for _, s := range all {
			c.add(s.match, s.place, "", finding.High)
		}
		f := c.sorted()[0]
		var out []string
		for _, set := range append([][]finding.Part{f.Parts}, f.Elsewhere...) {
			text := ""
			for _, p := range set {
				text += p.Name + "=" + p.Value.Reveal() + " "
			}
			out = append(out, text)
		}
		return out
	}
	first := gather()
	if len(first) != mostParts || first[0] != "host=db14.example.com user=app " || first[1] != "host=db1.example.com " {
		t.Fatalf("%d: %q", len(first), first)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		rnd.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		if diff := cmp.Diff(first, gather()); diff != "" {
			t.Fatalf("another order, other parts:\n%s", diff)
		}
	}
}
