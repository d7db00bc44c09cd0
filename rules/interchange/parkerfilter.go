package interchange

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/unleak/unleak/rules"
)

// parkerFilter makes a filter of the least entropy and of what a value must and must not hold.
func (s *Set) parkerFilter(r *parkerRule) *rules.Filter {
	var any []rules.Filter
	if r.MinEntropy > 0 {
		any = append(any, rules.Filter{Field: rules.FieldSecret, Entropy: r.MinEntropy})
	}
	q := r.Requirements
	if q == nil {
		return rules.AnyOf(any...)
	}
	special := `[^A-Za-z0-9]`
	if q.Special != "" {
		special = "[" + classText(q.Special) + "]"
	}
	for _, c := range [...]struct {
		class string
		least int
	}{{`[0-9]`, q.MinDigits}, {`[A-Z]`, q.MinUppercase}, {`[a-z]`, q.MinLowercase}, {special, q.MinSpecial}} {
		if c.least > maxRepeat {
			s.warn(s.Name, r.lineOf("pattern_requirements"), r.ID, "pattern_requirements: at least %d is not honoured", c.least)
			continue
		}
		if c.least > 0 {
			re := fmt.Sprintf(`(?s)(?:%s.*?){%d}`, c.class, c.least)
			any = append(any, negation(rules.Filter{Field: rules.FieldSecret, Regexes: []string{re}}))
		}
	}
	if words := lowered(q.Ignore); len(words) > 0 {
		any = append(any, rules.Filter{Field: rules.FieldSecret, Words: words})
	}
	if !q.Checksum.IsZero() {
		s.warn(s.Name, q.Checksum.Line, r.ID, "pattern_requirements: checksum is not computed")
	}
	return rules.AnyOf(any...)
}

// classText writes characters as the inside of a class.
func classText(chars string) string {
	var b strings.Builder
	for _, c := range chars {
		if strings.ContainsRune(`\]^-[`, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// notHonoured names the parts of a rule that have no counterpart.
func (s *Set) notHonoured(r *parkerRule) {
	for _, x := range [...]struct {
		key  string
		node yaml.Node
	}{{"validation", r.Validation}, {"validator", r.Validator}, {"revocation", r.Revocation}} {
		if !x.node.IsZero() {
			s.warn(s.Name, r.lineOf(x.key), r.ID, "%s is not run: verification asks issuers by rules of unleak's own format", x.key)
		}
	}
}

// The words in a group's name or comment that tell it from others, the most telling first.
var secretWords = []string{"secret", "password", "passwd", "token", "private", "key", "credential", "value", "webhook"}

// otherWords tell a group that is not the secret whatever else its name says.
var otherWords = []string{"user", "_id", "keyid", "host", "account", "name", "checksum", "prefix", "url", "domain"}

// secretGroup returns the number of the group that holds the secret: the only one, the one whose name or comment says
// so, or 0 for the first that holds text.
func secretGroup(groups []group) int {
	if len(groups) == 1 {
		return 1
	}
	for _, other := range [][]string{otherWords, nil} {
		for _, word := range secretWords {
			for i, g := range groups {
				about := strings.ToLower(g.name) + " " + g.comment
				has := func(w string) bool { return strings.Contains(about, w) }
				if has(word) && !slices.ContainsFunc(other, has) {
					return i + 1
				}
			}
		}
	}
	return 0
}
