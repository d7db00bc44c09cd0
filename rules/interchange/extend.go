package interchange

import (
	"cmp"
	"slices"
)

// extend lays a file over the one that it extends, as gitleaks does: single values replace, lists add up, and the
// base's disabled rules go. What gitleaks forgets there, required and skipReport of the upper file, counts.
func (s *Set) extend(f, base *leaksFile, lines *lineIndex) *leaksFile {
	for _, id := range f.Extend.DisabledRules {
		if !slices.ContainsFunc(base.Rules, func(r leaksRule) bool { return r.ID == id }) {
			s.warn(s.Name, lines.line("extend.disabledrules"), "", "extend.disabledRules names %q, which is no rule of %s", id, f.Extend.Path)
		}
	}
	base.Rules = slices.DeleteFunc(base.Rules, func(r leaksRule) bool { return slices.Contains(f.Extend.DisabledRules, r.ID) })
	for i := range f.Rules {
		over := &f.Rules[i]
		k := slices.IndexFunc(base.Rules, func(r leaksRule) bool { return r.ID == over.ID })
		if k < 0 {
			base.Rules = append(base.Rules, *over)
			continue
		}
		base.Rules[k].overlay(over)
	}
	f.Rules, f.base = base.Rules, base
	f.Allowlists = append(f.Allowlists, base.Allowlists...)
	f.Prefilter, f.Filter = cmp.Or(f.Prefilter, base.Prefilter), cmp.Or(f.Filter, base.Filter)
	f.Extend.UseDefault = base.Extend.UseDefault
	f.Extend.DisabledRules = base.Extend.DisabledRules // the others are gone
	return f
}

// overlay lays another rule of the same id over r.
func (r *leaksRule) overlay(over *leaksRule) {
	r.Description = cmp.Or(over.Description, r.Description)
	r.Regex = cmp.Or(over.Regex, r.Regex)
	r.Path = cmp.Or(over.Path, r.Path)
	r.Filter = cmp.Or(over.Filter, r.Filter)
	r.Validate = cmp.Or(over.Validate, r.Validate)
	if over.Entropy != 0 {
		r.Entropy = over.Entropy
	}
	if over.SecretGroup != 0 {
		r.SecretGroup = over.SecretGroup
	}
	for _, p := range [...]struct{ to, from **bool }{
		{&r.SkipReport, &over.SkipReport}, {&r.TokenEfficiency, &over.TokenEfficiency},
	} {
		if *p.from != nil {
			*p.to = *p.from
		}
	}
	if over.Specificity != nil {
		r.Specificity = over.Specificity
	}
	if len(over.Required) > 0 {
		r.Required = over.Required
	}
	r.Tags = append(r.Tags, over.Tags...)
	r.Keywords = append(r.Keywords, over.Keywords...)
	r.Allowlists = append(r.Allowlists, over.Allowlists...)
	r.file, r.at, r.line, r.keys = over.file, over.at, over.line, over.keys
}
