package detectors

import (
	"bytes"

	"github.com/unleak/unleak/decode"
	"github.com/unleak/unleak/detectors/generic"
	"github.com/unleak/unleak/finding"
)

// Scanner scans texts with an engine, for one goroutine at a time. It implements scanner.Detector.
type Scanner struct {
	*Engine
	generic *generic.Detector
	decoder *decode.Decoder
	trace   Tracer
	nested  *Scanner // for decoded text, one level down; made when first needed

	depth  int // levels of decoding left
	budget int // bytes of decoded text left for the stretch at hand

	text  []byte // the text being scanned
	out   []finding.Match
	dirty []finding.Span
	visit func(pos int, grams []gram) // s.hit, bound once so that a scan allocates nothing
	yield func(*decode.Stretch)
}

// most bytes that decoding one stretch, with all that is nested in it, may yield
const decodeBudget = 16 << 20

func newScanner(e *Engine, depth int) *Scanner {
	s := &Scanner{Engine: e, generic: generic.New(), depth: depth}
	s.visit = s.hit
	if depth > 0 {
		s.decoder = decode.New()
		s.yield = s.stretch
	}
	return s
}

// Scan appends to out every match of text whose context touches a dirty span; with nil dirty, every match. Overlapping
// matches are all reported; equal ones once. It allocates only for matches and for what has to be decoded.
func (s *Scanner) Scan(text []byte, dirty []finding.Span, out []finding.Match) []finding.Match {
	first := len(out)
	s.text, s.dirty, s.out = text, dirty, out
	if dirty == nil {
		s.region(finding.Span{End: len(text)})
	} else {
		s.regions(dirty)
	}
	out = s.out
	s.text, s.dirty, s.out = nil, nil, nil
	return append(out[:first], unique(out[first:])...)
}

// regions scans around each dirty span, as far as a match that touches it may reach; regions that meet are one.
func (s *Scanner) regions(dirty []finding.Span) {
	var region finding.Span
	open := false
	for _, d := range dirty {
		r := s.reach(d)
		if open && r.Start <= region.End {
			region.End = max(region.End, r.End)
			continue
		}
		if open {
			s.region(region)
		}
		region, open = r, true
	}
	if open {
		s.region(region)
	}
}

// reach returns where the literals of matches that touch d may start: after reaches forward from a literal, so
// literals that far before d count, and before reaches back. Blocks may begin still further ahead.
func (s *Scanner) reach(d finding.Span) finding.Span {
	near := max(0, d.Start-pemAfter) // a key's context goes on for so much behind its end
	start := min(d.Start-s.after, blockStart(s.text, d.Start), blockStart(s.text, near))
	end := max(d.End+s.before+1, blockEnd(s.text, d.End))
	return finding.Span{Start: max(0, start), End: min(len(s.text), end)}
}

// region finds every match whose literal starts in r, and every encoded stretch that touches it.
func (s *Scanner) region(r finding.Span) {
	s.filter.scan(s.text, r.Start, r.End, s.visit)
	for _, c := range s.unbound {
		s.lines(c, r)
	}
	if s.decoder != nil {
		s.decoder.Find(s.text, decode.Span(r), s.yield)
	}
}

// hit is called where the filter met a gram.
func (s *Scanner) hit(pos int, grams []gram) {
	for _, g := range grams {
		l := &s.literals[g.literal]
		at := pos - int(g.offset)
		if !l.stands(s.text, at) {
			continue
		}
		for i := range l.refs {
			ref := &l.refs[i]
			n := len(s.out)
			s.out = ref.rule.technique.try(s, ref.rule, &ref.literal, s.text, at, s.out)
			s.keepTouching(n)
		}
	}
}

// keepTouching drops the matches from s.out[n] on whose context touches no dirty span.
func (s *Scanner) keepTouching(n int) {
	if s.dirty == nil || len(s.out) == n {
		return
	}
	kept := s.out[:n]
	for _, m := range s.out[n:] {
		if touchesAny(m.Context, s.dirty) {
			kept = append(kept, m)
		}
	}
	s.out = kept
}

func touchesAny(c finding.Span, dirty []finding.Span) bool {
	for _, d := range dirty {
		if c.Touches(d) {
			return true
		}
	}
	return false
}

// lines runs a rule without a literal over the lines that touch r, each cut at lineLimit.
func (s *Scanner) lines(c *compiled, r finding.Span) {
	start := max(0, r.Start-lineLimit)
	if i := bytes.LastIndexByte(s.text[start:r.Start], '\n'); i >= 0 {
		start += i + 1
	}
	for start < r.End {
		end := min(len(s.text), start+lineLimit)
		if i := bytes.IndexByte(s.text[start:end], '\n'); i >= 0 {
			end = start + i + 1
		}
		n := len(s.out)
		s.out = tryWindow(s, c, s.text, finding.Span{Start: start, End: end}, nil, 0, s.out)
		s.keepTouching(n)
		start = end
	}
}

const lineLimit = 4096

// stretch scans one decoded stretch of the text and maps what it finds back.
func (s *Scanner) stretch(d *decode.Stretch) {
	if s.nested == nil {
		s.nested = newScanner(s.Engine, s.depth-1)
		s.nested.trace = s.trace
	}
	if s.budget <= 0 || !s.isNested() {
		s.budget = decodeBudget
	}
	if len(d.Text) > s.budget {
		return
	}
	s.nested.budget = s.budget - len(d.Text)
	var dirty []finding.Span
	if d.Dirty != nil {
		dirty = make([]finding.Span, len(d.Dirty))
		for i, x := range d.Dirty {
			dirty[i] = finding.Span(x)
		}
	}
	n := len(s.out)
	found := s.nested.Scan(d.Text, dirty, nil)
	for _, m := range found {
		m.Span = finding.Span(d.SourceSpan(decode.Span(m.Span)))
		for i := range m.Parts {
			m.Parts[i].Span = finding.Span(d.SourceSpan(decode.Span(m.Parts[i].Span)))
		}
		m.Context = finding.Span(d.Source)
		if m.Decoded != "" {
			m.Decoded = d.Name + ">" + m.Decoded
		} else {
			m.Decoded = d.Name
		}
		s.out = append(s.out, m)
	}
	s.keepTouching(n)
}

func (s *Scanner) isNested() bool { return s.depth < s.opts.DecodeDepth }
