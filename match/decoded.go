package match

import (
	"github.com/unleak/unleak/decode"
	"github.com/unleak/unleak/finding"
)

const (
	// decodeDepth is how many encodings around a form are undone: the forms of a value are one more.
	decodeDepth = 4
	// decodeBudget is the most bytes that decoding one stretch, with all that is nested in it, may yield.
	decodeBudget = 16 << 20
)

// decoding is what a detector needs to look into encoded text. Forms are found as they stand, so a value in mere base64
// costs no decoding to find; but nobody can list the forms of forms, such as gzip in base64 or UTF-16.
type decoding struct {
	depth     int // levels left
	decoder   *decode.Decoder
	nested    *Detector // for decoded text; made when first needed
	budget    *int      // bytes left for the outermost stretch at hand
	left      int
	undecoded int
}

// searchDecoded finds the values in what the encoded stretches around a region decode to.
func (d *Detector) searchDecoded(text []byte, r finding.Span, dirty []finding.Span, out []finding.Match) []finding.Match {
	if d.depth == 0 {
		return out
	}
	if d.decoder == nil {
		d.decoder = decode.New()
	}
	d.decoder.Find(text, decode.Span(r), func(s *decode.Stretch) {
		if dirty == nil || touches(finding.Span(s.Source), dirty) {
			out = d.stretch(text, s, out)
		}
	})
	return out
}

// decodeRegions joins regions that are nearer to each other than what decoding reads around each: a table of escapes would
// be decoded over and over else, once for each of them.
func decodeRegions(regions []finding.Span) []finding.Span {
	const near = 2 * decode.Overlap
	joined := regions[:0]
	for _, r := range regions {
		if k := len(joined) - 1; k >= 0 && r.Start-joined[k].End < near {
			joined[k].End = max(joined[k].End, r.End)
			continue
		}
		joined = append(joined, r)
	}
	return joined
}

// stretch searches one decoded stretch and says where in the text around it the values stand.
func (d *Detector) stretch(text []byte, s *decode.Stretch, out []finding.Match) []finding.Match {
	if d.nested == nil {
		d.nested = &Detector{set: d.set, decoding: decoding{depth: d.depth - 1}}
	}
	if d.depth == decodeDepth {
		d.left = decodeBudget
		d.budget = &d.left
	}
	if *d.budget -= len(s.Text); *d.budget < 0 {
		d.undecoded++
		return out
	}
	if s.Cut {
		d.undecoded++
	}
	d.nested.budget = d.budget
	var dirty []finding.Span
	for _, x := range s.Dirty {
		dirty = append(dirty, finding.Span(x))
	}
	for _, m := range d.nested.Scan(s.Text, dirty, nil) {
		m.Span, m.Context = finding.Span(s.SourceSpan(decode.Span(m.Span))), finding.Span(s.Source)
		if d.standsThere(text, &m) {
			continue
		}
		if m.Decoded != "" {
			m.Decoded = ">" + m.Decoded
		}
		m.Decoded = s.Name + m.Decoded
		out = append(out, m)
	}
	d.undecoded += d.nested.Undecoded()
	return out
}

// standsThere tells whether a value is found where it stands without decoding: its context is less then, and whether a
// match counts is to depend on its context alone.
func (d *Detector) standsThere(text []byte, m *finding.Match) bool {
	at := []finding.Span{m.Span}
	for _, other := range d.searchWrapped(text, m.Span, at, d.search(text, m.Span, at, nil)) {
		if other.Secret == m.Secret && other.Span.Start < m.Span.End && m.Span.Start < other.Span.End {
			return true
		}
	}
	return false
}

// Undecoded returns how many encoded texts were not followed to their end, because what they decode to is too much, since
// it was last called.
func (d *Detector) Undecoded() int {
	n := d.undecoded
	d.undecoded = 0
	return n
}
