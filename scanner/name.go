package scanner

import "github.com/unleak/unleak/finding"

// shortestName is the least number of bytes that a name with a credential in it has.
const shortestName = 8

// Name scans a name that somebody gave to what is at origin: the last of its members, or of its path. Matches go to report, or, where that is
// nil, are added to what the scan found. A name does not count as content.
func (w *Worker) Name(name string, origin finding.Origin, report func(finding.Match, finding.Place)) {
	if len(name) < shortestName {
		return
	}
	before := w.coverage.Bytes
	origin.Kind = finding.KindName
	w.text([]byte(name), origin, Hooks{Report: report})
	w.coverage.Bytes = before
}
