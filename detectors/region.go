package detectors

import "github.com/unleak/unleak/finding"

// regions scans around each dirty span, as far as a match that touches it may reach; regions that meet are one.
func (s *Scanner) regions(dirty []finding.Span) {
	var r reached
	first := 0 // of the spans in r
	for i, d := range dirty {
		if r.open && (d.Start <= r.End || d.Start <= s.settle(&r)) {
			s.extend(&r, d)
			continue
		}
		near := linesBackBy(s.text, d.Start, s.after, s.nearLines)
		near = min(near, max(0, d.Start-pemAfter)) // a key's context goes on for so much behind its end, and a text's start may be asked for
		if !s.bare && (!r.open || near > r.End) {
			floor := 0
			if r.open {
				floor = r.End
			}
			near = min(near, s.blockStart(d.Start, floor), s.blockStart(max(floor, d.Start-pemAfter), floor))
		}
		if r.open && near > r.End {
			s.regionOnce(&r, dirty[first:i])
			r.open = false
		}
		if !r.open {
			first = i
			r = reached{Span: finding.Span{Start: near, End: d.End}, dirty: d, block: d.End, open: true, whole: true}
		}
		s.extend(&r, d)
	}
	if r.open {
		s.settle(&r)
		s.regionOnce(&r, dirty[first:])
	}
}

// reached is a region while it grows from dirty span to dirty span. Blocks have been followed as far as block; whole
// tells that only their limit ended that, so that a later span continues there. Lines are counted from tail on, once that
// matters.
type reached struct {
	finding.Span
	dirty finding.Span // from the first dirty span to the last
	block int
	tail  int
	open  bool
	whole bool
}

// extend makes r reach as far as the literals of matches that touch d may start. A literal's match goes back from it
// by before at most and by no more than contextLines lines, a block for as long as its text lasts.
func (s *Scanner) extend(r *reached, d finding.Span) {
	r.dirty.End = max(r.dirty.End, d.End)
	if s.bare {
		r.tail, r.End = d.End, min(len(s.text), max(r.End, d.End+pemBefore+1)) // spans so near are one region cheaply
		return
	}
	if d.End+max(s.before, pemBefore)+2 < r.End && d.End+blockLimit <= r.block {
		return
	}
	if r.whole || d.End > r.block {
		r.block, r.whole = s.blockEnd(max(d.End, r.block), d.End+blockLimit)
	}
	r.tail = d.End
	r.End = min(len(s.text), max(r.End, d.End+pemBefore+1, r.block))
}

// settle makes r reach over the lines behind the last span by which it grew, and returns its end.
func (s *Scanner) settle(r *reached) int {
	r.End = min(len(s.text), max(r.End, linesForwardBy(s.text, r.tail, s.before, s.nearLines)+1))
	return r.End
}
