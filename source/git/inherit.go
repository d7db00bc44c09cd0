package git

import (
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/pack"
)

// search returns the unresolved matches of text. Those of a delta's base that lie, with all they rest on, in one
// copied run hold here too; the rest of the text is searched. The bytes are not counted as covered.
func search(w *scanner.Worker, text []byte, d *pack.Delta, base known) (known, error) {
	if d == nil || base.broken || len(base.matches)*len(d.Runs) > tooMany {
		found, err := w.Detect(text, nil)
		if err == nil {
			w.Cover(-int64(len(text)))
		}
		return known{matches: slices.Clone(found), bare: err == nil && w.Bare()}, err
	}
	var found []finding.Match
	bare := base.bare
	if len(d.Dirty) > 0 {
		var err error
		w.BuiltOn(base.bare)
		if found, err = w.Detect(text, d.Dirty); err != nil {
			return known{}, err
		}
		bare = w.Bare()
		for _, s := range d.Dirty {
			w.Cover(-int64(s.Len()))
		}
	}
	if len(base.matches) == 0 {
		return known{matches: slices.Clone(found), bare: bare}, nil
	}
	found = slices.Clone(found)
	held := inherit(base.matches, d)
	w.Renew(text, d.Dirty, held)
	return known{matches: merged(found, held), bare: bare}, nil
}

// tooMany is the product of matches and runs above which it is cheaper to search the whole text.
const tooMany = 1 << 18

// inherit returns the matches of the base that hold in the result of d.
func inherit(base []finding.Match, d *pack.Delta) (out []finding.Match) {
	for _, m := range base {
		for _, r := range d.Runs {
			if m.Context.Start < r.Base || m.Context.End > r.Base+r.Len {
				continue
			}
			by := r.Out - r.Base
			if touchesAny(m.Context.Shift(by), d.Dirty) {
				continue
			}
			out = append(out, shifted(m, by))
		}
	}
	return out
}

// merged returns the matches of both lists in the order they stand in.
func merged(found, held []finding.Match) []finding.Match {
	out := append(found, held...)
	arrange.By(out, func(a, b finding.Match) int { return a.Span.Start - b.Span.Start })
	return out
}

// touchesAny tells whether s touches one of the sorted spans.
func touchesAny(s finding.Span, spans []finding.Span) bool {
	i, _ := slices.BinarySearchFunc(spans, s.Start, func(t finding.Span, at int) int { return t.End - at })
	return i < len(spans) && spans[i].Start <= s.End
}

// shifted returns m moved by some bytes.
func shifted(m finding.Match, by int) finding.Match {
	if by == 0 {
		return m
	}
	m.Span, m.Context = m.Span.Shift(by), m.Context.Shift(by)
	if len(m.Parts) > 0 {
		m.Parts = slices.Clone(m.Parts)
		for i := range m.Parts {
			m.Parts[i].Span = m.Parts[i].Span.Shift(by)
		}
	}
	return m
}
