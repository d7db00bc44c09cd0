package rules

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
)

// Filter is a condition on a match. It is a tree: Op joins the filters in Of; where Op is "", it is a test of one Field
// by the one kind of test that is set. A nil filter holds of nothing.
type Filter struct {
	Op string   // "or", "and", "not" (of the one in Of); "": a test
	Of []Filter // may be empty: "or" then holds never, "and" always

	Field   string   // see Fields
	Regexes []string // one of these matches a part of the field, as UTF-8
	Words   []string // the field holds one of these, ASCII case aside; in lower case
	Values  []string // the field is one of these; of a commit also its first seven digits or more
	Entropy float64  // the field's Shannon entropy in bits a byte is at most this
	Below   bool     // with Entropy: less than that

	Beside, FromTop string // of a path: what is taken off its beginning, and then put before it
}

// The fields that a test may look at. Those of where a match stands are empty where they do not apply.
const (
	FieldSecret  = "secret"
	FieldMatch   = "match" // what the whole regex matched
	FieldLine    = "line"  // the lines that the match stands on, at most a few KiB
	FieldPath    = "path"  // slashes; relative to the target
	FieldCommit  = "commit"
	FieldAuthor  = "author"
	FieldEmail   = "email"
	FieldSubject = "subject" // first line of the commit's message
)

// Fields lists what a test may look at: first what the text tells, then, from OriginFields on, what only the place does.
func Fields() []string {
	return []string{FieldSecret, FieldMatch, FieldLine, FieldPath, FieldCommit, FieldAuthor, FieldEmail, FieldSubject}
}

// OfOrigin tells whether a field depends on where a text came from rather than on the text.
func OfOrigin(field string) bool {
	return slices.Index(Fields(), field) >= slices.Index(Fields(), FieldPath)
}

// AnyOf joins filters by "or"; nil for none.
func AnyOf(of ...Filter) *Filter {
	switch len(of) {
	case 0:
		return nil
	case 1:
		return &of[0]
	}
	return &Filter{Op: "or", Of: of}
}

// check returns what is wrong with a filter.
func (f *Filter) check() error {
	if f == nil {
		return nil
	}
	var errs []error
	if f.Op != "" {
		if f.Op != "or" && f.Op != "and" && (f.Op != "not" || len(f.Of) != 1) {
			errs = append(errs, fmt.Errorf("filter: %q of %d conditions (want or, and, or not of one)", f.Op, len(f.Of)))
		}
		for i := range f.Of {
			errs = append(errs, f.Of[i].check())
		}
		return errors.Join(errs...)
	}
	if !slices.Contains(Fields(), f.Field) {
		errs = append(errs, fmt.Errorf("filter: unknown field %q (want %s)", f.Field, strings.Join(Fields(), ", ")))
	}
	for _, re := range f.Regexes {
		if _, err := syntax.Parse(re, syntax.Perl); err != nil {
			errs = append(errs, fmt.Errorf("%q: %w", re, err))
		}
	}
	return errors.Join(errs...)
}

// Allow says of which matches of some rules nothing is reported.
type Allow struct {
	Rules  []string // ids; empty: all rules
	Filter Filter
	Reason string
	Line   int // of the file that says so; 0: not known
}

// Covers tells whether an allow is about a rule.
func (a *Allow) Covers(id string) bool { return len(a.Rules) == 0 || slices.Contains(a.Rules, id) }

// Check returns what is wrong with an allow.
func (a *Allow) Check() error { return a.Filter.check() }

// Required names a rule that must match near a match of another rule. What it finds becomes a part of that.
type Required struct {
	Rule    string
	Lines   int // most lines between the starts of the two matches; -1: RequiredLines
	Columns int // most columns, in bytes, between them, whatever their lines; -1: any number
}

// How far from a match its keyword and what it requires may stand.
const (
	KeywordReach  = 4096 // bytes from the match, and no more than 12 lines
	RequiredReach = 16 << 10
	RequiredLines = 100 // also the most that Required.Lines counts for
)

func checkRequired(all []Required) error {
	var errs []error
	for _, r := range all {
		if r.Rule == "" {
			errs = append(errs, errors.New("requires a rule without an id"))
		}
	}
	return errors.Join(errs...)
}
