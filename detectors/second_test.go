package detectors_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/detectors"
)

// TestRuleOfAnotherPathHidesNothing: where a rule that is bound to paths wins a value in a text at another path, the rule
// that came second has it.
func TestRuleOfAnotherPathHidesNothing(t *testing.T) {
	const value = "D7Qm8cq4DfhC" + "2cPyVDCehXrL"
	e := engine(t, detectors.Options{})
	for path, want := range map[string][]string{
		"app/settings.ini":         {"generic-password=" + value},
		"home/.config/rclone.conf": {"rclone-obscured-password=" + value},
	} {
		if diff := cmp.Diff(want, at(e, path, "[box]\npassword = "+value+"\n")); diff != "" {
			t.Errorf("%s: %s", path, diff)
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
