package files

import (
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/source"
)

// early tells of the credentials of a stream of text as soon as nothing that may come can change them. It is a
// source.Side: what the scan of the whole text says counts.
type early struct {
	turn     *scanner.Turn
	detector scanner.Detector
	text     *settle.Text
	cursor   settle.Cursor
	mark     string
	origin   finding.Origin
	head     source.Head
}

const (
	earlyBack   = 128 << 10 // settled bytes kept as context
	earlyBuffer = 4 << 20
)

func newEarly(sink *scanner.Sink, turn *scanner.Turn, plan *settle.Plan, origin finding.Origin) *early {
	d := sink.NewDetector()
	return &early{
		turn: turn, detector: d, text: settle.New(d, plan, settle.Options{Back: earlyBack, Buffer: earlyBuffer}),
		mark: sink.AllowMark(), origin: origin,
	}
}

// Take implements source.Side.
func (e *early) Take(b []byte) error {
	b, err := e.head.Take(b)
	if err != nil || len(b) == 0 {
		return err
	}
	for len(b) > 0 {
		room := e.text.Room(len(b))
		if len(room) == 0 {
			if err := e.settle(settle.Now); err != nil {
				return err
			}
			if room = e.text.Room(len(b)); len(room) == 0 {
				if err := e.settle(settle.Behind); err != nil {
					return err
				}
			}
			continue
		}
		n := copy(room, b)
		e.text.Grow(n)
		b = b[n:]
	}
	return e.settle(settle.Now)
}

// End implements source.Side. What is still open, the scan of the whole tells at once.
func (e *early) End() {}

func (e *early) settle(mode settle.Mode) error {
	s, err := e.text.Settle(mode)
	if err != nil || len(s.Text) == 0 {
		return err
	}
	var found []finding.Finding
	for i := range s.Found {
		m := &s.Found[i].Match
		if s.Found[i].Part || !e.detector.Accept(&e.origin, m) {
			continue
		}
		p := e.cursor.Locate(s, *m, e.mark)
		p.Origin = e.origin
		title, severity := e.detector.Describe(m)
		found = append(found, finding.Finding{
			Rule: m.Rule, Title: title, Severity: severity, Confidence: m.Confidence, Secret: finding.NewSecret(m.Secret),
			Proofs: m.Proofs, Parts: s.Parts(m), Tags: m.Tags, Places: []finding.Place{p},
		})
	}
	e.cursor.To(s, s.Offset+int64(len(s.Text)))
	source.TellLines(e.turn, found)
	return nil
}
