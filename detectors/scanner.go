package detectors

import (
	"sort"

	"github.com/unleak/unleak/decode"
	"github.com/unleak/unleak/detectors/generic"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/byteregex"
	"github.com/unleak/unleak/internal/fold"
)

// Scanner scans texts with an engine, for one goroutine at a time. It implements scanner.Detector.
type Scanner struct {
	*Engine
	generic  *generic.Detector
	decoder  *decode.Decoder
	matcher  byteregex.Matcher
	trace    Tracer
	hostless fold.Free // stretches of the text without the name of a host
	settings settingsReader
	nested   *Scanner        // for decoded text, one level down; made when first needed
	names    map[string]bool // made up; see knownName
	made     *Scanner        // for lines that are made up; see lines
	onMade   bool            // this is such a scanner

	inRequired bool // a required rule is looked for
	depth      int  // levels of decoding left
	budget     *int // bytes of decoded text left for the outermost stretch at hand, with all that is nested in it
	left       int
	versions   bool    // texts are versions of one another
	metMark    bool    // a block's mark was met
	builtOn    bool    // what is not dirty in the next text holds no block's mark
	metAny     bool    // in some region of the text at hand
	bare       bool    // nor does any of the text at hand
	chunks     []chunk // of the region at hand
	whole      []chunk // those that are searched whatever is dirty in them; nil: none
	spared     int     // regions that were known; for tests
	undecoded  int     // encoded texts not followed to their end, since Undecoded was called

	text  []byte // the text being scanned
	out   []finding.Match
	dirty []finding.Span
	next  int                    // the first dirty span behind the literal at hand
	plain finding.Span           // of text: without a block's mark
	visit func(pos int, g *gram) // s.hit, bound once so that a scan allocates nothing
	yield func(*decode.Stretch)
}

// most bytes that decoding one stretch, with all that is nested in it, may yield
const decodeBudget = 16 << 20

func newScanner(e *Engine, depth int) *Scanner {
	s := &Scanner{Engine: e, generic: generic.New(), hostless: fold.Free{Words: hostMarks}, depth: depth}
	s.visit = s.hit
	if depth > 0 {
		s.decoder = decode.New()
		s.yield = s.stretch
	}
	return s
}

// Scan appends to out every match of text whose context touches one of the dirty spans, which are sorted and apart;
// with nil dirty, every match. Overlapping matches are all reported; equal ones once. It allocates only for matches and for what has to be decoded.
func (s *Scanner) Scan(text []byte, dirty []finding.Span, out []finding.Match) []finding.Match {
	first := len(out)
	s.text, s.dirty, s.out, s.next, s.plain = text, dirty, out, 0, finding.Span{}
	s.bare, s.builtOn, s.metMark, s.metAny = s.builtOn && s.trace == nil, false, false, false
	switch all := (finding.Span{End: len(text)}); {
	case dirty == nil:
		s.wholly(&reached{Span: all, dirty: all})
		s.bare = !s.metMark
	case len(dirty) > 0 && len(text) <= smallText: // to scan it costs no more than to find out which parts to scan
		s.region(&reached{Span: all, dirty: finding.Span{Start: dirty[0].Start, End: dirty[len(dirty)-1].End}})
		s.bare = !s.metMark
	default:
		s.regions(dirty)
		s.bare = s.bare && !s.metAny
	}
	s.files()
	out = s.out
	s.text, s.dirty, s.out = nil, nil, nil
	s.surround(text, out[first:])
	return append(out[:first], unique(out[first:])...)
}

const smallText = 1 << 10

// region finds every match whose literal starts in r, and every encoded stretch that touches what is dirty there.
func (s *Scanner) region(r *reached) {
	s.plainIn(r)
	s.encodedIn(r)
}

// plainIn is region for what is not encoded, encodedIn for what is.
func (s *Scanner) plainIn(r *reached) {
	s.searchIn(r.Span)
	s.starts(r.Span)
}

// searchIn finds the matches whose literals start in r, and those of rules without a literal that start there.
func (s *Scanner) searchIn(r finding.Span) {
	s.filter.scan(s.text, r.Start, min(len(s.text), r.End+s.longest), s.visit) // a gram may stand deep in its literal
	if len(s.unbound) > 0 && holdsRun(s.text[max(0, r.Start-s.reach):min(len(s.text), r.End+s.reach)], &s.anyRun) {
		for k := range s.whole {
			s.whole[k].fertile = true
		}
		for _, c := range s.unbound {
			s.pieces(c, r)
		}
	}
}

func (s *Scanner) encodedIn(r *reached) {
	if s.decoder != nil {
		s.decoder.Find(s.text, decode.Span(r.dirty), s.yield)
	}
}

// hit is called where the filter met a gram.
func (s *Scanner) hit(pos int, g *gram) {
	l := &s.literals[g.literal]
	at := pos - int(g.offset)
	if at < 0 || at+len(l.text) > len(s.text) || !g.whole && !l.stands(s.text, at) {
		return
	}
	if l.block {
		s.metMark, s.metAny = true, true
	}
	if s.whole != nil {
		if at < s.whole[0].Start || at >= s.whole[len(s.whole)-1].End {
			return // it is another chunk's
		}
		if l.block {
			s.bears(at)
		}
	}
	left, right := s.apart(at)
	for i := range l.refs {
		ref := &l.refs[i]
		if right > ref.right && !s.extras && left > ref.left {
			continue // no match here can touch what is dirty
		}
		if ref.run != nil && !holdsRun(s.text[max(0, at-int(ref.literal.Before[1])):min(len(s.text), at+int(ref.literal.After))], ref.run) {
			continue // cheaper than to work out the window, and mostly enough
		}
		n := len(s.out)
		s.out = ref.rule.technique.try(s, ref.rule, &ref.literal, s.text, at, s.out)
		if s.whole != nil && len(s.out) > n {
			s.bears(at)
		}
		s.keepTouching(n)
	}
}

// apart returns how many bytes lie between at and the dirty spans before and after it, at most one of them below zero: at
// is in one then. Where everything is dirty there are none.
func (s *Scanner) apart(at int) (left, right int) {
	if s.dirty == nil || s.whole != nil {
		return 0, 0
	}
	for s.next < len(s.dirty) && s.dirty[s.next].Start <= at {
		s.next++
	}
	for s.next > 0 && s.dirty[s.next-1].Start > at {
		s.next--
	}
	left, right = unseen, unseen
	if s.next > 0 {
		left = at - s.dirty[s.next-1].End
	}
	if s.next < len(s.dirty) {
		right = s.dirty[s.next].Start - at
	}
	return left, right
}

const unseen = 1 << 62

// gap returns the stretch between the dirty spans around the literal that apart was last asked about; the zero span where
// everything is dirty, or where a filter may make a context wider.
func (s *Scanner) gap() finding.Span {
	if s.dirty == nil || s.whole != nil || s.extras {
		return finding.Span{}
	}
	g := finding.Span{Start: -1, End: unseen}
	if s.next > 0 {
		g.Start = s.dirty[s.next-1].End
	}
	if s.next < len(s.dirty) {
		g.End = s.dirty[s.next].Start
	}
	return g
}

// keepTouching drops the matches from s.out[n] on whose context touches no dirty span.
func (s *Scanner) keepTouching(n int) {
	if s.extras && !s.onMade {
		s.admitRest(n)
	}
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

// touchesAny tells whether c touches one of the sorted spans.
func touchesAny(c finding.Span, dirty []finding.Span) bool {
	i := sort.Search(len(dirty), func(i int) bool { return dirty[i].End >= c.Start })
	return i < len(dirty) && dirty[i].Start <= c.End
}

// pieces runs a rule without a literal over r and as far around as its matches reach: where the rule's run stands, a piece
// at a time.
func (s *Scanner) pieces(c *compiled, r finding.Span) {
	reach := c.Plan.MaxLen + 1
	last, stop := min(len(s.text), r.End+1), min(len(s.text), r.End+1+reach)
	for at := max(0, r.Start-reach); at < last; {
		run, ok := nextRun(s.text[:stop], at, &c.Plan.Run)
		if !ok {
			return
		}
		for at = max(at, run.Start-reach); at < min(run.End, last); at += pieceSize {
			n := len(s.out)
			s.out = searchAll(s, c, s.text, finding.Span{Start: at, End: min(run.End, last, at+pieceSize)}, s.out)
			s.keepTouching(n)
		}
		at = run.End
	}
}

const pieceSize = 8192

// stretch scans one decoded stretch of the text and maps what it finds back.
func (s *Scanner) stretch(d *decode.Stretch) {
	if s.nested == nil {
		s.nested = newScanner(s.Engine, s.depth-1)
		s.nested.trace = s.trace
	}
	if !s.isNested() {
		s.left = decodeBudget
		s.budget = &s.left
	}
	if *s.budget -= len(d.Text); *s.budget < 0 {
		s.undecoded++
		return
	}
	if d.Cut {
		s.undecoded++
	}
	s.nested.budget = s.budget
	var dirty []finding.Span
	if d.Dirty != nil {
		dirty = make([]finding.Span, len(d.Dirty))
		for i, x := range d.Dirty {
			dirty[i] = finding.Span(x)
		}
	}
	key, known := s.knownBarren(d.Text, dirty)
	if known {
		s.spared++
		return
	}
	n := len(s.out)
	found := s.nested.Scan(d.Text, dirty, nil)
	if cut := s.nested.Undecoded(); cut > 0 {
		s.undecoded += cut
	} else if len(found) == 0 && key != 0 {
		s.barren.add(key)
	}
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

// Undecoded returns how many encoded texts were not followed to their end, because what they decode to is too much, since
// it was last called.
func (s *Scanner) Undecoded() int {
	n := s.undecoded
	s.undecoded = 0
	return n
}

func (s *Scanner) isNested() bool { return s.depth < s.opts.DecodeDepth }
