package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/unleak/unleak/rules"
)

// Allow says what is not reported: matches that meet one of its conditions, or all of them.
type Allow struct {
	Reason  string   `toml:"reason,omitempty"`
	Rules   []string `toml:"rules,omitempty"`   // ids; none: every rule
	All     bool     `toml:"all,omitempty"`     // all kinds of conditions must hold, not only one
	Paths   []string `toml:"paths,omitempty"`   // regexes
	Regexes []string `toml:"regexes,omitempty"` // of what In names
	In      string   `toml:"in,omitempty"`      // "secret" (default), "match" or "line"
	Words   []string `toml:"words,omitempty"`   // the secret holds one, ASCII case aside
	Values  []string `toml:"values,omitempty"`  // the secret is one
	Commits []string `toml:"commits,omitempty"` // ids of seven digits or more

	Beside, FromTop string `toml:"-"` // as rules.Filter has them, for Paths
}

// Rule returns the allow as the engine takes it.
func (a *Allow) Rule() rules.Allow {
	field := a.In
	if field == "" {
		field = rules.FieldSecret
	}
	f := rules.Filter{Op: "or"}
	if a.All {
		f.Op = "and"
	}
	for _, part := range [...]rules.Filter{
		{Field: rules.FieldPath, Regexes: a.Paths, Beside: a.Beside, FromTop: a.FromTop}, {Field: field, Regexes: a.Regexes},
		{Field: rules.FieldSecret, Words: lowered(a.Words)}, {Field: rules.FieldSecret, Values: a.Values},
		{Field: rules.FieldCommit, Values: lowered(a.Commits)},
	} {
		if len(part.Regexes)+len(part.Words)+len(part.Values) > 0 {
			f.Of = append(f.Of, part)
		}
	}
	return rules.Allow{Rules: a.Rules, Filter: f, Reason: a.Reason}
}

func lowered(in []string) []string {
	var out []string
	for _, s := range in {
		out = append(out, strings.ToLower(s))
	}
	return out
}

// check returns what is wrong with an allow.
func (a *Allow) check() error {
	var errs []error
	if len(a.Paths)+len(a.Regexes)+len(a.Words)+len(a.Values)+len(a.Commits) == 0 {
		errs = append(errs, errors.New("no paths, regexes, words, values or commits: it would allow everything"))
	}
	if !slices.Contains([]string{"", rules.FieldSecret, rules.FieldMatch, rules.FieldLine}, a.In) {
		errs = append(errs, fmt.Errorf("in %q: want secret, match or line", a.In))
	}
	for _, re := range slices.Concat(a.Paths, a.Regexes) {
		if _, err := regexp.Compile(re); err != nil {
			errs = append(errs, err)
		}
	}
	if slices.Contains(a.Words, "") {
		errs = append(errs, errors.New("an empty word stands in every secret"))
	}
	for _, c := range a.Commits {
		if len(c) < 7 {
			errs = append(errs, fmt.Errorf("commit %q: want seven digits or more", c))
		}
	}
	return errors.Join(errs...)
}

// checkAllows names the file and line of what is wrong.
func (c *Config) checkAllows(name, text string) error {
	var errs []error
	for i := range c.Allow {
		if err := c.Allow[i].check(); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: allow: %w", name, allowLine(text, i), err))
		}
	}
	return errors.Join(errs...)
}

var allowHeader = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^[ \t]*\[\[[ \t]*allow[ \t]*\]\]`) })

func allowLine(text string, n int) int {
	if at := allowHeader().FindAllStringIndex(text, -1); n < len(at) {
		return 1 + strings.Count(text[:at[n][0]], "\n")
	}
	return 1
}

// AllowsOf writes what another scanner's file allows as entries of ours; ok is false where they cannot say all of it.
func AllowsOf(in rules.Allow) (out []Allow, ok bool) {
	all, ok := allowsOf(&in.Filter)
	for i := range all {
		all[i].Reason, all[i].Rules = in.Reason, in.Rules
	}
	return all, ok
}

func allowsOf(f *rules.Filter) (out []Allow, ok bool) {
	switch f.Op {
	case "":
		a := Allow{}
		if !a.add(f) {
			return nil, false
		}
		return []Allow{a}, true
	case "or":
		merged := Allow{}
		ok = true
		for i := range f.Of {
			if f.Of[i].Op == "" && merged.add(&f.Of[i]) {
				continue
			}
			more, whole := allowsOf(&f.Of[i])
			out, ok = append(out, more...), ok && whole
		}
		if merged.check() == nil {
			out = append([]Allow{merged}, out...)
		}
		return out, ok && len(out) > 0
	case "and":
		a := Allow{All: true}
		for i := range f.Of {
			if f.Of[i].Op != "" || !a.add(&f.Of[i]) {
				return nil, false
			}
		}
		return []Allow{a}, a.check() == nil
	}
	return nil, false
}

// add takes a test over as one of the kinds of conditions, unless that kind is taken.
func (a *Allow) add(f *rules.Filter) bool {
	switch {
	case f.Field == rules.FieldPath && f.Regexes != nil && a.Paths == nil:
		a.Paths = f.Regexes
	case slices.Contains([]string{rules.FieldSecret, rules.FieldMatch, rules.FieldLine}, f.Field) && f.Regexes != nil && a.Regexes == nil:
		a.Regexes = f.Regexes
		if f.Field != rules.FieldSecret {
			a.In = f.Field
		}
	case f.Field == rules.FieldSecret && f.Words != nil && a.Words == nil:
		a.Words = f.Words
	case f.Field == rules.FieldSecret && f.Values != nil && a.Values == nil:
		a.Values = f.Values
	case f.Field == rules.FieldCommit && f.Values != nil && a.Commits == nil:
		a.Commits = f.Values
	default:
		return false
	}
	return true
}
