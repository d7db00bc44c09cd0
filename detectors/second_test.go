package detectors_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/rules"
)

// TestRuleOfAnotherPathHidesNothing: where a rule that is bound to paths wins a value in a text at another path, the rule
// that came second has it.
func TestRuleOfAnotherPathHidesNothing(t *testing.T) {
	const value = "D7Qm8cq4DfhC" + "2cPyVDCehXrL"
	filtered := rules.Filter{Op: "and", Of: []rules.Filter{{Field: rules.FieldSecret, Regexes: []string{"^D7"}}, {Field: rules.FieldPath, Regexes: []string{"^docs/"}}}}
	for _, options := range []detectors.Options{{}, {Allow: []rules.Allow{{Filter: filtered}}}} {
		e := engine(t, options)
		for path, want := range map[string][]string{
			"app/settings.ini":         {"generic-password=" + value},
			"home/.config/rclone.conf": {"rclone-obscured-password=" + value},
		} {
			if diff := cmp.Diff(want, at(e, path, "[box]\npassword = "+value+"\n")); diff != "" {
				t.Errorf("%s: %s", path, diff)
			}
		}
		if got := at(e, "docs/settings.ini", "[box]\npassword = "+value+"\n"); (len(got) == 0) != (options.Allow != nil) {
			t.Errorf("allowed there: %q", got)
		}
	}
}

// TestPaddingJoinsNoLines: the sign that pads base64 is no soft line break, so the next line's name stays whole.
func TestPaddingJoinsNoLines(t *testing.T) {
	const one, two = "459z47/+cKuopR1S/sBU2CVg2TgkgW0" + "g1vzG2ftkI2E=", "3ldofpsVmV84FlHvE7jYIG6Aj2zEqPH" + "LMeQM00iNXQA="
	text := "public_key: " + one + "\npublicKey: \"" + two + "\"\n"
	if got := at(engine(t, detectors.Options{}), "peers.yaml", text); len(got) > 0 {
		t.Errorf("found %q", got)
	}
}
