package detectors

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

// Resolve keeps one winner among matches that stand for the same bytes, joins credentials of several parts and sorts
// what is left by position. It works in place. Who wins: more proof, then a rule that knows more, then the longer, then the surer, then the lesser id.
func (e *Engine) Resolve(matches []finding.Match) []finding.Match {
	return e.pair(e.oneEach(matches))
}

// oneEach keeps one winner among matches that stand for the same bytes, in place.
func (e *Engine) oneEach(matches []finding.Match) []finding.Match {
	if len(matches) < 2 {
		return matches
	}
	slices.SortStableFunc(matches, byPosition)
	matches = e.dropIdle(matches)
	out := matches[:0]
	for start := 0; start < len(matches); {
		end, reach := start+1, matches[start].Span.End
		for end < len(matches) && matches[end].Span.Start < reach {
			reach = max(reach, matches[end].Span.End)
			end++
		}
		out = append(out, e.winners(matches[start:end])...)
		start = end
	}
	return out
}

// winners picks among a cluster of overlapping matches, in place.
func (e *Engine) winners(cluster []finding.Match) []finding.Match {
	if len(cluster) == 1 {
		return cluster
	}
	cluster = dropGlued(cluster)
	slices.SortFunc(cluster, byMerit)
	kept := cluster[:0]
	var seen map[string]bool
	for _, m := range cluster {
		if len(kept) >= mostCompared {
			if seen == nil {
				seen = secretsOf(kept)
			}
			if seen[m.Secret] {
				continue
			}
			seen[m.Secret] = true
		} else if !e.stays(kept, &m) {
			continue
		}
		kept = append(kept, m)
	}
	slices.SortFunc(kept, byPosition)
	return kept
}

// stays tells whether a match is kept beside those that won over it. It is where all of these are of rules that are bound to
// paths: where the text stands only Accept knows, and that drops the one or the other.
func (e *Engine) stays(kept []finding.Match, m *finding.Match) bool {
	ahead := ""
	for i := range kept {
		k := &kept[i]
		if !conflict(k, m) {
			continue
		}
		c := e.byID[k.Rule]
		if c == nil || c.path == nil || k.Rule == m.Rule || k.Secret != m.Secret || k.Span != m.Span {
			return false
		}
		ahead = k.Rule
	}
	if ahead == "" {
		return true
	}
	if m.Behind != "" && m.Behind != ahead {
		return false
	}
	m.Behind = ahead
	return true
}

// dropGlued drops decoded values that are a padded base64 value, found as it is among their equals, and the start of the
// next line: the padding was taken for the soft line break of quoted-printable.
func dropGlued(cluster []finding.Match) []finding.Match {
	var padded []finding.Match
	for i := range min(len(cluster), mostCompared) {
		if k := &cluster[i]; k.Decoded == "" && strings.HasSuffix(k.Secret, "=") && len(k.Secret)%4 == 0 && len(k.Secret) >= leastPadded {
			padded = append(padded, *k)
		}
	}
	if padded == nil {
		return cluster
	}
	return slices.DeleteFunc(cluster, func(m finding.Match) bool {
		return m.Decoded != "" && slices.ContainsFunc(padded, func(k finding.Match) bool {
			bare := strings.TrimSuffix(k.Secret, "=")
			return k.Rank == m.Rank && k.Span.Start == m.Span.Start && len(m.Secret) > len(bare) && strings.HasPrefix(m.Secret, bare)
		})
	})
}

// leastPadded is the length of the shortest base64 value that is no part of a word by chance.
const leastPadded = 16

// mostCompared is how many winners of one cluster are compared with each further match. One encoded stretch may hold
// hundreds of thousands of values, all at the same place; those beyond are told apart by their text alone.
const mostCompared = 1000

func secretsOf(matches []finding.Match) map[string]bool {
	out := make(map[string]bool, len(matches))
	for i := range matches {
		out[matches[i].Secret] = true
	}
	return out
}

// conflict tells whether two matches stand for the same bytes. Two values out of one encoded stretch do not: their
// spans may be the same although their texts lie apart.
func conflict(a, b *finding.Match) bool {
	if !a.Span.Overlaps(b.Span) {
		return false
	}
	if a.Decoded == "" || a.Decoded != b.Decoded {
		return true
	}
	return strings.Contains(a.Secret, b.Secret) || strings.Contains(b.Secret, a.Secret)
}

func byMerit(a, b finding.Match) int {
	return cmp.Or(
		cmp.Compare(min(1, len(b.Proofs)), min(1, len(a.Proofs))),
		cmp.Compare(b.Rank, a.Rank),
		cmp.Compare(len(b.Secret), len(a.Secret)),
		cmp.Compare(b.Confidence, a.Confidence),
		byPosition(a, b),
	)
}

func byPosition(a, b finding.Match) int {
	return cmp.Or(
		cmp.Compare(a.Span.Start, b.Span.Start),
		cmp.Compare(a.Span.End, b.Span.End),
		strings.Compare(a.Rule, b.Rule),
		strings.Compare(a.Decoded, b.Decoded),
		strings.Compare(a.Secret, b.Secret),
		cmp.Compare(a.Context.Start, b.Context.Start),
		cmp.Compare(a.Context.End, b.Context.End),
		cmp.Compare(b.Rank, a.Rank),
		cmp.Compare(b.Confidence, a.Confidence),
		cmp.Compare(len(b.Parts), len(a.Parts)),
	)
}

// unique sorts matches and drops those that say the same of the same bytes; of several contexts the smallest stays.
func unique(matches []finding.Match) []finding.Match {
	if len(matches) < 2 {
		return matches
	}
	slices.SortFunc(matches, byPosition)
	return slices.CompactFunc(matches, func(a, b finding.Match) bool {
		return a.Span == b.Span && a.Context == b.Context && a.Rule == b.Rule && a.Secret == b.Secret && a.Decoded == b.Decoded
	})
}
