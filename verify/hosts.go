package verify

import (
	"slices"

	"github.com/unleak/unleak/rules"
)

// Hosts lists every host that credentials of the rules could be sent to, sorted. "(from the finding)" stands for
// hosts that only a finding tells, which are contacted when the user names them.
func Hosts(all []rules.Rule) []string {
	var out []string
	for i := range all {
		asks, err := protocolsOf(&all[i])
		if err != nil {
			continue
		}
		for _, p := range asks {
			out = append(out, p.Hosts()...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
