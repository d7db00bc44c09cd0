package match

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// wrap breaks text into lines as a program does.
func wrap(text string, width int, indent, end string) string {
	var b strings.Builder
	for len(text) > width {
		b.WriteString(indent + text[:width] + end)
		text = text[width:]
	}
	return b.String() + indent + text + end
}

// TestWrapped finds every value of a file that was encoded and wrapped, wherever the line breaks fall.
func TestWrapped(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	var values []string
	for range 12 {
		values = append(values, random(r, plain, 30+r.IntN(20)))
	}
	s := setOf(t, values...)
	for lead := range 6 {
		file := strings.Repeat("#", lead) + "A=" + strings.Join(values, "\nB=") + "\n"
		for name, text := range map[string]string{
			"base64":   wrap(base64.StdEncoding.EncodeToString([]byte(file)), 76, "", "\n"),
			"PEM":      wrap(base64.StdEncoding.EncodeToString([]byte(file)), 64, "", "\r\n"),
			"indented": "data: |\n" + wrap(base64.URLEncoding.EncodeToString([]byte(file)), 76, "    ", "\n") + "kind: x\n",
			"xxd":      wrap(hex.EncodeToString([]byte(file)), 60, "", "\n"),
		} {
			got := map[string]bool{}
			for _, m := range find(s, text) {
				if stands := strings.Join(strings.Fields(text[m.Span.Start:m.Span.End]), ""); len(stands) < 8 || strings.ContainsAny(stands, ":|") {
					t.Errorf("%s: stands at %q", name, stands)
				}
				got[m.Secret] = true
			}
			if len(got) != len(values) {
				t.Errorf("%s, %d before: %d of %d values", name, lead, len(got), len(values))
			}
		}
	}
	prose := strings.ReplaceAll(values[0]+values[1], values[0][10:14], values[0][10:12]+"\n"+values[0][12:14])
	if got := find(s, prose); len(got) != 1 {
		t.Errorf("a value that a line break parts is no value: %d matches, want that of the other", len(got))
	}
}

// TestWrappedDirty: what a scan of dirty spans finds in wrapped text is what a whole scan finds that touches them.
func TestWrappedDirty(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	s := setOf(t, "first-Value-1-of-some-length", "second-Value-2-of-some-length")
	for range 150 {
		var b strings.Builder
		for range 4 {
			var plainText strings.Builder
			for range 6 {
				fmt.Fprintf(&plainText, "%s=%s\n", random(r, "AB", 1+r.IntN(30)), s.values[r.IntN(s.Len())].Secret.Reveal())
			}
			b.WriteString(random(r, "xy .\n", r.IntN(60)) + "\n")
			b.WriteString(wrap(base64.StdEncoding.EncodeToString([]byte(plainText.String())), 56+r.IntN(40), strings.Repeat(" ", r.IntN(4)), "\n"))
		}
		text := []byte(b.String())
		at := r.IntN(len(text))
		dirty := []finding.Span{{Start: at, End: at + r.IntN(min(100, len(text)-at))}}
		d := s.Detector()
		var want []finding.Match
		for _, m := range d.Scan(text, nil, nil) {
			if touches(m.Context, dirty) {
				want = append(want, m)
			}
		}
		got := d.Resolve(d.Scan(text, dirty, nil))
		if diff := cmp.Diff(d.Resolve(want), got, cmp.AllowUnexported(finding.Secret{})); diff != "" && len(want)+len(got) > 0 {
			t.Fatalf("dirty %v: %s", dirty, diff)
		}
	}
}
