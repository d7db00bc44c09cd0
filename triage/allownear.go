package triage

import (
	"fmt"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/lazyregexp"
)

// nearAllow is what people write who mean DefaultAllowMark.
var nearAllow = lazyregexp.New(`(?i)\bunleak ?[:-] ?(?:allow|ignore|disable|skip|nosec)[\w-]*:?`)

// namesUs tells whether a line may hold what nearAllow finds.
func namesUs(line string) bool {
	return strings.Contains(line, "nleak") || strings.Contains(line, "NLEAK")
}

// notAllow returns a note about what looks like an inline allow at a place and is none; "" where nothing does.
func notAllow(p *finding.Place, mark string) string {
	if mark != "" && mark != DefaultAllowMark || !namesUs(p.Line) {
		return ""
	}
	for _, at := range nearAllow.Get().FindAllStringIndex(p.Line, -1) {
		if at[0] >= p.Mark.Start && at[0] < p.Mark.End {
			continue // the value itself
		}
		if text := p.Line[at[0]:at[1]]; text != DefaultAllowMark {
			return fmt.Sprintf("%s: %q silences nothing: write %s [rule-id,...] [-- reason]", where(p), text, DefaultAllowMark)
		}
	}
	return ""
}
