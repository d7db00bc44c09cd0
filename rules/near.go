package rules

import (
	"errors"
	"fmt"
	"regexp"
)

// checkNear wants regexes with a group for the parts that stand near a credential.
func checkNear(r *Rule) error {
	if r.Verify == nil {
		return nil
	}
	var errs []error
	for _, n := range r.Verify.Near {
		re, err := regexp.Compile(n.Value)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("rule %q: verify: near %q: %w", r.ID, n.Key, err))
		case re.NumSubexp() == 0:
			errs = append(errs, fmt.Errorf("rule %q: verify: near %q: %q has no group for the value", r.ID, n.Key, n.Value))
		}
	}
	return errors.Join(errs...)
}
