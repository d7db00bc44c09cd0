package interchange

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// addLeaksRule makes a rule of ours.
func (s *Set) addLeaksRule(r *leaksRule) {
	id := ourID(r.ID)
	if id == "" {
		s.warn(r.file, r.line, r.ID, "not loaded: it has no id")
		return
	}
	if id != r.ID {
		s.fine(r.file, r.line, r.ID, "is called %q here", id)
	}
	out := rules.Rule{
		ID: id, Provider: s.Format, Title: cmp.Or(oneLine(r.Description), r.ID), Severity: finding.High, Confidence: 0.9,
		Path: r.Path, Keywords: keywords(r.Keywords), Tags: sortedTags(r.Tags), Exact: true,
		PartOnly: r.SkipReport != nil && *r.SkipReport,
	}
	if r.Specificity != nil && *r.Specificity < 50 {
		out.Confidence = 0.6
	}
	if err := s.leaksRegex(r, &out); err != nil {
		s.warn(r.file, r.lineOf("regex"), r.ID, "not loaded: regex: %v", err)
		return
	}
	if _, err := regexp.Compile(r.Path); err != nil {
		s.warn(r.file, r.lineOf("path"), r.ID, "not loaded: path: %v", err)
		return
	}
	out.Filter = s.leaksFilter(r)
	for _, q := range r.Required {
		out.Required = append(out.Required, rules.Required{Rule: ourID(q.ID), Lines: orNone(q.WithinLines), Columns: orNone(q.WithinColumns)})
		out.Parts = append(out.Parts, rules.PartRule{Name: ourID(q.ID), Rule: ourID(q.ID)})
	}
	s.notRun(r)
	s.add(out, r.file, r.line)
}

// leaksRegex translates a rule's regex and finds the group of the secret; without a regex the path decides.
func (s *Set) leaksRegex(r *leaksRule, out *rules.Rule) error {
	if r.Regex == "" {
		out.Technique = "path"
		return nil
	}
	t, err := translate(r.Regex, goDialect)
	if err != nil {
		return err
	}
	out.Regex, out.SecretGroup = t.regex, -1
	switch {
	case r.SecretGroup > len(t.groups):
		return fmt.Errorf("secretGroup %d, but it has %d groups", r.SecretGroup, len(t.groups))
	case r.SecretGroup > 0:
		out.SecretGroup = r.SecretGroup
	case len(t.groups) > 1:
		out.FirstGroup, out.SecretGroup = true, 0
	}
	return nil
}

// leaksFilter joins a rule's allowlists, entropy and filter expression.
func (s *Set) leaksFilter(r *leaksRule) *rules.Filter {
	var any []rules.Filter
	if r.Entropy != 0 {
		any = append(any, rules.Filter{Field: rules.FieldSecret, Entropy: r.Entropy})
	}
	for i := range r.Allowlists {
		a := &r.Allowlists[i]
		if len(a.TargetRules) > 0 {
			s.fine(a.file, a.line, r.ID, "targetRules of a rule's own allowlist has no effect")
		}
		if f, ok := s.allowFilter(a, r.ID); ok {
			any = append(any, f)
		}
	}
	if r.Filter != "" {
		if f := s.expression(r.Filter, r.file, r.lineOf("filter"), r.ID, "filter"); f != nil {
			any = append(any, *f)
		}
	}
	return rules.AnyOf(any...)
}

// notRun names the parts of a rule that have no counterpart.
func (s *Set) notRun(r *leaksRule) {
	if r.TokenEfficiency != nil && *r.TokenEfficiency {
		s.warn(r.file, r.lineOf("tokenefficiency"), r.ID, "tokenEfficiency is not honoured: it needs that scanner's tokenizer")
	}
	if r.Validate != "" {
		s.warn(r.file, r.lineOf("validate"), r.ID, "validate is not run: verification asks issuers by rules of unleak's own format")
	}
}

// tune takes a rule without a regex of its own: it changes one of the rules that the file extends.
func (s *Set) tune(r *leaksRule) {
	id := ourID(r.ID)
	if id == "" {
		s.warn(r.file, r.line, r.ID, "not loaded: it has no id")
		return
	}
	const theirs = "%s has no effect: it counts for a rule that has its regex here, and the built-in one judges by itself"
	if r.Path != "" {
		s.warn(r.file, r.lineOf("path"), r.ID, theirs, "path")
	}
	if r.Entropy != 0 {
		s.warn(r.file, r.lineOf("entropy"), r.ID, theirs, "entropy")
	}
	own := *r
	own.Entropy = 0
	f := s.leaksFilter(&own)
	switch {
	case f != nil:
		s.Tune = append(s.Tune, rules.Allow{Rules: []string{id}, Filter: *f, Reason: oneLine(r.Description), Line: r.line})
	case r.Path == "" && r.Entropy == 0:
		s.fine(r.file, r.line, r.ID, "has neither regex nor path, nor anything that changes another rule")
	}
}

func keywords(in []string) []string {
	var out []string
	for _, k := range in {
		if k != "" {
			out = append(out, strings.ToLower(k))
		}
	}
	return out
}

func sortedTags(in []string) []string {
	out := slices.Clone(in)
	slices.Sort(out)
	return slices.Compact(out)
}

func orNone(n *int) int {
	if n == nil || *n < 0 {
		return -1
	}
	return *n
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
