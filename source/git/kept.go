package git

import (
	"slices"

	"github.com/unleak/unleak/finding"
)

// What was found in a blob is kept for the report, which then need not search it again; as much as fits.
const (
	maxKept  = 32 << 20 // bytes, of all goroutines
	keptCost = 256      // bytes that a match takes beside its texts, about
)

// keep keeps the resolved matches of a blob; of one that the report is likely to show, with where they stand.
func (c *contents) keep(number int32, text []byte, resolved []finding.Match) {
	l := &located{matches: resolved}
	if !c.room(l) {
		return
	}
	l.matches = cloned(resolved)
	if c.table.homes[number] {
		l.places = c.worker.LocateAll(text, l.matches)
	}
	c.kept[number] = l
}

// keepLocated keeps what was found in a blob whose text is not at hand any more.
func (c *contents) keepLocated(number int32, l *located) {
	if c.room(l) {
		c.kept[number] = l
	}
}

// room makes room for what was found, if there is anything and it still fits.
func (c *contents) room(l *located) bool {
	cost := keptCost * len(l.places)
	for i := range l.matches {
		m := &l.matches[i]
		cost += keptCost + len(m.Secret) + len(m.Noted) + len(m.Name) + len(m.Behind) + keptCost*len(m.Parts)
	}
	for i := range l.places {
		cost += len(l.places[i].Line)
	}
	if cost == 0 || c.keeping+cost > maxKept/c.sink.Jobs() {
		return false
	}
	c.keeping += cost
	if c.kept == nil {
		c.kept = map[int32]*located{}
	}
	return true
}

// cloned returns matches whose parts are their own: where those stand is noted in them.
func cloned(matches []finding.Match) []finding.Match {
	out := slices.Clone(matches)
	for i := range out {
		out[i].Parts = slices.Clone(out[i].Parts)
	}
	return out
}
