package report

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// matcher finds many strings in a text in one pass. It is built once and then safe for concurrent use.
//
// Texts are mostly clean, so the common case is what counts: four bytes at each position are looked up in a bit set,
// and only where they start some pattern a sorted list is searched. Patterns may overlap in a text; all are found.
type matcher struct {
	filter []uint64            // bit set over hashes of the first four bytes
	heads  map[uint32][]masked // patterns by their first four bytes, sorted
	tails  map[uint32][]masked // of some patterns the reverse, by its first four bytes, sorted
	words  map[string]string   // patterns that count only as a whole word, with their mask
}

// masked is a pattern and what stands for it in a report.
type masked struct{ text, mask string }

const (
	headLen    = 4
	filterBits = 1 << 20
)

// newMatcher makes a matcher of patterns of at least four bytes. Those of cut are also found where a text holds but
// their beginning or end at its edge.
func newMatcher(cut, whole []masked, words map[string]string) *matcher {
	m := &matcher{filter: make([]uint64, filterBits/64), words: words}
	reversed := make([]masked, len(cut))
	for i, p := range cut {
		reversed[i] = masked{reverse(p.text), p.mask}
	}
	m.tails = byHead(reversed)
	m.heads = byHead(slices.Concat(cut, whole))
	for h := range m.heads {
		bit := hash(h)
		m.filter[bit/64] |= 1 << (bit % 64)
	}
	return m
}

// learn adds patterns; nobody may search meanwhile.
func (m *matcher) learn(cut, whole []masked) {
	for _, p := range cut {
		insert(m.heads, p)
		insert(m.tails, masked{reverse(p.text), p.mask})
	}
	for _, p := range whole {
		insert(m.heads, p)
	}
	for _, p := range slices.Concat(cut, whole) {
		bit := hash(head(p.text))
		m.filter[bit/64] |= 1 << (bit % 64)
	}
}

// insert files a pattern. Of two with one text the greater mask stays, as in byHead.
func insert(heads map[uint32][]masked, p masked) {
	list := heads[head(p.text)]
	i, found := slices.BinarySearchFunc(list, p.text, func(e masked, text string) int { return strings.Compare(e.text, text) })
	if found {
		list[i].mask = max(list[i].mask, p.mask)
		return
	}
	heads[head(p.text)] = slices.Insert(list, i, p)
}

// byHead sorts patterns, takes out repeated ones and files them by their first four bytes.
func byHead(patterns []masked) map[uint32][]masked {
	slices.SortFunc(patterns, func(a, b masked) int { return cmp.Or(strings.Compare(a.text, b.text), strings.Compare(b.mask, a.mask)) })
	patterns = slices.CompactFunc(patterns, func(a, b masked) bool { return a.text == b.text })
	out := make(map[uint32][]masked, len(patterns))
	for i := 0; i < len(patterns); {
		h, j := head(patterns[i].text), i+1
		for j < len(patterns) && head(patterns[j].text) == h {
			j++
		}
		out[h] = patterns[i:j:j]
		i = j
	}
	return out
}

// head packs the first four bytes of s, which has at least as many.
func head(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func hash(h uint32) uint32 { return (h * 2654435761) >> 12 } // Knuth's multiplicative hash, 20 bits

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
	for i := 0; i+headLen <= len(text); i++ {
		h := head(text[i:])
		bit := hash(h)
		if m.filter[bit/64]&(1<<(bit%64)) == 0 {
			continue
		}
		if p, ok := longestPrefix(m.heads[h], text[i:]); ok {
			out = append(out, hit{i, i + len(p.text), p.mask})
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
	if n := openEnd(m.heads, text); n > 0 {
		out = append(out, hit{len(text) - n, len(text), "********"})
	}
	if n := openEnd(m.tails, reverse(text)); n > 0 {
		out = append(out, hit{0, n, "********"})
	}
	return out
}

// openEnd returns the length of the longest end of text that some pattern starts with.
func openEnd(heads map[uint32][]masked, text string) int {
	for i := max(0, len(text)-maxCut); i+headLen <= len(text); i++ {
		list := heads[head(text[i:])]
		rest := text[i:]
		k := sort.Search(len(list), func(j int) bool { return list[j].text >= rest })
		if k < len(list) && strings.HasPrefix(list[k].text, rest) {
			return len(rest)
		}
	}
	return 0
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
	slices.SortStableFunc(hits, func(a, b hit) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	var b strings.Builder
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
