package scanner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
)

// resolveReach is more than the bytes between two matches of which one decides what Resolve makes of the other:
// components of one credential stand closer together.
const resolveReach = 8 << 10

// settle resolves what was found and reports what nothing behind upto can change any more. What was reported is dropped
// but for what may decide what comes next, so that a stream without end takes no memory without end:
//
//	dropped        |context|        reported now        |resolveReach| not settled
//	───────────────┼───────┼────────────────────────────┼────────────┼────────────
//	             floor  st.settled                    limit        upto
//
// Nothing stands across floor, limit and upto: they are moved back to where nothing does.
func (st *streamState) settle(upto int) {
	if len(st.found) == 0 {
		st.settled = max(st.settled, upto-resolveReach)
		return
	}
	arrange.By(st.found, byText)
	upto = st.uncut(upto)
	limit := st.uncut(upto - resolveReach)
	if limit <= st.settled {
		return
	}
	st.resolve(upto, limit)
	st.settled = limit
	floor := st.uncut(limit - resolveReach)
	st.found = slices.DeleteFunc(st.found, func(f streamed) bool { return f.match.Span.Start < floor })
}

// byText sorts by position, and what stands at the same by its text.
func byText(a, b streamed) int {
	if c := cmp.Compare(a.match.Span.Start, b.match.Span.Start); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.match.Span.End, b.match.Span.End),
		strings.Compare(a.match.Decoded, b.match.Decoded), strings.Compare(a.match.Secret, b.match.Secret))
}

// uncut returns at, or where the first of the matches starts that stand across it and across each other.
func (st *streamState) uncut(at int) int {
	start, reach := at, 0
	for i := range st.found {
		s := st.found[i].match.Span
		if s.Start >= at {
			break
		}
		if s.Start >= reach {
			start = s.Start
		}
		reach = max(reach, s.End)
	}
	if reach > at {
		return start
	}
	return at
}

// finish resolves and reports all that is left.
func (st *streamState) finish() {
	arrange.By(st.found, byText)
	end := st.settled
	for i := range st.found {
		end = max(end, st.found[i].match.Span.Start+1)
	}
	st.resolve(end, end)
	st.worker.Settle()
}

// resolve resolves the matches that start before upto and reports those from st.settled on that start before limit.
func (st *streamState) resolve(upto, limit int) {
	matches := make([]finding.Match, 0, len(st.found))
	for i := range st.found {
		if st.found[i].match.Span.Start >= upto {
			break
		}
		matches = append(matches, st.found[i].match)
	}
	for _, m := range st.worker.Resolve(matches) {
		if m.Span.Start < st.settled || m.Span.Start >= limit {
			continue
		}
		f := st.find(m.Span, m.Decoded, m.Secret, m.Rule)
		if f == nil || f.bare {
			continue
		}
		for i := range m.Parts {
			if at := st.find(m.Parts[i].Span, "", m.Parts[i].Value.Reveal(), ""); at != nil && m.Decoded == "" && m.Parts[i].Rule != "" {
				m.Parts[i].Start, m.Parts[i].End = at.place.Start, at.place.End
			}
		}
		st.hooks.Report(m, f.place)
	}
}

// find returns what was found of a rule, "" for any, at a span.
func (st *streamState) find(s finding.Span, decoded, secret, rule string) *streamed {
	want := streamed{match: finding.Match{Span: s, Decoded: decoded, Secret: secret}}
	i, _ := slices.BinarySearchFunc(st.found, want, byText)
	for ; i < len(st.found) && byText(st.found[i], want) == 0; i++ {
		if rule == "" || st.found[i].match.Rule == rule {
			return &st.found[i]
		}
	}
	return nil
}
