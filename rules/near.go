package rules

import (
	"errors"
	"fmt"
	"regexp"
)

// compileNear works out the literals of the parts that stand near a credential. It wants regexes with a group.
func compileNear(r *Rule) error {
	if r.Verify == nil {
		return nil
	}
	var errs []error
	for i := range r.Verify.Near {
		n := &r.Verify.Near[i]
		re, err := regexp.Compile(n.Regex)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("rule %q: verify: near %q: %w", r.ID, n.Name, err))
			continue
		case re.NumSubexp() == 0:
			errs = append(errs, fmt.Errorf("rule %q: verify: near %q: %q has no group for the value", r.ID, n.Name, n.Regex))
			continue
		}
		tree, err := parseLatin1(n.Regex)
		if err != nil {
			continue // it is looked for everywhere
		}
		for _, l := range plan(tree).Literals {
			n.Literals = append(n.Literals, Literal{Text: l.Text, Fold: l.Fold})
		}
	}
	return errors.Join(errs...)
}
