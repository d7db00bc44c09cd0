package report

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/unleak/unleak/internal/arrange"
)

// matcher finds many strings in a text in one pass. It is built once and then safe for concurrent use.
//
// Patterns may overlap in a text; all are found.
type matcher struct {
	heads index             // patterns
	tails index             // of some patterns the reverse
	long  longForms         // for long texts
	words map[string]string // patterns that count only as a whole word, with their mask
}

// masked is a pattern and what stands for it in a report.
type masked struct{ text, mask string }

// newMatcher makes a matcher of patterns of at least four bytes. Those of cut are also found where a text holds but
// their beginning or end at its edge.
func newMatcher(cut, whole []masked, words map[string]string) *matcher {
	m := &matcher{words: words}
	var wg sync.WaitGroup
	wg.Go(func() {
		reversed := make([]masked, len(cut))
		for i, p := range cut {
			reversed[i] = masked{reverse(p.text), p.mask}
		}
		m.tails = newIndex(reversed)
	})
	m.heads = newIndex(cut, whole)
	wg.Wait()
	return m
}

// learn adds patterns; nobody may search meanwhile.
func (m *matcher) learn(cut, whole []masked) {
	for _, p := range cut {
		m.heads.insert(p)
		m.tails.insert(masked{reverse(p.text), p.mask})
	}
	for _, p := range whole {
		m.heads.insert(p)
	}
}

// index files patterns by a hash of their first four bytes. Texts are mostly clean, so the common case is what counts:
// four bytes at each position are looked up in a bit set, and only where they start some pattern a list is searched.
type index struct {
	filter  []uint64   // bit set over the hashes
	buckets [][]masked // each sorted by text, then by mask
	late    [][]masked // likewise, those that came later; nil: none did
}

const (
	headLen    = 4
	hashBits   = 20
	bucketBits = 12 // of the hash
)

func newIndex(lists ...[]masked) index {
	x := index{filter: make([]uint64, 1<<hashBits/64), buckets: make([][]masked, 1<<bucketBits)}
	var ends [1 << bucketBits]int32
	for _, patterns := range lists {
		for i := range patterns {
			bit := hash(head(patterns[i].text))
			x.filter[bit/64] |= 1 << (bit % 64)
			ends[bucket(bit)]++
		}
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}
	list := make([]masked, ends[len(ends)-1])
	starts := ends
	for _, patterns := range lists {
		for i := range patterns {
			b := bucket(hash(head(patterns[i].text)))
			starts[b]--
			list[starts[b]] = patterns[i]
		}
	}
	for i := range x.buckets {
		x.buckets[i] = list[starts[i]:ends[i]:ends[i]]
		arrange.By(x.buckets[i], compareMasked)
	}
	return x
}

func (x *index) insert(p masked) {
	bit := hash(head(p.text))
	x.filter[bit/64] |= 1 << (bit % 64)
	if x.late == nil {
		x.late = make([][]masked, len(x.buckets))
	}
	list, late := &x.buckets[bucket(bit)], &x.late[bucket(bit)]
	i, _ := slices.BinarySearchFunc(*late, p, compareMasked)
	*late = slices.Insert(*late, i, p)
	if len(*late) > leastLate+len(*list)/16 { // tokens of one kind share a bucket: to move all for each would be dear
		*list = merged(*list, *late)
		*late = (*late)[:0]
	}
}

const leastLate = 256

// merged returns one sorted list of two.
func merged(a, b []masked) []masked {
	out := make([]masked, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compareMasked(a[0], b[0]) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

func compareMasked(a, b masked) int {
	return cmp.Or(strings.Compare(a.text, b.text), strings.Compare(a.mask, b.mask))
}

// may tells whether a pattern may begin with four bytes.
func (x *index) may(head uint32) bool {
	bit := hash(head)
	return x.filter[bit/64]&(1<<(bit%64)) != 0
}

// at returns the sorted lists that hold all patterns which share their first four bytes with text, and maybe others.
func (x *index) at(text string) (list, late []masked) {
	bit := hash(head(text))
	if x.late != nil {
		late = x.late[bucket(bit)]
	}
	return x.buckets[bucket(bit)], late
}

func bucket(hash uint32) uint32 { return hash >> (hashBits - bucketBits) }

// head packs the first four bytes of s, which has at least as many.
func head(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func hash(h uint32) uint32 { return (h * 2654435761) >> (32 - hashBits) } // Knuth's multiplicative hash

func reverse(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// hit is a stretch of a text to be masked.
type hit struct {
	start, end int
	mask       string
}

// find appends every stretch of text that holds a pattern.
func (m *matcher) find(text string, out []hit) []hit {
	out = m.heads.find(text, out)
	if x := m.long.of(text); x != nil {
		out = x.find(text, out)
	}
	return out
}

func (x *index) find(text string, out []hit) []hit {
	for i := 0; i+headLen <= len(text); i++ {
		if !x.may(head(text[i:])) {
			continue
		}
		list, late := x.at(text[i:])
		for _, list := range [...][]masked{list, late} {
			if p, ok := longestPrefix(list, text[i:]); ok {
				out = append(out, hit{i, i + len(p.text), p.mask})
			}
		}
	}
	return out
}

// longestPrefix returns the longest pattern of a sorted list that text starts with.
func longestPrefix(list []masked, text string) (masked, bool) {
	for {
		k := sort.Search(len(list), func(i int) bool { return list[i].text > text })
		if k == 0 {
			return masked{}, false
		}
		p := list[k-1]
		if strings.HasPrefix(text, p.text) {
			return p, true
		}
		text = text[:common(text, p.text)] // what is sorted before p and fits is a prefix of this
		if len(text) < headLen {
			return masked{}, false
		}
		list = list[:k-1]
	}
}

func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// findCut appends the stretches at the edges of a text that was cut out of a longer one, where the beginning or the
// end of a pattern may have been left: at least four bytes of it.
func (m *matcher) findCut(text string, out []hit) []hit {
	n := m.heads.openEnd(text)
	if x := m.long.of(text); x != nil {
		n = max(n, x.openEnd(text))
	}
	if n > 0 {
		out = append(out, hit{len(text) - n, len(text), maskAll})
	}
	if n := m.tails.openStart(text); n > 0 {
		out = append(out, hit{0, n, maskAll})
	}
	return out
}

// openEnd returns the length of the longest end of text that some pattern starts with.
func (x *index) openEnd(text string) int {
	for i := max(0, len(text)-maxCut); i+headLen <= len(text); i++ {
		if x.may(head(text[i:])) && x.starts(text[i:]) {
			return len(text) - i
		}
	}
	return 0
}

// openStart returns the length of the longest start of text of which the reverse is how some pattern starts.
func (x *index) openStart(text string) int {
	for n := min(len(text), maxCut); n >= headLen; n-- {
		first := string([]byte{text[n-1], text[n-2], text[n-3], text[n-4]}) // stays on the stack
		if !x.may(head(first)) {
			continue
		}
		list, late := x.at(first)
		for _, list := range [...][]masked{list, late} {
			k := sort.Search(len(list), func(j int) bool { return compareReverse(list[j].text, text[:n]) >= 0 })
			if k < len(list) && len(list[k].text) >= n && compareReverse(list[k].text[:n], text[:n]) == 0 {
				return n
			}
		}
	}
	return 0
}

// compareReverse compares a with the reverse of b.
func compareReverse(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := a[i], b[len(b)-1-i]; x != y {
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(len(a), len(b))
}

// starts tells whether some pattern starts with text.
func (x *index) starts(text string) bool {
	list, late := x.at(text)
	for _, list := range [...][]masked{list, late} {
		k := sort.Search(len(list), func(j int) bool { return list[j].text >= text })
		if k < len(list) && strings.HasPrefix(list[k].text, text) {
			return true
		}
	}
	return false
}

// snippets are shorter than this
const maxCut = 1024

// findWords appends every whole word of text that is a pattern.
func (m *matcher) findWords(text string, out []hit) []hit {
	if len(m.words) == 0 {
		return out
	}
	for i := 0; i < len(text); {
		if !inWord(text[i]) {
			i++
			continue
		}
		j := i + 1
		for j < len(text) && inWord(text[j]) {
			j++
		}
		if mask, ok := m.words[text[i:j]]; ok {
			out = append(out, hit{i, j, mask})
		}
		i = j
	}
	return out
}

func inWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// cover replaces the hits, which may overlap: a stretch of overlapping ones becomes the mask of its first. It returns
// where a span of text, which must be one of the hits or empty, stands afterwards.
func cover(text string, hits []hit, start, end int) (string, int, int) {
	if len(hits) == 0 {
		return text, start, end
	}
	arrange.By(hits, func(a, b hit) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	var b strings.Builder
	b.Grow(len(text) + len(maskAll))
	at, from, to := 0, start, end
	for i := 0; i < len(hits); {
		h := hits[i]
		for i++; i < len(hits) && hits[i].start < h.end; i++ {
			h.end = max(h.end, hits[i].end)
		}
		b.WriteString(text[at:h.start])
		if start < end && start >= h.start && end <= h.end {
			from, to = b.Len(), b.Len()+len(h.mask)
		}
		b.WriteString(h.mask)
		at = h.end
	}
	b.WriteString(text[at:])
	return b.String(), from, to
}
