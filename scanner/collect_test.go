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

// TestPartsBeyond holds that a secret which stands beside a credential at one place of too many stays known.
func TestPartsBeyond(t *testing.T) {
	const places = 3 * mostParts
	c := collection{}
	for i := range places {
		parts := []finding.Part{
			{Name: "host", Value: finding.NewSecret(fmt.Sprintf("db%02d.example.com", i))},
			{Name: "session token", Value: finding.NewSecret(fmt.Sprintf("token %02d", i))},
			{Name: "key id", Value: finding.NewSecret("the same")},
		}
		c.add(finding.Match{Rule: "r", Secret: "s3cret", Parts: parts}, finding.Place{Origin: finding.Origin{Path: fmt.Sprintf("%02d", i*7%places)}}, "", finding.High)
	}
	f := c.sorted()[0]
	tokens := map[string]bool{}
	for _, set := range f.AllParts() {
		for _, p := range set {
			if p.Name == "session token" {
				tokens[p.Value.Reveal()] = true
			}
		}
	}
	if len(tokens) != places || len(f.Elsewhere) != mostParts-1 {
		t.Errorf("%d of %d tokens are known, %d sets of parts elsewhere", len(tokens), places, len(f.Elsewhere))
	}
	if len(f.Beyond) != places-mostParts+1 { // the key id once, no hosts
		t.Errorf("beyond: %d parts", len(f.Beyond))
	}
}
