package interchange

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/unleak/unleak/rules"
)

// expression makes a filter of an expression; nil where nothing of it can be honoured. Of alternatives those that can be
// honoured are kept: without the others more is found, never less.
func (s *Set) expression(text, file string, line int, rule, key string) *rules.Filter {
	n, err := parseExpr(text)
	if err != nil {
		s.warn(file, line, rule, "%s is not honoured: %v", key, err)
		return nil
	}
	f, dropped, err := filterOf(n)
	times := map[string]int{}
	for _, d := range dropped {
		times[d.Error()]++
	}
	for _, what := range slices.Sorted(maps.Keys(times)) {
		if n := times[what]; n > 1 {
			s.warn(file, line, rule, "%d parts of %s are not honoured: %s", n, key, what)
		} else {
			s.warn(file, line, rule, "a part of %s is not honoured: %s", key, what)
		}
	}
	if err != nil {
		s.warn(file, line, rule, "%s is not honoured: %v", key, err)
		return nil
	}
	return &f
}

// filterOf makes a filter of an expression. Dropped names the alternatives that it leaves out.
func filterOf(n node) (f rules.Filter, dropped []error, err error) {
	if n.kind != "||" {
		f, err = exactFilter(n)
		return f, nil, err
	}
	var of []rules.Filter
	for _, x := range n.of {
		f, more, err := filterOf(x)
		dropped = append(dropped, more...)
		if err != nil {
			dropped = append(dropped, err)
			continue
		}
		of = append(of, f)
	}
	if len(of) == 0 {
		return f, nil, dropped[0]
	}
	return *rules.AnyOf(of...), dropped, nil
}

// exactFilter makes a filter that holds if and only if the expression does.
func exactFilter(n node) (rules.Filter, error) {
	switch n.kind {
	case "||", "&&":
		f := rules.Filter{Op: map[string]string{"||": "or", "&&": "and"}[n.kind]}
		for _, x := range n.of {
			sub, err := exactFilter(x)
			if err != nil {
				return f, err
			}
			f.Of = append(f.Of, sub)
		}
		return f, nil
	case "!":
		sub, err := exactFilter(n.of[0])
		return negation(sub), err
	case "call":
		return callFilter(n)
	case "name":
		switch n.text {
		case "true":
			return rules.Filter{Op: "and"}, nil
		case "false":
			return rules.Filter{Op: "or"}, nil
		}
	case "==", "!=", "in", "contains", "matches", "startsWith", "endsWith":
		return textFilter(n)
	case "<", "<=", ">", ">=":
		return numberFilter(n)
	}
	return rules.Filter{}, fmt.Errorf("%s is not supported", n.describe())
}

func negation(f rules.Filter) rules.Filter { return rules.Filter{Op: "not", Of: []rules.Filter{f}} }

// describe names a node for a message.
func (n *node) describe() string {
	switch n.kind {
	case "call":
		return n.text + "()"
	case "name":
		return n.text
	case "string":
		return fmt.Sprintf("%q", n.text)
	case "number":
		return strconv.FormatFloat(n.num, 'g', -1, 64)
	case "slice":
		return "a slice of a text"
	case "+", "-":
		return "a sum"
	case "list":
		return "a list"
	}
	return fmt.Sprintf("%q", n.kind)
}

// callFilter handles matchesAny and containsAny.
func callFilter(n node) (rules.Filter, error) {
	name := strings.TrimPrefix(n.text, "filter.")
	if name != "matchesAny" && name != "containsAny" {
		return rules.Filter{}, fmt.Errorf("%s is not supported", n.describe())
	}
	if len(n.of) != 2 {
		return rules.Filter{}, fmt.Errorf("%s wants a text and a list", n.describe())
	}
	f := rules.Filter{}
	var err error
	if f.Field, err = fieldOf(n.of[0]); err != nil {
		return f, err
	}
	list, err := stringsOf(n.of[1])
	if err != nil {
		return f, err
	}
	if name == "containsAny" {
		f.Words = lowered(list)
		return nothing(f, len(f.Words)), nil
	}
	return regexFilter(f, list)
}

// nothing returns a filter that never holds for a test of an empty list.
func nothing(f rules.Filter, n int) rules.Filter {
	if n == 0 {
		return rules.Filter{Op: "or"}
	}
	return f
}

func regexFilter(f rules.Filter, list []string) (rules.Filter, error) {
	for _, re := range list {
		if _, err := regexp.Compile(re); err != nil {
			return f, err
		}
	}
	f.Regexes = list
	return nothing(f, len(list)), nil
}

// textFilter handles comparisons of a field with strings.
func textFilter(n node) (rules.Filter, error) {
	left, right := n.of[0], n.of[1]
	if left.kind == "string" && (n.kind == "==" || n.kind == "!=") {
		left, right = right, left
	}
	f := rules.Filter{}
	var err error
	if f.Field, err = fieldOf(left); err != nil {
		return f, err
	}
	list, err := stringsOf(right)
	if err != nil {
		return f, err
	}
	if n.kind != "in" && right.kind != "string" {
		return f, fmt.Errorf("%s wants a string", n.describe())
	}
	switch n.kind {
	case "in":
		f.Values = list
		return nothing(f, len(list)), nil
	case "==", "!=":
		f.Values = list
		if f.Values[0] == "" && rules.OfOrigin(f.Field) { // an unknown place is none
			f = rules.Filter{Op: "not", Of: []rules.Filter{{Field: f.Field, Regexes: []string{`.`}}}}
		}
		if n.kind == "!=" {
			f = negation(f)
		}
		return f, nil
	case "matches":
		return regexFilter(f, list)
	}
	re := regexp.QuoteMeta(list[0])
	switch n.kind {
	case "startsWith":
		re = `\A` + re
	case "endsWith":
		re += `\z`
	}
	return regexFilter(f, []string{re})
}

// numberFilter handles comparisons of a field's entropy or length with a number.
func numberFilter(n node) (rules.Filter, error) {
	left, right, op := n.of[0], n.of[1], n.kind
	if left.kind == "number" {
		left, right = right, left
		op = strings.NewReplacer("<", ">", ">", "<").Replace(op)
	}
	if right.kind != "number" || left.kind != "call" || len(left.of) != 1 {
		return rules.Filter{}, fmt.Errorf("a comparison of %s and %s is not supported", left.describe(), right.describe())
	}
	field, err := fieldOf(left.of[0])
	if err != nil {
		return rules.Filter{}, err
	}
	f := rules.Filter{Field: field}
	switch strings.TrimPrefix(left.text, "filter.") {
	case "entropy":
		f.Entropy, f.Below = right.num, op == "<" || op == ">="
	case "len":
		most := int(right.num)
		if op == "<" || op == ">=" {
			most--
		}
		if most < 0 || most > maxRepeat {
			return f, fmt.Errorf("a length of %d is not supported", most)
		}
		f.Regexes = []string{fmt.Sprintf(`\A(?s:.{0,%d})\z`, most)}
	default:
		return f, fmt.Errorf("%s is not supported", left.describe())
	}
	if op == ">" || op == ">=" {
		f = negation(f)
	}
	return f, nil
}

// fields maps what expressions call data to what filters do.
var fields = map[string]string{
	"finding.secret": rules.FieldSecret, "finding.match": rules.FieldMatch, "finding.line": rules.FieldLine,
	"attributes.path": rules.FieldPath, "attributes.git.sha": rules.FieldCommit,
	"attributes.git.author_name": rules.FieldAuthor, "attributes.git.author_email": rules.FieldEmail,
	"attributes.git.message": rules.FieldSubject,
}

// fieldOf returns the field that a value is.
func fieldOf(n node) (string, error) {
	switch {
	case n.kind == "index" && n.of[0].kind == "name" && n.of[1].kind == "string":
		name := n.of[0].text + "." + n.of[1].text
		if f, ok := fields[name]; ok {
			return f, nil
		}
		return "", fmt.Errorf("%s[%q] is not supported", n.of[0].text, n.of[1].text)
	case n.kind == "index" && n.of[0].kind == "index" && n.of[1].kind == "string": // attributes.git.sha
		inner := n.of[0]
		inner.of = []node{inner.of[0], {kind: "string", text: inner.of[1].text + "." + n.of[1].text}}
		return fieldOf(inner)
	case n.kind == "call" && n.text == "get" && (len(n.of) == 2 || len(n.of) == 3 && n.of[2].kind == "string" && n.of[2].text == ""):
		return fieldOf(node{kind: "index", of: n.of[:2]})
	case n.kind == "??" && n.of[1].kind == "string" && n.of[1].text == "":
		return fieldOf(n.of[0])
	}
	return "", fmt.Errorf("%s is not supported as a text to test", n.describe())
}

// stringsOf returns the strings of a list, or a single one.
func stringsOf(n node) ([]string, error) {
	if n.kind == "string" {
		return []string{n.text}, nil
	}
	if n.kind != "list" {
		return nil, fmt.Errorf("%s is not a list of strings", n.describe())
	}
	var out []string
	for _, x := range n.of {
		if x.kind != "string" {
			return nil, fmt.Errorf("%s is not a string", x.describe())
		}
		out = append(out, x.text)
	}
	return out, nil
}
