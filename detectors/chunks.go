package detectors

import (
	"hash/maphash"
	"math/bits"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/newline"
)

// A region that is long is known in parts: versions that differ in many places, or are built on different bases, have most
// of their lines in common, but not their edits. It is cut into chunks of a few lines, at line breaks that what stands
// before them chooses, so that an edit moves none but the cuts next to it. A chunk in which nothing led to a match,
// wherever edits are, need not be searched again where it stands between the same chunks, as many as the context of a
// match may take up.

// chunk is some lines of a text.
type chunk struct {
	finding.Span
	lines   int // of the region's, before its end
	hash    uint64
	key     uint64 // zero: not enough is known of what stands around it
	known   bool
	fertile bool // something in it leads to a match, or is the mark of a block
}

const (
	cutMask    = 0x38    // of the bytes before a line break: one in eight is a cut
	cutBack    = 3       // bytes that decide on one
	chunkMost  = 4 << 10 // bytes of a chunk after which the next line break is one, too
	chunkLeast = 4 << 10 // bytes of a region that is worth to be cut
)

// cuts tells whether the line break at an offset is a cut.
func cuts(text []byte, at int) bool {
	return at >= cutBack && (text[at-1]+3*text[at-2]+5*text[at-3])&cutMask == cutMask
}

// chunksIn searches a region, but for chunks that are known to hold nothing that leads to a match.
func (s *Scanner) chunksIn(r finding.Span) {
	reach := max(s.before, s.after)
	from := s.cutBefore(linesBack(s.text, r.Start, reach))
	s.cut(from, min(len(s.text), linesForward(s.text, r.End, reach)+1+chunkMost))
	s.know(r, reach)
	at := r.Start
	for i := 0; i < len(s.chunks); {
		c := &s.chunks[i]
		if c.key == 0 {
			i++
			continue
		}
		if c.Start > at {
			s.searchIn(finding.Span{Start: at, End: c.Start})
		}
		first := i
		for i < len(s.chunks) && s.chunks[i].key != 0 && s.chunks[i].known == c.known {
			i++
		}
		at = s.chunks[i-1].End
		if c.known {
			s.spared++
			continue
		}
		s.whole = s.chunks[first:i]
		s.searchIn(finding.Span{Start: c.Start, End: at})
		for k := range s.whole {
			if !s.whole[k].fertile {
				s.barren.add(s.whole[k].key)
			}
		}
		s.whole = nil
	}
	if at < r.End {
		s.searchIn(finding.Span{Start: at, End: r.End})
	}
}

// bears notes that what stands at an offset led to a match.
func (s *Scanner) bears(at int) {
	for k := range s.whole {
		if at < s.whole[k].End {
			s.whole[k].fertile = true
			return
		}
	}
}

// cutBefore returns where the chunk that an offset is in begins, if it is a short one.
func (s *Scanner) cutBefore(at int) int {
	floor := max(0, at-chunkMost/2)
	for at > floor {
		i := newline.Last(s.text[floor:at])
		if i < 0 {
			return floor
		}
		if at = floor + i; cuts(s.text, at) {
			return at + 1
		}
	}
	return at
}

// cut makes the chunks of the text between two offsets. What no cut ends is none, but for the text's end.
func (s *Scanner) cut(from, to int) {
	s.chunks = s.chunks[:0]
	var breaks, marks [blockBytes / 32]uint32
	start, lines := from, 0
	end := func(at int) {
		s.chunks = append(s.chunks, chunk{Span: finding.Span{Start: start, End: at}, lines: lines, hash: maphash.Bytes(s.barren.seed, s.text[start:at])})
		start = at
	}
	at := from
	for ; at < min(to, cutBack); at++ {
		if s.text[at] == '\n' {
			lines++
		}
	}
	for to-at >= 32 && simd {
		n := min(to-at, blockBytes) &^ 31
		breaksAVX2(&s.text[at], n, &breaks[0], &marks[0])
		for w := range n / 32 {
			b, cut, p := breaks[w], marks[w], at+32*w
			m := cut
			if p+32-start > chunkMost {
				m = b
			}
			for ; m != 0; m &= m - 1 {
				k := bits.TrailingZeros32(m)
				if cut>>k&1 == 0 && p+k-start <= chunkMost {
					continue
				}
				upTo := b & (2<<k - 1)
				lines += bits.OnesCount32(upTo)
				b &^= upTo
				end(p + k + 1)
			}
			lines += bits.OnesCount32(b)
		}
		at += n
	}
	for ; at < to; at++ {
		if s.text[at] == '\n' {
			if lines++; cuts(s.text, at) || at-start > chunkMost {
				end(at + 1)
			}
		}
	}
	if to == len(s.text) && start < to {
		lines++
		end(to)
	}
}

// know gives the chunks in r their keys, which the chunks around them are part of: as many as hold contextLines lines and
// around bytes, or else reach bytes, or as there are in the text.
func (s *Scanner) know(r finding.Span, reach int) {
	all := s.chunks
	enough := func(lines, size int) bool { return lines > contextLines+1 && size >= around || size > reach }
	left, right := 0, 0
	for i := range all {
		c := &all[i]
		if c.Start < r.Start {
			continue
		}
		if c.End > r.End {
			break
		}
		linesTo := func(k int) int { // before chunk k
			if k == 0 {
				return 0
			}
			return all[k-1].lines
		}
		for left < i && enough(linesTo(i)-linesTo(left+1), c.Start-all[left].End) {
			left++
		}
		for right = max(right, i); right+1 < len(all) && !enough(all[right].lines-c.lines, all[right].End-c.End); {
			right++
		}
		if all[left].Start > 0 && !enough(linesTo(i)-linesTo(left), c.Start-all[left].Start) ||
			all[right].End < len(s.text) && !enough(all[right].lines-c.lines, all[right].End-c.End) {
			continue
		}
		h := uint64(i-left)<<32 | uint64(right-left)
		if all[left].Start == 0 {
			h |= 1 << 62
		}
		if all[right].End == len(s.text) {
			h |= 1 << 63
		}
		for k := left; k <= right; k++ {
			h = (h ^ all[k].hash) * 0x9e3779b97f4a7c15
			h ^= h >> 32
		}
		c.key = max(h, 1)
	}
	for i := range all { // apart from the above, so that the processor waits for many at a time
		if all[i].key != 0 {
			all[i].known = s.barren.has(all[i].key)
		}
	}
}
