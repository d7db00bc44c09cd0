package triage

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

func some(secrets ...string) []finding.Finding {
	var out []finding.Finding
	for _, s := range secrets {
		out = append(out, finding.Finding{Rule: "generic-password", Secret: finding.NewSecret(s),
			Places: []finding.Place{{Origin: finding.Origin{Kind: finding.KindFile, Path: "a/" + s + ".txt"}, Start: finding.Position{Line: 3}, End: finding.Position{Line: 3}}}})
	}
	return out
}

func TestBaseline(t *testing.T) {
	b := NewBaseline(some("one", "two", "three"), nil)
	text := string(b.Bytes())
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != 4 || lines[0] != "unleak-baseline v1" || !(lines[1] < lines[2] && lines[2] < lines[3]) {
		t.Errorf("baseline is not a head and three sorted lines:\n%s", text)
	}
	again := string(NewBaseline(some("three", "one", "two"), nil).Bytes())
	if again != text {
		t.Errorf("order of findings changes the baseline:\n%s\n%s", text, again)
	}
	merged := text + lines[2] + "\n\n# both sides added it\n"
	c, err := ParseBaseline("b", []byte(strings.ReplaceAll(merged, "\n", "\r\n")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, string(c.Bytes())); diff != "" {
		t.Errorf("merged baseline reads otherwise:\n%s", diff)
	}
	fs := some("one", "four")
	out := Policy{Baseline: c}.Apply(fs)
	if fs[0].Suppression == nil || fs[0].Suppression.By != ByBaseline || fs[1].Suppression != nil {
		t.Errorf("suppressions %v, %v", fs[0].Suppression, fs[1].Suppression)
	}
	if out.Suppressed["baseline b"] != 1 {
		t.Errorf("outcome %v", out)
	}
	if added, gone := c.Update(fs, nil); added != 1 || gone != 2 {
		t.Errorf("update: %d added, %d gone", added, gone)
	}
}

func TestBaselineKeys(t *testing.T) {
	keyed := NewBaseline(some("one"), []byte("k")).Bytes()
	plain := NewBaseline(some("one"), nil).Bytes()
	for name, c := range map[string]struct {
		data []byte
		key  string
		ok   bool
	}{"same": {keyed, "k", true}, "other": {keyed, "l", false}, "lost": {keyed, "", false}, "new": {plain, "k", false}, "none": {plain, "", true}} {
		_, err := ParseBaseline("b", c.data, []byte(c.key))
		if (err == nil) != c.ok || err != nil && !errors.Is(err, ErrOtherKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBaselineErrors(t *testing.T) {
	good := zeroID + " rule-a\n"
	for text, want := range map[string]string{
		"":                                "empty",
		good:                              "b:1: no baseline of this version",
		"unleak-baseline v2\n" + good:     "b:1: no baseline of this version",
		"unleak-baseline v1\n<<<<<<< x\n": "b:2: merge conflict",
		"unleak-baseline v1\nabc rule\n":  "b:2: ",
		"unleak-baseline v1\n" + zeroID:   "b:2: ",
		"unleak-baseline v1\n" + zeroID + "  A B": "b:2: ",
		"[{\"RuleID\": 1}]":                       "b:1: ",
	} {
		if _, err := ParseBaseline("b", []byte(text), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func FuzzParseBaseline(f *testing.F) {
	f.Add([]byte("unleak-baseline v1\n"+zeroID+" rule-a\n"), "")
	f.Add([]byte("unleak-baseline v1 key=12345678\n"), "k")
	f.Fuzz(func(t *testing.T, data []byte, key string) {
		b, err := ParseBaseline("b", data, []byte(key))
		if err != nil {
			return
		}
		again, err := ParseBaseline("b", b.Bytes(), []byte(key))
		if err != nil || string(again.Bytes()) != string(b.Bytes()) {
			t.Errorf("written baseline reads otherwise: %v", err)
		}
	})
}

// Extend adds and drops nothing.
func TestBaselineExtend(t *testing.T) {
	one := func(value string) finding.Finding {
		return finding.Finding{Rule: "r", Secret: finding.NewSecret(value), Places: []finding.Place{{}}}
	}
	b := NewBaseline(nil, nil)
	b.Update([]finding.Finding{one("a"), one("b")}, nil)
	if added, unseen := b.Extend([]finding.Finding{one("b"), one("c")}, nil); added != 1 || unseen != 1 || b.Len() != 3 {
		t.Errorf("%d new, %d unseen, %d in all", added, unseen, b.Len())
	}
	if added, gone := b.Update([]finding.Finding{one("c")}, nil); added != 0 || gone != 2 || b.Len() != 1 {
		t.Errorf("%d new, %d gone, %d in all", added, gone, b.Len())
	}
}
