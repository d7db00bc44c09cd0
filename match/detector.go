package match

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
)

// Detector searches texts for the values of a set, for one goroutine at a time. It implements scanner.Detector.
type Detector struct {
	set     *Set
	regions []finding.Span
	decoding
}

// Scan implements scanner.Detector.
func (d *Detector) Scan(text []byte, dirty []finding.Span, out []finding.Match) []finding.Match {
	if len(d.set.values) == 0 || len(text) < anchorBytes {
		return out
	}
	if dirty == nil {
		all := finding.Span{End: len(text)}
		out = d.searchWrapped(text, all, nil, d.search(text, all, nil, out))
		return d.searchDecoded(text, all, nil, out)
	}
	regions := d.widen(len(text), dirty)
	for _, r := range regions {
		out = d.searchWrapped(text, r, dirty, d.search(text, r, dirty, out))
	}
	for _, r := range decodeRegions(regions) {
		out = d.searchDecoded(text, r, dirty, out)
	}
	return out
}

// widen returns the stretches that hold every form which touches a dirty span, in order and apart.
func (d *Detector) widen(n int, dirty []finding.Span) []finding.Span {
	all := d.regions[:0]
	for _, s := range dirty {
		all = append(all, finding.Span{Start: max(0, s.Start-d.set.reach-1), End: min(n, s.End+d.set.reach+1)})
	}
	arrange.By(all, func(a, b finding.Span) int { return cmp.Compare(a.Start, b.Start) })
	merged := all[:0]
	for _, s := range all {
		if k := len(merged) - 1; k >= 0 && s.Start <= merged[k].End {
			merged[k].End = max(merged[k].End, s.End)
			continue
		}
		merged = append(merged, s)
	}
	d.regions = merged
	return merged
}

// search looks at each stride-th byte of a region, four at a time: with many values each look waits for memory, and
// four wait together.
func (d *Detector) search(text []byte, r finding.Span, dirty []finding.Span, out []finding.Match) []finding.Match {
	t := &d.set.table
	filter, shift, stride := t.filter, t.shift, t.stride
	region := text[r.Start:r.End]
	i := 0
	for ; i+3*stride+anchorBytes <= len(region); i += 4 * stride {
		a := (binary.LittleEndian.Uint64(region[i:]) | fold) * multiplier
		b := (binary.LittleEndian.Uint64(region[i+stride:]) | fold) * multiplier
		c := (binary.LittleEndian.Uint64(region[i+2*stride:]) | fold) * multiplier
		e := (binary.LittleEndian.Uint64(region[i+3*stride:]) | fold) * multiplier
		x, y := filter[a>>shift>>6]>>(a>>shift&63), filter[b>>shift>>6]>>(b>>shift&63)
		z, w := filter[c>>shift>>6]>>(c>>shift&63), filter[e>>shift>>6]>>(e>>shift&63)
		if (x|y|z|w)&1 == 0 {
			continue
		}
		for k, hit := range [4]uint64{x, y, z, w} {
			if hit&1 != 0 {
				out = d.candidates(text, r.Start+i+k*stride, [4]uint64{a, b, c, e}[k], dirty, out)
			}
		}
	}
	for ; i+anchorBytes <= len(region); i += stride {
		h := (binary.LittleEndian.Uint64(region[i:]) | fold) * multiplier
		bit := h >> shift
		if filter[bit>>6]&(1<<(bit&63)) != 0 {
			out = d.candidates(text, r.Start+i, h, dirty, out)
		}
	}
	return out
}

// candidates compares the text around at, where an anchor of hash h may stand, with every form that has one.
func (d *Detector) candidates(text []byte, at int, h uint64, dirty []finding.Span, out []finding.Match) []finding.Match {
	s := d.set
	h = mix(h)
	b := h >> s.bucket
	tag := h & (1<<(64-tagShift) - 1)
	for _, e := range s.entries[s.starts[b]:s.starts[b+1]] {
		if e>>tagShift != tag {
			continue
		}
		value := int(e >> valueShift & maxValues)
		f := s.forms(value)[e>>formShift&(maxForms-1)]
		start := at - bases(len(f.text), s.stride)[e>>baseShift&3] - int(e&(1<<baseShift-1))
		if start < 0 || !f.equal(text[start:]) {
			continue
		}
		if m, ok := d.found(text, value, &f, start); ok && touches(m.Context, dirty) {
			out = append(out, m)
		}
	}
	return out
}

func touches(context finding.Span, dirty []finding.Span) bool {
	return dirty == nil || slices.ContainsFunc(dirty, context.Touches)
}

// found makes the match of a value whose form stands at start. A short value of letters or digits alone must stand by
// itself, or every longer word would hold it.
func (d *Detector) found(text []byte, value int, f *form, start int) (finding.Match, bool) {
	v := &d.set.values[value]
	secret := v.Secret.Reveal()
	m := finding.Match{
		Rule: RuleID, Secret: secret, Span: finding.Span{Start: start, End: start + len(f.text)},
		Decoded: f.name, Confidence: 1, Rank: 1,
	}
	m.Context = m.Span
	if f.name == "" && isWord(secret) {
		m.Context = finding.Span{Start: max(0, start-1), End: min(len(text), m.Span.End+1)}
		if start > 0 && inWord(text[start-1]) || m.Span.End < len(text) && inWord(text[m.Span.End]) {
			return m, false
		}
	}
	m.Proofs = []finding.Proof{{Kind: "store", Detail: "the exact value of " + v.Refs[0].String()}}
	return m, true
}

// a value of one class of characters up to this length must stand alone
const aloneUpTo = 15

func isWord(s string) bool {
	if len(s) > aloneUpTo {
		return false
	}
	letters, digits := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
		}
	}
	return letters == len(s) || digits == len(s)
}

func inWord(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80
}

// Resolve implements scanner.Detector. Different values at the same place are all leaked: a password and the URL that
// holds it. Of the forms of one value that overlap the longest counts.
func (d *Detector) Resolve(matches []finding.Match) []finding.Match {
	arrange.By(matches, func(a, b finding.Match) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(b.Span.End, a.Span.End), strings.Compare(a.Secret, b.Secret), strings.Compare(a.Decoded, b.Decoded), cmp.Compare(b.Context.Start, a.Context.Start), cmp.Compare(a.Context.End, b.Context.End))
	})
	out := matches[:0]
	ends := map[string]int{} // of the last match of each value
	for _, m := range matches {
		if end, ok := ends[m.Secret]; ok && m.Span.Start < end {
			continue
		}
		ends[m.Secret] = m.Span.End
		out = append(out, m)
	}
	return out
}

// Accept implements scanner.Detector.
func (d *Detector) Accept(*finding.Origin, *finding.Match) bool { return true }

// Describe implements scanner.Detector: what is current opens doors, what is not did once.
func (d *Detector) Describe(m *finding.Match) (string, finding.Severity) {
	refs := d.set.Refs(m.Secret)
	if len(refs) == 0 {
		return "Value of a secret store", finding.Critical
	}
	title := "Value of " + refs[0].String()
	if n := len(refs) - 1; n > 0 {
		title += fmt.Sprintf(" and %d more", n)
	}
	if refs[0].Current {
		return title, finding.Critical
	}
	return title, finding.Medium
}
