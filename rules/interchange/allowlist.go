package interchange

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/unleak/unleak/rules"
)

// allowFilter makes a filter of an allowlist; ok is false where nothing of it is left.
func (s *Set) allowFilter(a *leaksAllow, rule string) (f rules.Filter, ok bool) {
	f.Op = "or"
	switch strings.ToUpper(a.Condition) {
	case "", "OR", "||":
	case "AND", "&&":
		f.Op = "and"
	default:
		s.warn(a.file, a.line, rule, "allowlist not loaded: condition %q (want AND or OR)", a.Condition)
		return f, false
	}
	target := strings.ToLower(cmp.Or(a.RegexTarget, rules.FieldSecret))
	if !slices.Contains([]string{rules.FieldSecret, rules.FieldMatch, rules.FieldLine}, target) {
		s.warn(a.file, a.line, rule, "allowlist not loaded: regexTarget %q (want secret, match or line)", a.RegexTarget)
		return f, false
	}
	whole := true
	add := func(key, field string, regexes []string) {
		if len(regexes) == 0 {
			return
		}
		kept := s.goodRegexes(a, rule, key, regexes)
		if len(kept) == 0 {
			whole = whole && f.Op != "and" // a part of all that must hold is missing
			return
		}
		f.Of = append(f.Of, rules.Filter{Field: field, Regexes: kept})
	}
	add("paths", rules.FieldPath, a.Paths)
	add("regexes", target, a.Regexes)
	if len(a.Commits) > 0 {
		if commits := s.goodCommits(a, rule); len(commits) > 0 {
			f.Of = append(f.Of, rules.Filter{Field: rules.FieldCommit, Values: commits})
		} else {
			whole = whole && f.Op != "and"
		}
	}
	if len(a.Stopwords) > 0 {
		f.Of = append(f.Of, rules.Filter{Field: rules.FieldSecret, Words: lowered(a.Stopwords)})
	}
	if !whole {
		s.warn(a.file, a.line, rule, "allowlist not loaded: a condition that must hold cannot be read")
		return f, false
	}
	if len(f.Of) == 0 {
		s.warn(a.file, a.line, rule, "allowlist has no commits, paths, regexes or stopwords")
		return f, false
	}
	if len(f.Of) == 1 {
		return f.Of[0], true
	}
	return f, true
}

// goodRegexes keeps the regexes that can be read and warns of the others.
func (s *Set) goodRegexes(a *leaksAllow, rule, key string, regexes []string) []string {
	var kept []string
	for _, re := range regexes {
		if _, err := regexp.Compile(re); err != nil {
			s.warn(a.file, a.line, rule, "allowlist: %s: %v", key, err)
			continue
		}
		kept = append(kept, re)
	}
	return kept
}

var commitID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{7,64}$`) })

// goodCommits keeps what can be the id of a commit, of seven digits or more, and warns of the rest.
func (s *Set) goodCommits(a *leaksAllow, rule string) []string {
	return slices.DeleteFunc(lowered(a.Commits), func(id string) bool {
		good := commitID().MatchString(id)
		if !good {
			s.warn(a.file, max(a.line, a.commitsLine), rule, "allowlist.commits: %q is no full commit id", id)
		}
		return !good
	})
}

func lowered(in []string) []string {
	var out []string
	for _, w := range in {
		if w = strings.ToLower(strings.TrimSpace(w)); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// addLeaksAllows takes the allowlists and filters of a whole file: those for named rules go to the file's own rules,
// and to others as changes of them.
func (s *Set) addLeaksAllows(f *leaksFile, own map[string]bool) {
	for i := range f.Allowlists {
		a := &f.Allowlists[i]
		filter, ok := s.allowFilter(a, "")
		if !ok {
			continue
		}
		allow := rules.Allow{Filter: filter, Reason: oneLine(a.Description), Line: a.line}
		if len(a.TargetRules) == 0 {
			s.Allow = append(s.Allow, allow)
			continue
		}
		var others []string
		for _, id := range a.TargetRules {
			if own[id] {
				s.filterRule(ourID(id), filter)
			} else {
				others = append(others, ourID(id))
			}
		}
		if len(others) > 0 {
			allow.Rules = others
			s.Tune = append(s.Tune, allow)
		}
	}
	for _, e := range [...]struct{ key, text string }{{"prefilter", f.Prefilter}, {"filter", f.Filter}} {
		if e.text == "" {
			continue
		}
		name, line := f.filterAt(e.key, s.Name)
		if filter := s.expression(e.text, name, line, "", e.key); filter != nil {
			s.Allow = append(s.Allow, rules.Allow{Filter: *filter, Line: line})
		}
	}
	s.Disable, s.Default = lowered(f.Extend.DisabledRules), f.Extend.UseDefault
	s.Disabled = f.keys.line("extend.disabledrules")
	for i, id := range s.Disable {
		s.Disable[i] = ourID(id)
	}
}

// filterRule adds a filter to one of the set's rules.
func (s *Set) filterRule(id string, f rules.Filter) {
	for i := range s.Rules {
		r := &s.Rules[i]
		if r.ID != id {
			continue
		}
		if r.Filter == nil {
			r.Filter = &f
			continue
		}
		r.Filter = rules.AnyOf(*r.Filter, f)
	}
}
