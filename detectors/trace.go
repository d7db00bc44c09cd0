package detectors

import (
	"fmt"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// Step is one thing that happened to a candidate, for `rules explain`.
type Step struct {
	Rule    string
	Literal string       // that brought the rule here
	Window  finding.Span // what the regex was run on
	Value   finding.Span // what it found; empty when it found nothing
	Kept    bool
	Why     string         // what decided
	Match   *finding.Match // where kept
}

// Tracer is told of every step; nil costs nothing.
type Tracer func(Step)

// Trace makes the scanner tell of every candidate, those in decoded text included (with offsets of that text).
func (s *Scanner) Trace(t Tracer) { s.trace = t }

func (s *Scanner) traceWindow(c *compiled, l *rules.Literal, w finding.Span) {
	if s.trace != nil {
		s.trace(Step{Rule: c.ID, Literal: l.Text, Window: w, Why: "the regex does not match in the window"})
	}
}

func (s *Scanner) traceDrop(c *compiled, text []byte, w finding.Span, start, end int, why string) {
	if s.trace == nil {
		return
	}
	s.trace(Step{Rule: c.ID, Window: w, Value: finding.Span{Start: start, End: end},
		Why: fmt.Sprintf("dropped: %s (%d bytes, %.2f bits a byte)", why, end-start, entropy(text[start:end]))})
}

func (s *Scanner) traceKeep(c *compiled, text []byte, w finding.Span, m *finding.Match) {
	if s.trace == nil {
		return
	}
	why := fmt.Sprintf("kept: confidence %.2f, %.2f bits a byte", m.Confidence, entropy(text[m.Span.Start:m.Span.End]))
	for _, p := range m.Proofs {
		why += "; " + p.Kind + ": " + p.Detail
	}
	s.trace(Step{Rule: c.ID, Window: w, Value: m.Span, Kept: true, Why: why, Match: m})
}

// traceNamed tells of a match that was found on a made-up line; by says where its name comes from.
func (s *Scanner) traceNamed(c *compiled, m *finding.Match, by string) {
	if s.trace != nil {
		s.trace(Step{Rule: c.ID, Window: m.Context, Value: m.Span, Kept: true, Why: fmt.Sprintf("kept: %s, confidence %.2f", by, m.Confidence), Match: m})
	}
}
