package git

import (
	"bytes"
	"hash/maphash"

	"github.com/unleak/unleak/finding"
)

// added returns the spans of text that are new against old, in whole lines, sorted. Lines that only moved count as
// added where nothing else tells them apart.
//
// It is a patience diff: lines that are unique on both sides and in the same order on both are anchors; between two
// anchors the same is done again; what has no unique lines is compared by a table of common subsequences, or, when
// that were too large, is new as a whole.
func added(old, text []byte) []finding.Span {
	d := differ{}
	d.oldLines, _ = d.split(old)
	var starts []int
	d.newLines, starts = d.split(text)
	d.keep = make([]bool, len(d.newLines))
	d.match(0, len(d.oldLines), 0, len(d.newLines))
	var out []finding.Span
	for i, kept := range d.keep {
		if kept {
			continue
		}
		if n := len(out) - 1; n >= 0 && out[n].End == starts[i] {
			out[n].End = starts[i+1]
			continue
		}
		out = append(out, finding.Span{Start: starts[i], End: starts[i+1]})
	}
	return out
}

type differ struct {
	seed               maphash.Seed
	seeded             bool
	oldLines, newLines []uint64 // hashes
	keep               []bool   // of new lines: they stand in old
}

// split returns the hash of every line and where each starts, with the text's end behind.
func (d *differ) split(text []byte) (hashes []uint64, starts []int) {
	if !d.seeded {
		d.seed, d.seeded = maphash.MakeSeed(), true
	}
	for at := 0; at < len(text); {
		end := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		starts = append(starts, at)
		hashes = append(hashes, maphash.Bytes(d.seed, bytes.TrimRight(text[at:end], "\r\n")))
		at = end
	}
	return hashes, append(starts, len(text))
}

// match marks the lines of newLines[b:f] that correspond to lines of oldLines[a:e].
func (d *differ) match(a, e, b, f int) {
	for {
		for a < e && b < f && d.oldLines[a] == d.newLines[b] {
			d.keep[b] = true
			a, b = a+1, b+1
		}
		for a < e && b < f && d.oldLines[e-1] == d.newLines[f-1] {
			d.keep[f-1] = true
			e, f = e-1, f-1
		}
		if a == e || b == f {
			return
		}
		anchors := d.anchors(a, e, b, f)
		if len(anchors) == 0 {
			d.table(a, e, b, f)
			return
		}
		for _, p := range anchors {
			d.keep[p.new] = true
			d.match(a, p.old, b, p.new)
			a, b = p.old+1, p.new+1
		}
	}
}

type pair struct{ old, new int }

// anchors returns the longest rising sequence of lines that are unique on both sides.
func (d *differ) anchors(a, e, b, f int) []pair {
	type seen struct{ inOld, inNew, old int }
	lines := make(map[uint64]seen, e-a)
	for i := a; i < e; i++ {
		s := lines[d.oldLines[i]]
		lines[d.oldLines[i]] = seen{s.inOld + 1, 0, i}
	}
	for j := b; j < f; j++ {
		if s, ok := lines[d.newLines[j]]; ok {
			s.inNew++
			lines[d.newLines[j]] = s
		}
	}
	var piles []int // indexes into all, of the last pair of each pile
	var all []pair
	var before []int
	for j := b; j < f; j++ {
		s, ok := lines[d.newLines[j]]
		if !ok || s.inOld != 1 || s.inNew != 1 {
			continue
		}
		lo, hi := 0, len(piles)
		for lo < hi {
			if mid := (lo + hi) / 2; all[piles[mid]].old < s.old {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		prev := none
		if lo > 0 {
			prev = piles[lo-1]
		}
		all, before = append(all, pair{s.old, j}), append(before, prev)
		if lo == len(piles) {
			piles = append(piles, 0)
		}
		piles[lo] = len(all) - 1
	}
	if len(piles) == 0 {
		return nil
	}
	out := make([]pair, len(piles))
	for k, i := len(piles)-1, piles[len(piles)-1]; k >= 0; k, i = k-1, before[i] {
		out[k] = all[i]
	}
	return out
}

// maxTable bounds the cells of a table of common subsequences.
const maxTable = 1 << 20

func (d *differ) table(a, e, b, f int) {
	n, m := e-a, f-b
	if n*m > maxTable {
		return
	}
	width := m + 1
	best := make([]int32, (n+1)*width)
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if d.oldLines[a+i] == d.newLines[b+j] {
				best[i*width+j] = best[(i+1)*width+j+1] + 1
			} else {
				best[i*width+j] = max(best[(i+1)*width+j], best[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case d.oldLines[a+i] == d.newLines[b+j]:
			d.keep[b+j] = true
			i, j = i+1, j+1
		case best[(i+1)*width+j] >= best[i*width+j+1]:
			i++
		default:
			j++
		}
	}
}
