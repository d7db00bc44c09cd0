package rules

import (
	"errors"
	"slices"
)

// ErrNoneLeft says that a choice of rules leaves none that could find anything.
var ErrNoneLeft = errors.New("no rule is left: what is enabled is disabled too, or is only a part of other rules' findings (--rule and --disable-rule, enable and disable)")

// Choose returns the rules that are switched on: those of enable, or all where it is empty, without those of disable.
// Rules that the ones chosen take parts from come along, for the parts alone. Where nothing is chosen it is all itself.
func Choose(all []Rule, enable, disable []string) []Rule {
	if len(enable)+len(disable) == 0 {
		return all
	}
	on := func(id string) bool {
		return (len(enable) == 0 || slices.Contains(enable, id)) && !slices.Contains(disable, id)
	}
	parts := map[string]bool{}
	for i := range all {
		for _, p := range all[i].Parts {
			parts[p.Rule] = parts[p.Rule] || on(all[i].ID)
		}
	}
	var out []Rule
	for _, r := range all {
		if on(r.ID) || parts[r.ID] {
			r.PartOnly = r.PartOnly || !on(r.ID)
			out = append(out, r)
		}
	}
	return out
}

// Choice is Choose for a choice that somebody made: one that leaves nothing is ErrNoneLeft.
func Choice(all []Rule, enable, disable []string) ([]Rule, error) {
	chosen := Choose(all, enable, disable)
	if slices.ContainsFunc(chosen, func(r Rule) bool { return !r.PartOnly }) {
		return chosen, nil
	}
	return nil, ErrNoneLeft
}

// Overlay replaces rules by own ones of the same id and adds the others.
func Overlay(all, own []Rule) []Rule {
	out := slices.Clone(all)
	for _, r := range own {
		if i := slices.IndexFunc(out, func(o Rule) bool { return o.ID == r.ID }); i >= 0 {
			out[i] = r
			continue
		}
		out = append(out, r)
	}
	return out
}
