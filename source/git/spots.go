package git

import (
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/scanner"
)

// most stretches of a blob that are remembered, and matches they are made of; one with more is searched as a whole.
const (
	mostSpots  = 512
	mostSpotty = 1 << 14
)

// spotsOf returns the contexts of matches, those that touch as one, sorted; nil if they are too many. Whether there is a
// match depends on its context alone, so that a search of these stretches finds all of them again.
func spotsOf(matches []finding.Match) []finding.Span {
	if len(matches) > mostSpotty {
		return nil
	}
	out := make([]finding.Span, 0, len(matches))
	for _, m := range matches {
		out = append(out, m.Context)
	}
	arrange.By(out, func(a, b finding.Span) int { return a.Start - b.Start })
	joined := out[:0]
	for _, s := range out {
		if k := len(joined) - 1; k >= 0 && s.Start <= joined[k].End {
			joined[k].End = max(joined[k].End, s.End)
			continue
		}
		joined = append(joined, s)
	}
	if len(joined) > mostSpots {
		return nil
	}
	return slices.Clip(joined)
}

// searchSpots returns the unresolved matches of a text that are known to lie in some stretches of it; false if it is not
// known where. The bytes are not counted as covered.
func searchSpots(w *scanner.Worker, text []byte, spots []finding.Span) ([]finding.Match, bool, error) {
	if len(spots) == 0 || spots[len(spots)-1].End > len(text) {
		return nil, false, nil
	}
	found, err := w.Detect(text, spots)
	if err != nil {
		return nil, true, err
	}
	for _, s := range spots {
		w.Cover(-int64(s.Len()))
	}
	return found, true, nil
}

// spotted is a blob with where its matches lie, and the secrets among them; see numbersOf. There may be none: what
// matches does not always win.
type spotted struct {
	number  int32
	spots   []finding.Span
	secrets []int32
}
