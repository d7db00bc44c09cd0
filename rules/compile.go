package rules

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

var idShape = regexp.MustCompile(`^[a-z0-9]+([-.][a-z0-9]+)*$`)

// Compile checks a rule and works out its Plan. A SecretGroup of -1 becomes the first group, or the whole match where
// the regex has none.
func Compile(r *Rule) error {
	if !idShape.MatchString(r.ID) {
		return fmt.Errorf("rule id %q: want lower-case letters, digits and dashes", r.ID)
	}
	fail := func(format string, args ...any) error {
		return fmt.Errorf("rule %q: %w", r.ID, fmt.Errorf(format, args...))
	}
	if err := errors.Join(r.Filter.check(), checkRequired(r.Required)); err != nil {
		return fail("%w", err)
	}
	if r.Technique != "" {
		if r.Regex != "" {
			return fail("has both technique %q and a regex", r.Technique)
		}
		return nil
	}
	if r.Regex == "" {
		return fail("has neither regex nor technique")
	}
	tree, err := parseLatin1(r.Pattern())
	if err != nil {
		return fail("%w", err)
	}
	if r.SecretGroup == -1 {
		r.SecretGroup = min(1, tree.MaxCap())
	}
	if r.SecretGroup > tree.MaxCap() {
		return fail("secret_group %d, but the regex has %d groups", r.SecretGroup, tree.MaxCap())
	}
	var errs []error
	for _, re := range append([]string{r.Path}, r.Reject...) {
		if _, err := syntax.Parse(re, syntax.Perl); err != nil {
			errs = append(errs, fail("%q: %w", re, err))
		}
	}
	r.Plan = plan(tree)
	r.Plan.Marked = !r.FirstGroup && marked(tree, r.SecretGroup)
	r.Plan.GoesOn = !r.Plan.SingleLine && goesOn(tree, r.SecretGroup)
	if r.Plan.MaxLen == 0 {
		errs = append(errs, fail("the regex matches nothing but the empty string"))
	}
	return errors.Join(errs...)
}

// parseLatin1 parses a regex as the engine reads it: each byte of pattern and text is one character, so that bytes
// that are not UTF-8 are matched by classes like any other.
func parseLatin1(pattern string) (*syntax.Regexp, error) {
	var b strings.Builder
	for i := range len(pattern) {
		b.WriteRune(rune(pattern[i]))
	}
	tree, err := syntax.Parse(b.String(), syntax.Perl)
	if err != nil {
		return nil, err
	}
	return tree, nil
}

// marked tells whether every text that a group matches holds a literal.
func marked(n *syntax.Regexp, group int) bool {
	if group == 0 || n.Op == syntax.OpCapture && n.Cap == group {
		return weakest(requiredOf(analyse(n))) >= minLiteral
	}
	for _, s := range n.Sub {
		if marked(s, group) {
			return true
		}
	}
	return false
}
