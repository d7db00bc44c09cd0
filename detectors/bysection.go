package detectors

import (
	"bytes"
	"slices"
	"strings"

	"github.com/unleak/unleak/detectors/generic"
	"github.com/unleak/unleak/finding"
)

// bySection appends what the rules of a provider say of a value whose own name tells no provider, but what encloses it
// does: datadog: over api_key: in YAML, Mistral(api_key="…"), [sentry] in an INI file. m is the match of the generic
// detector, floor how far back its context may reach. Each kind of section is judged by itself, from the value outwards, so
// that what stands before a match's context decides nothing.
func (s *Scanner) bySection(text []byte, m *finding.Match, floor int, out []finding.Match) []finding.Match {
	if s.onMade || m.Confidence < leastSureBySection || len(m.Secret) < leastNamedBySection || m.Rule == generic.RuleURL {
		return out
	}
	name := string(nameAhead(text[max(floor, m.Span.Start-settingName):m.Span.Start]))
	stem, last := "", -1
	sections(text, m.Span.Start, floor, func(kind int, sec enclosure) bool {
		if kind != last {
			stem, last = "", kind
		}
		stem = stemOf(sec.words, stem)
		found, ok := s.madeBy(stem, name, m.Secret)
		if !ok {
			return true
		}
		found.Span, found.Context = m.Span, m.Context
		found.Context.Start = min(found.Context.Start, sec.start)
		found.Parts = s.partsOfSection(text, &found, stem)
		if s.admitMade(s.byID[found.Rule], text, &found, "named by "+sec.words+" around it") {
			out = append(out, found)
		}
		return false
	})
	return out
}

// leastSureBySection is the least confidence, without a provider, of what is asked about: less than what is reported, since
// the rule of a provider tells its format, too.
const leastSureBySection = 0.3

// leastNamedBySection is the length of the shortest value that rules are asked about by what encloses it.
const leastNamedBySection = 12

// stemMost is the length of the longest stem of a made-up name.
const stemMost = 64

// stemOf puts an outer name before an inner one.
func stemOf(outer, inner string) string {
	if inner == "" || len(outer)+len(inner) > stemMost {
		return outer
	}
	return outer + "_" + inner
}

// madeBy returns what a rule says of a value that has a name behind a stem, or that of a key where the name tells no kind.
// What it says of any name says nothing of the stem; where the name alone tells an issuer the stem is not asked.
func (s *Scanner) madeBy(stem, name, value string) (best finding.Match, ok bool) {
	names := []string{name}
	if low := []byte(strings.ToLower(name)); !tellsKind(low) && !bytes.Contains(low, []byte("pass")) && !bytes.Contains(low, []byte("auth")) {
		names = keyNames
	}
	for _, name := range names {
		if !s.knownName(stem+"_"+name, len(stem)) {
			continue
		}
		var anyone []finding.Match
		for _, found := range s.onLine(stem+"_"+name, value) {
			c := s.byID[found.Rule]
			if c == nil || c.Regex == "" || c.PartOnly || found.Secret != value || found.Decoded != "" || ok && byMerit(best, found) < 0 {
				continue
			}
			if anyone == nil {
				anyone = s.onLine(name, value)
			}
			if slices.ContainsFunc(anyone, s.tellsIssuer) {
				return best, false
			}
			if !slices.ContainsFunc(anyone, func(m finding.Match) bool { return m.Rule == found.Rule }) {
				best, ok = found, true
			}
		}
		if ok {
			return best, true
		}
	}
	return best, false
}

// knownName tells whether a literal of some rule with a regex begins in the first stem bytes of a made-up name: mostly none
// does, and names come again and again.
func (s *Scanner) knownName(name string, stem int) bool {
	known, ok := s.names[name]
	if !ok {
		s.filter.scan([]byte(name), 0, len(name), func(pos int, g *gram) {
			l := &s.literals[g.literal]
			at := pos - int(g.offset)
			known = known || at >= 0 && at < stem && at+len(l.text) <= len(name) && l.stands([]byte(name), at) &&
				slices.ContainsFunc(l.refs, func(r reference) bool { return r.rule.Regex != "" })
		})
		if s.names == nil || len(s.names) >= mostNames {
			s.names = map[string]bool{}
		}
		s.names[name] = known
	}
	return known
}

// mostNames is how many made-up names are remembered at a time.
const mostNames = 1 << 12

// tellsIssuer tells whether a match is one of a rule for some issuer's credentials.
func (s *Scanner) tellsIssuer(m finding.Match) bool {
	c := s.byID[m.Rule]
	return c != nil && c.Regex != "" && !c.PartOnly && c.Rule.Confidence > anyIssuer
}

// anyIssuer is the confidence of rules for credentials of any issuer, such as OAuth client secrets.
const anyIssuer = 0.65

// partsOfSection finds the parts of a credential among the settings beside it, which are in the same section: their names
// tell as little as its own.
func (s *Scanner) partsOfSection(text []byte, m *finding.Match, stem string) (out []finding.Part) {
	c := s.byID[m.Rule]
	if len(c.Parts) == 0 {
		return nil
	}
	all, _ := s.settings.around(text, m.Span, false)
	slices.SortStableFunc(all, func(a, b setting) int { return a.far - b.far })
	for _, set := range all {
		value := string(set.value)
		if len(value) < leastPart || value == m.Secret {
			continue
		}
		for _, found := range s.onLine(stem+"_"+string(set.name), value) {
			for _, p := range c.Parts {
				if p.Rule != found.Rule || found.Secret != value || slices.ContainsFunc(out, func(q finding.Part) bool { return q.Name == p.Name }) {
					continue
				}
				out = append(out, finding.Part{Name: p.Name, Value: finding.NewSecret(value), Span: spanNear(text, set.value, m.Span)})
			}
		}
	}
	return out
}
