package scanner

import "github.com/unleak/unleak/finding"

// LocateAll returns where matches stand in text, without origins: one pass for those in order.
func (w *Worker) LocateAll(text []byte, matches []finding.Match) []finding.Place {
	at := cursor{text: text}
	out := make([]finding.Place, len(matches))
	for i := range matches {
		out[i] = at.locate(matches[i], w.sink.opts.AllowMark)
	}
	return out
}
