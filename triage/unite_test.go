package triage

import (
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

// TestUnite holds that a key with other line ends is one finding with two places, silenced only when both are.
func TestUnite(t *testing.T) {
	key := "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIBOgIBAAJBAKj34\n-----END RSA PRIVATE KEY-----\n"
	make := func(value, path string, s *finding.Suppression) finding.Finding {
		return finding.Finding{Rule: "private-key", Secret: finding.NewSecret(value), Suppression: s,
			Places: []finding.Place{{Origin: finding.Origin{Kind: finding.KindFile, Path: path}}}}
	}
	hidden := &finding.Suppression{By: ByInline}
	all := []finding.Finding{
		make(strings.ReplaceAll(key, "\n", "\r\n"), "a", hidden), make("another", "b", nil), make(key, "c", nil), make(key, "a", hidden),
	}
	first := all[0].Places
	SetIDs(all, nil)
	got := Unite(all)
	if len(got) != 2 || len(got[0].Places) != 2 || got[0].Places[1].Origin.Path != "c" || got[1].Places[0].Origin.Path != "b" {
		t.Errorf("got %+v", got)
	}
	if got[0].Suppression != nil {
		t.Error("a place that nothing silences is hidden")
	}
	if len(first) != 1 || first[0].Origin.Path != "a" {
		t.Error("the places of a finding were changed in place")
	}
}

// TestUniteKeepsParts holds that the parts of all places stay known, for reports to mask: those that tell most first, the
// others each once.
func TestUniteKeepsParts(t *testing.T) {
	set := func(names string) []finding.Part {
		var out []finding.Part
		for _, name := range strings.Fields(names) {
			out = append(out, finding.Part{Name: name, Value: finding.NewSecret("value of " + name)})
		}
		return out
	}
	one := func(parts string, elsewhere ...string) finding.Finding {
		f := finding.Finding{ID: "1", Rule: "r", Parts: set(parts), Places: []finding.Place{{}}}
		if parts != "" {
			f.Beyond = set("x")
		}
		for _, e := range elsewhere {
			f.Elsewhere = append(f.Elsewhere, set(e))
		}
		return f
	}
	got := Unite([]finding.Finding{one("a", "b"), one(""), one("c d", "a", "e"), one("b"), one("c f")})[0]
	var names []string
	for _, set := range got.AllParts() {
		text := ""
		for _, p := range set {
			text += p.Name
		}
		names = append(names, text)
	}
	if all := strings.Join(names, " "); all != "cd a b e cf xxxx" {
		t.Errorf("parts %q", all)
	}
}
