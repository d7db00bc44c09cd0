package report

import (
	"encoding/json"
	"io"

	"github.com/unleak/unleak/finding"
)

// Stream writes the lines of the jsonl format one by one, for findings that come while a scan goes on. It is for one
// goroutine at a time.
type Stream struct {
	lines *json.Encoder
	opts  Options
	sum   jsonSummary
}

// NewStream writes the head of a report and returns what writes the rest.
func NewStream(w io.Writer, r *finding.Report, opts Options) (*Stream, error) {
	s := &Stream{lines: newLines(w), opts: opts, sum: summarize(&view{})}
	return s, writeHead(s.lines, toJSON(newView(r, opts)))
}

// Findings writes a line for each finding. Values are masked in all of them that are handed over together.
func (s *Stream) Findings(found []finding.Finding) error {
	v := newView(&finding.Report{Findings: found}, s.opts)
	s.sum.add(summarize(v))
	for i := range v.Findings {
		if err := writeFinding(s.lines, toJSONFinding(&v.Findings[i])); err != nil {
			return err
		}
	}
	return nil
}

// Close writes the line that ends a report.
func (s *Stream) Close(c finding.Coverage) error {
	v := newView(&finding.Report{Coverage: c}, s.opts)
	return writeCoverage(s.lines, s.sum, toJSONCoverage(&v.Coverage))
}

func (s *jsonSummary) add(more jsonSummary) {
	s.Findings += more.Findings
	s.Suppressed += more.Suppressed
	s.Places += more.Places
	for k, n := range more.Severities {
		s.Severities[k] += n
	}
	for k, n := range more.HiddenBy {
		s.HiddenBy[k] += n
	}
}
