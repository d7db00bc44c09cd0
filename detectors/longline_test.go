package detectors_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

// TestSettingsOfALongLine: on a line of many credentials only what stands near one says where it belongs, so that each
// costs what one costs.
func TestSettingsOfALongLine(t *testing.T) {
	var b strings.Builder
	b.WriteString(`[{"host":"far.internal"},` + strings.Repeat(" ", 4000))
	fmt.Fprintf(&b, `{"host":"near.internal","user":"svc","password":"%s"}]`, "q7Zx"+"04kPwm2")
	s := engine(t, detectors.Options{}).NewScanner()
	for _, m := range s.Scan([]byte(b.String()), nil, nil) {
		i := slices.IndexFunc(m.Parts, func(p finding.Part) bool { return p.Name == "host" })
		if m.Rule == "generic-password" && (i < 0 || m.Parts[i].Value.Reveal() != "near.internal") {
			t.Errorf("parts %v: want the host that stands near", m.Parts)
		}
	}
}
