package detectors_test

import (
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
)

// TestColours: terminal colours around names, values and the lines of a key hide none of them.
func TestColours(t *testing.T) {
	const on, off, value = "\x1b[1;36m", "\x1b[0m", "kR8vQ2zL9" + "tW4xPq"
	for name, text := range map[string]string{
		"name and value":        on + "password" + off + "=" + on + value + off + "\n",
		"before more":           on + "password" + off + "=" + on + value + off + " next\n",
		"quoted":                on + "password" + off + ": " + on + "'" + value + "'" + off + "\n",
		"JSON":                  on + "{\n  " + off + on + `"password"` + off + on + ": " + off + on + `"` + value + `"` + off + on + "\n}" + off + "\n",
		"the lines of a key":    on + strings.ReplaceAll(strings.TrimSpace(edKey), "\n", off+"\n"+on) + off + "\n",
		"their prefix, compose": on + "web_1  |" + off + " " + strings.ReplaceAll(strings.TrimSpace(edKey), "\n", "\n"+on+"web_1  |"+off+" ") + "\n",
	} {
		if got := engine(t, detectors.Options{}).NewScanner().Scan([]byte(text), nil, nil); len(got) == 0 {
			t.Errorf("%s: nothing is found in %q", name, text)
		}
	}
}
