package generic

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFlowLists: each item of a YAML flow list is a value of its own, without the brackets.
func TestFlowLists(t *testing.T) {
	const a, b = "one-Kiwi" + "-99x", "vT9qLw" + "2xRbK5"
	for text, want := range map[string][]string{
		"pass: [" + a + ", " + b + "]\n":                   {a, b},
		"passwords: [ " + a + " , " + b + " ] # both\n":    {a, b},
		"  user: {name: joe, pass: [" + a + "," + b + "]}": {a, b},
		"passwords: [\"" + a + "\", '" + b + "']\n":        {a, b},
		"password: [string, null]\n":                       nil,
		"tokens: [id, name, created_at]\n":                 nil,
		"password: [,]\n":                                  nil,
		"password: [, " + b + "]\n":                        {b},
		"password: [" + a + " and " + b + ", x]\n":         nil,
	} {
		if diff := cmp.Diff(want, reported(text)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}
